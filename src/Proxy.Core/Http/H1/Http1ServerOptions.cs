using Proxy.Routing.Matching;

namespace Proxy.Http.H1;

/// <summary>Settings of HTTP/1 towards clients. Immutable; the names in brackets are Envoy's fields.</summary>
internal sealed record Http1ServerOptions
{
    /// <summary>All defaults.</summary>
    public static Http1ServerOptions Default { get; } = new();

    /// <summary>Longest request head, and longest trailer section, in bytes. Default 61,440 (<c>max_request_headers_kb</c>, 60); beyond it the answer is 431.</summary>
    public int MaxHeadBytes { get; init; } = 60 * 1024;

    /// <summary>Most headers in a request, and most trailers. Default 100 (<c>max_headers_count</c>); beyond it the answer is 431.</summary>
    public int MaxHeadersCount { get; init; } = 100;

    /// <summary>Takes apart <c>GET http://host/path</c>. Default true (<c>allow_absolute_url</c>); otherwise it is a path.</summary>
    public bool AllowAbsoluteUrl { get; init; } = true;

    /// <summary>Serves HTTP/1.0 instead of answering 426. Default false (<c>accept_http_10</c>).</summary>
    public bool AcceptHttp10 { get; init; }

    /// <summary>Host of HTTP/1.0 requests that name none; empty for no such host (<c>default_host_for_http_10</c>).</summary>
    public string DefaultHostForHttp10 { get; init; } = "";

    /// <summary>Ignores <c>content-length</c> beside <c>transfer-encoding: chunked</c> instead of refusing both. Default false (<c>allow_chunked_length</c>).</summary>
    public bool AllowChunkedLength { get; init; }

    /// <summary>Passes trailers in both directions instead of dropping them. Default false (<c>enable_trailers</c>).</summary>
    public bool EnableTrailers { get; init; }

    /// <summary>What happens to header names with underscores (<c>headers_with_underscores_action</c>).</summary>
    public HeadersWithUnderscoresAction HeadersWithUnderscores { get; init; }

    /// <summary>
    /// Lets a connection live on after a request that is refused for its headers, not for its framing. Default false
    /// (<c>stream_error_on_invalid_http_message</c>). A message that cannot be decoded ends the connection all the same.
    /// </summary>
    public bool StreamErrorOnInvalidMessage { get; init; }

    /// <summary>Takes any token for a method. Default false: only the registered ones (<c>allow_custom_methods</c>).</summary>
    public bool AllowCustomMethods { get; init; }

    /// <summary>Writes names in proper case. Default false (<c>header_key_format.proper_case_words</c>).</summary>
    public bool ProperCase { get; init; }

    /// <summary>Keeps the names of requests as they were written, for whoever passes them on. Default false (<c>header_key_format.stateful_formatter</c>).</summary>
    public bool KeepsNames { get; init; }

    /// <summary>Beside <see cref="KeepsNames"/>: other headers are written in proper case. Default false (<c>formatter_type_on_envoy_headers</c>).</summary>
    public bool ProperCaseForOwn { get; init; }

    /// <summary>Offers of these protocols are taken out of messages (<c>ignore_http_11_upgrade</c>).</summary>
    public TextMatcher[] IgnoredUpgrades { get; init; } = [];
}

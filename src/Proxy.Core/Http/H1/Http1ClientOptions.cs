using Proxy.Routing.Matching;

namespace Proxy.Http.H1;

/// <summary>Settings of HTTP/1 towards upstreams. Immutable; the names in brackets are Envoy's fields.</summary>
internal sealed record Http1ClientOptions
{
    /// <summary>All defaults.</summary>
    public static Http1ClientOptions Default { get; } = new();

    /// <summary>Longest response head, and longest trailer section, in bytes. Default 81,920 (<c>max_response_headers_kb</c>; 80 as measured, not 60).</summary>
    public int MaxHeadBytes { get; init; } = 80 * 1024;

    /// <summary>Most headers in a response, and most trailers. Default 100 (<c>max_headers_count</c>).</summary>
    public int MaxHeadersCount { get; init; } = 100;

    /// <summary>Ignores <c>content-length</c> beside <c>transfer-encoding: chunked</c> instead of refusing both. Default false (<c>allow_chunked_length</c>).</summary>
    public bool AllowChunkedLength { get; init; }

    /// <summary>Passes trailers in both directions instead of dropping them. Default false (<c>enable_trailers</c>).</summary>
    public bool EnableTrailers { get; init; }

    /// <summary>Sends <c>GET http://host/path</c>, for upstreams that are proxies. Default false (<c>send_fully_qualified_url</c>).</summary>
    public bool SendFullyQualifiedUrl { get; init; }

    /// <summary>
    /// Only the exchange with an invalid message is given up. HTTP/1 has no way to keep the connection after one, so it changes nothing on the wire
    /// (<c>override_stream_error_on_invalid_http_message</c>).
    /// </summary>
    public bool OverrideStreamErrorOnInvalidMessage { get; init; }

    /// <summary>Writes names in proper case. Default false (<c>header_key_format.proper_case_words</c>).</summary>
    public bool ProperCase { get; init; }

    /// <summary>Keeps the names of responses as they were written, for whoever passes them on. Default false (<c>header_key_format.stateful_formatter</c>).</summary>
    public bool KeepsNames { get; init; }

    /// <summary>Beside <see cref="KeepsNames"/>: other headers are written in proper case. Default false (<c>formatter_type_on_envoy_headers</c>).</summary>
    public bool ProperCaseForOwn { get; init; }

    /// <summary>Offers of these protocols are taken out of messages (<c>ignore_http_11_upgrade</c>).</summary>
    public TextMatcher[] IgnoredUpgrades { get; init; } = [];

    /// <summary>Beside <see cref="KeepsNames"/>: keeps reason phrases too. Default false (<c>forward_reason_phrase</c>).</summary>
    public bool KeepsReason { get; init; }
}

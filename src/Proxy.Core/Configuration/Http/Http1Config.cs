namespace Proxy.Configuration.Http;

/// <summary>What happens to header names with an underscore (Envoy <c>HttpProtocolOptions.HeadersWithUnderscoresAction</c>).</summary>
public enum UnderscoresAction
{
    /// <summary>They pass.</summary>
    Allow,

    /// <summary>The message is refused.</summary>
    RejectRequest,

    /// <summary>The header is left out.</summary>
    DropHeader,
}

/// <summary>HTTP/1 details of a connection manager or cluster (Envoy <c>core.v3.Http1ProtocolOptions</c>).</summary>
public sealed record Http1Config
{
    /// <summary>Takes requests whose target is a whole URL. Default true.</summary>
    public bool AllowAbsoluteUrl { get; init; } = true;

    /// <summary>Takes HTTP/1.0 (and 0.9-like) requests. Default false: 426.</summary>
    public bool AcceptHttp10 { get; init; }

    /// <summary>Host of HTTP/1.0 requests without one; empty refuses them.</summary>
    public string DefaultHostForHttp10 { get; init; } = "";

    /// <summary>Passes trailers on instead of dropping them. Default false.</summary>
    public bool EnableTrailers { get; init; }

    /// <summary>Takes messages with both Content-Length and chunked coding, dropping the length. Default false: refused.</summary>
    public bool AllowChunkedLength { get; init; }

    /// <summary>Keeps a connection open after a message that is invalid but well framed; null leaves it to <c>stream_error_on_invalid_http_message</c>.</summary>
    public bool? StreamErrorOnInvalidMessage { get; init; }

    /// <summary>Sends whole URLs as request targets. Default false.</summary>
    public bool SendFullyQualifiedUrl { get; init; }

    /// <summary>Takes methods it has never heard of. Default false.</summary>
    public bool AllowCustomMethods { get; init; }
}

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

    /// <summary>How header names are written. Default in lower case (<c>header_key_format</c>).</summary>
    public HeaderSpellingConfig Spelling { get; init; } = new(HeaderSpelling.LowerCase);

    /// <summary>Offers of these protocols are taken out of messages, which then are no upgrades (<c>ignore_http_11_upgrade</c>).</summary>
    public ConfigList<StringMatcherConfig> IgnoredUpgrades { get; init; } = [];
}

/// <summary>How header names are written on HTTP/1.</summary>
public enum HeaderSpelling
{
    /// <summary>In lower case.</summary>
    LowerCase,

    /// <summary>The first letter of each word is upper case: <c>X-Request-Id</c>.</summary>
    ProperCase,

    /// <summary>As the other side wrote them, on both sides of this proxy; set it where the messages come in.</summary>
    Preserved,
}

/// <summary>How header names are written (Envoy <c>Http1ProtocolOptions.HeaderKeyFormat</c>).</summary>
/// <param name="Spelling">How.</param>
public sealed record HeaderSpellingConfig(HeaderSpelling Spelling)
{
    /// <summary>With <see cref="HeaderSpelling.Preserved"/>: headers that this proxy adds are written in proper case. Default false: in lower case.</summary>
    public bool ProperCaseForOwn { get; init; }

    /// <summary>With <see cref="HeaderSpelling.Preserved"/>, of upstreams: their reason phrases go to the client. Default false.</summary>
    public bool ForwardReason { get; init; }
}

namespace Proxy.Configuration.Matching;

/// <summary>What a matcher looks at.</summary>
public enum MatchInputKind
{
    /// <summary>A request header: its values, joined by commas.</summary>
    RequestHeader,

    /// <summary>A request trailer.</summary>
    RequestTrailer,

    /// <summary>A response header.</summary>
    ResponseHeader,

    /// <summary>A response trailer.</summary>
    ResponseTrailer,

    /// <summary>The response's status, such as 404.</summary>
    ResponseStatus,

    /// <summary>The class of the response's status, such as 4xx.</summary>
    ResponseStatusClass,

    /// <summary>A query parameter, decoded; the first of its name.</summary>
    QueryParameter,

    /// <summary>Address of the client, as far as it can be told.</summary>
    SourceIp,

    /// <summary>Address of the socket's peer.</summary>
    DirectSourceIp,

    /// <summary>Port of the client.</summary>
    SourcePort,

    /// <summary><c>local</c> when the client is on this machine; missing otherwise.</summary>
    SourceType,

    /// <summary>Address that the client connected to.</summary>
    DestinationIp,

    /// <summary>Port that the client connected to.</summary>
    DestinationPort,

    /// <summary>Server name that the client asked for (SNI).</summary>
    ServerName,

    /// <summary>A value that a filter left for others, as text.</summary>
    FilterState,

    /// <summary>Dynamic metadata; goes with <see cref="MetadataInputMatcherConfig"/> only.</summary>
    DynamicMetadata,

    /// <summary>All attributes; goes with <see cref="CelInputMatcherConfig"/> only.</summary>
    Attributes,

    /// <summary>A text that is the same for all requests, such as an environment variable's value; missing when there is none.</summary>
    Constant,

    /// <summary>URI names in the client's certificate, joined by commas.</summary>
    PeerUriNames,

    /// <summary>DNS names in the client's certificate, joined by commas.</summary>
    PeerDnsNames,

    /// <summary>Subject of the client's certificate.</summary>
    PeerSubject,

    /// <summary>What listener filters found below: <c>tls</c>, else <c>raw_buffer</c>.</summary>
    TransportProtocol,

    /// <summary>Application protocols that the client offers, as in <c>'h2','http/1.1'</c>; missing when listener filters found none.</summary>
    ApplicationProtocol,
}

/// <summary>An input of a matcher.</summary>
/// <param name="Kind">What is looked at.</param>
/// <param name="Name">Name of the header, parameter, value or namespace; the text itself of a constant, null for a missing one.</param>
public sealed record MatchInputConfig(MatchInputKind Kind, string? Name = null)
{
    /// <summary>Keys below the namespace of metadata.</summary>
    public ConfigList<string> Path { get; init; } = [];
}

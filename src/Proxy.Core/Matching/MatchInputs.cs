using Proxy.Configuration.Matching;

namespace Proxy.Matching;

/// <summary>Makes inputs, and knows which of them exist where.</summary>
internal static class MatchInputs
{
    /// <summary>What routes are chosen by: no more than the request's head, so that a choice can be repeated.</summary>
    public static readonly MatchInputKind[] OfRoutes = [MatchInputKind.RequestHeader, MatchInputKind.FilterState, MatchInputKind.Constant];

    /// <summary>What a connection has.</summary>
    public static readonly MatchInputKind[] OfConnections =
    [
        MatchInputKind.SourceIp, MatchInputKind.DirectSourceIp, MatchInputKind.SourcePort, MatchInputKind.DestinationIp, MatchInputKind.DestinationPort,
        MatchInputKind.ServerName, MatchInputKind.Constant, MatchInputKind.PeerUriNames, MatchInputKind.PeerDnsNames, MatchInputKind.PeerSubject,
    ];

    /// <summary>What access to a request is decided by.</summary>
    public static readonly MatchInputKind[] OfRequests = [.. OfConnections, MatchInputKind.RequestHeader, MatchInputKind.Attributes];

    /// <summary>What a stream has: all but what filter chains alone are chosen by, as in Envoy.</summary>
    public static readonly MatchInputKind[] OfStreams = [.. Enum.GetValues<MatchInputKind>().Except([MatchInputKind.TransportProtocol, MatchInputKind.ApplicationProtocol])];

    /// <summary>The input of <paramref name="config"/>. Metadata has none: it is no text.</summary>
    public static MatchInput Create(MatchInputConfig config) => config.Kind switch
    {
        MatchInputKind.RequestHeader => new HeaderInput(HeaderSource.Request, config.Name ?? ""),
        MatchInputKind.RequestTrailer => new HeaderInput(HeaderSource.RequestTrailers, config.Name ?? ""),
        MatchInputKind.ResponseHeader => new HeaderInput(HeaderSource.Response, config.Name ?? ""),
        MatchInputKind.ResponseTrailer => new HeaderInput(HeaderSource.ResponseTrailers, config.Name ?? ""),
        MatchInputKind.ResponseStatus => new StatusInput(isClass: false),
        MatchInputKind.ResponseStatusClass => new StatusInput(isClass: true),
        MatchInputKind.QueryParameter => new QueryInput(config.Name ?? ""),
        MatchInputKind.SourceIp => new AddressInput(AddressSource.Client),
        MatchInputKind.DirectSourceIp => new AddressInput(AddressSource.Peer),
        MatchInputKind.SourcePort => new PortInput(AddressSource.Client),
        MatchInputKind.SourceType => new SourceTypeInput(),
        MatchInputKind.DestinationIp => new AddressInput(AddressSource.Destination),
        MatchInputKind.DestinationPort => new PortInput(AddressSource.Destination),
        MatchInputKind.ServerName => new ServerNameInput(),
        MatchInputKind.FilterState => new FilterStateInput(config.Name ?? ""),
        MatchInputKind.PeerUriNames => new CertificateInput(static certificate => certificate.UriNames),
        MatchInputKind.PeerDnsNames => new CertificateInput(static certificate => certificate.DnsNames),
        MatchInputKind.PeerSubject => new CertificateInput(static certificate => certificate.Subject),
        MatchInputKind.TransportProtocol => new TransportProtocolInput(),
        MatchInputKind.ApplicationProtocol => new ApplicationProtocolInput(),
        _ => new ConstantInput(config.Kind == MatchInputKind.Constant ? config.Name : null),
    };
}

using System.Net;
using Proxy.Connections;

namespace Proxy.Clusters;

/// <summary>Whom an upstream connection is for, where it is for one downstream connection only.</summary>
/// <param name="Source">Where that connection comes from; null where there is none.</param>
/// <param name="Destination">Where it went to.</param>
/// <param name="Tlvs">What the PROXY protocol is to carry besides, as on the wire; may be empty.</param>
internal readonly record struct ConnectionOrigin(EndPoint? Source, EndPoint? Destination, ReadOnlyMemory<byte> Tlvs = default)
{
    /// <summary>For <paramref name="downstream"/>.</summary>
    public static ConnectionOrigin Of(ConnectionInfo downstream, ReadOnlyMemory<byte> tlvs = default) => new(downstream.RemoteEndPoint, downstream.LocalEndPoint, tlvs);

    /// <summary>For the connection of a request, if upstreams are told of it or each has its own.</summary>
    public static ConnectionOrigin OfRequest(ConnectionInfo? downstream, bool isAlone) =>
        downstream is not null && (isAlone || downstream.IsToldUpstream) ? Of(downstream) : default;
}

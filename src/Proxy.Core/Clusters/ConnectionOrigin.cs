using Proxy.Connections;

namespace Proxy.Clusters;

/// <summary>Whom an upstream connection is for, where it is for one downstream connection only.</summary>
/// <param name="Downstream">That connection.</param>
/// <param name="Tlvs">What the PROXY protocol is to carry besides, as on the wire; may be empty.</param>
internal readonly record struct ConnectionOrigin(ConnectionInfo? Downstream, ReadOnlyMemory<byte> Tlvs = default);

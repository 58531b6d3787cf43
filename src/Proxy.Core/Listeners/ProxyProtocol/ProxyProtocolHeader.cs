using System.Net;

namespace Proxy.Listeners.ProxyProtocol;

/// <summary>A header of the PROXY protocol. Of a malformed one only <see cref="Version"/> is known.</summary>
internal readonly record struct ProxyProtocolHeader
{
    /// <summary>1 or 2; 0 when it was not even possible to tell.</summary>
    public required int Version { get; init; }

    /// <summary>Bytes that the header takes, TLVs included.</summary>
    public int Length { get; init; }

    /// <summary>Who has connected; null when the header says nothing about it (UNKNOWN, LOCAL): the socket's addresses are the true ones.</summary>
    public IPEndPoint? Source { get; init; }

    /// <summary>Where to; null together with <see cref="Source"/>.</summary>
    public IPEndPoint? Destination { get; init; }

    /// <summary>Bytes of TLVs at the end of the header.</summary>
    public int TlvLength { get; init; }
}

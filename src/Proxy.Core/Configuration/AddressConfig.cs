using System.Net;

namespace Proxy.Configuration;

/// <summary>An address as configured (Envoy <c>core.v3.Address</c>): a literal socket address, a Unix socket, or a name to resolve.</summary>
public abstract record AddressConfig
{
    /// <summary>An IP address and port.</summary>
    public static AddressConfig Of(IPAddress address, int port) => new SocketAddressConfig(address, port);

    /// <summary>Loopback and <paramref name="port"/>.</summary>
    public static AddressConfig Loopback(int port) => new SocketAddressConfig(IPAddress.Loopback, port);
}

/// <summary>An IP address and port (Envoy <c>SocketAddress</c>). Port 0 picks a free one when listening.</summary>
/// <param name="Address">The address.</param>
/// <param name="Port">The port.</param>
/// <param name="Ipv4Compat">An IPv6 wildcard also takes IPv4.</param>
public sealed record SocketAddressConfig(IPAddress Address, int Port, bool Ipv4Compat = false) : AddressConfig;

/// <summary>A host name and port, resolved by DNS clusters.</summary>
public sealed record NameAddressConfig(string Host, int Port) : AddressConfig;

/// <summary>A Unix socket (Envoy <c>Pipe</c>); a path that starts with <c>@</c> is in Linux's abstract name space.</summary>
/// <param name="Path">The path.</param>
/// <param name="Mode">Permission bits of the file; null leaves the process's mask to decide.</param>
public sealed record PipeAddressConfig(string Path, int? Mode = null) : AddressConfig;

/// <summary>A name in this process's in-memory network; tests and embedders connect to it without a socket.</summary>
public sealed record InMemoryAddressConfig(string Name) : AddressConfig;

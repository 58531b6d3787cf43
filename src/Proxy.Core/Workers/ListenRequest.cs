using System.Net;
using Proxy.Connections;

namespace Proxy.Workers;

/// <summary>One address to listen on, on one worker.</summary>
/// <param name="EndPoint">Address; port 0 picks a free one.</param>
public sealed record ListenRequest(EndPoint EndPoint)
{
    /// <summary>Length of the kernel's queue of connections not accepted yet. Default 4096 (the system may cap it).</summary>
    public int Backlog { get; init; } = 4096;

    /// <summary>Lets every worker have its own socket on the address (SO_REUSEPORT). Default true.</summary>
    public bool ReusePort { get; init; } = true;

    /// <summary>An IPv6 wildcard address also takes IPv4 (Envoy <c>ipv4_compat</c>). Default false.</summary>
    public bool DualStack { get; init; }

    /// <summary>Permission bits of a Unix socket's file; null leaves the process's mask to decide.</summary>
    public int? UnixMode { get; init; }

    /// <summary>Takes Multipath TCP (Linux), and plain TCP of those who do not speak it. Default false.</summary>
    public bool Multipath { get; init; }

    /// <summary>Options of the socket and of accepted ones.</summary>
    public SocketSettings Settings { get; init; } = SocketSettings.Default;

    /// <summary>Connections taken per readiness event; null means no bound (Envoy <c>max_connections_to_accept_per_socket_event</c>).</summary>
    public int? AcceptsPerEvent { get; init; }

    /// <summary>
    /// A socket that is bound and listens already: inherited from another process, or of another worker's <see cref="IListenSocket.Handle"/> where
    /// the address cannot be bound twice (Unix sockets). It is duplicated; <see cref="EndPoint"/> and what concerns binding have no effect. -1 means none.
    /// </summary>
    public nint Handle { get; init; } = -1;

    /// <summary>Spreads connections over workers; null leaves them where the kernel puts them.</summary>
    public IAcceptBalancer? Balancer { get; init; }
}

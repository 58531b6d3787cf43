using Proxy.Configuration.Clusters;
using Proxy.Connections;
using Proxy.Tls;
using Proxy.Workers;

namespace Proxy.Clusters.Transports;

/// <summary>What connections to a host are made of, besides TCP. For all workers.</summary>
internal sealed class UpstreamSocket
{
    private readonly ProxyHeader? _header; // what connections begin with; null for nothing

    public UpstreamSocket(UpstreamTransportConfig config, TlsReport report)
    {
        _header = config.ProxyProtocol is { } protocol ? new ProxyHeader(protocol) : null;
        Tls = config.Tls is { } tls ? UpstreamTls.Compile(tls, TlsEngine.Default, report) : null;
    }

    /// <summary>Whether connections tell whom they are for, so that each can be for one downstream connection only.</summary>
    public bool TellsOrigin => _header is not null;

    /// <summary>TLS; null for none.</summary>
    public UpstreamTls? Tls { get; }

    /// <summary>Begins a connection, which is up when bytes can be sent to what serves there. On <paramref name="worker"/>.</summary>
    /// <param name="worker">Who runs it.</param>
    /// <param name="request">Where to, and for how long to try.</param>
    /// <param name="handler">Told of its fate.</param>
    /// <param name="host">Name of the host; empty for none.</param>
    /// <param name="origin">The connection that it is made for.</param>
    /// <param name="peer">What its request adds to TLS.</param>
    public Connection Connect(Worker worker, ConnectRequest request, IConnectionHandler handler, string host, ConnectionOrigin origin, in UpstreamPeer peer)
    {
        if (Tls is null)
        {
            return worker.Connect(request, handler);
        }

        return Tls.Connect(worker, request, handler, host, peer, _header is { } header ? connection => header.Send(connection, origin) : null);
    }

    /// <summary>Sends what a connection begins with, on one that is up; with TLS it went in front of the handshake.</summary>
    public void SendHeader(Connection connection, ConnectionOrigin origin)
    {
        if (Tls is null)
        {
            _header?.Send(connection, origin);
        }
    }
}

using Proxy.Clusters;
using Proxy.Connections;
using Proxy.Http;
using Proxy.Streams;

namespace Proxy.Filters.Network.TcpProxy;

internal sealed partial class TcpProxyFilter
{
    public void OnUpstreamData(ReadOnlySpan<byte> data, bool endOfStream)
    {
        if (_downstreamClosed)
        {
            return; // the client has gone; only its own last bytes are still under way
        }

        Callbacks.Write(data, endOfStream);
        OnActivity();
    }

    public void OnUpstreamAboveHighWatermark()
    {
        if (!_downstreamClosed)
        {
            _stats.Increment(TcpProxyStats.PausedReading);
            Connection.ReadDisable(true);
        }
    }

    public void OnUpstreamBelowLowWatermark()
    {
        if (!_downstreamClosed)
        {
            _stats.Increment(TcpProxyStats.ResumedReading);
            Connection.ReadDisable(false);
        }
    }

    public void OnUpstreamClosed(bool isReset)
    {
        _info.UpstreamWireReceived = _upstream!.BytesReceived;
        _info.UpstreamWireSent = _upstream.BytesSent;
        _upstream.CountBytes();
        _upstream = null;
        if (_flushing)
        {
            _flushing = false;
            _stats.Decrement(TcpProxyStats.UpstreamFlushActive);
            StopTimers();
        }

        if (_downstreamClosed)
        {
            return;
        }

        if (isReset)
        {
            _info.Flags |= ResponseFlags.UpstreamRemoteReset;
            Connection.Close(CloseMode.Reset);
        }
        else
        {
            Connection.Close(CloseMode.Flush);
        }
    }

    public void OnPoolReady(Connection connection, Host host, IConnectionLease lease)
    {
        _pending = null;
        Describe(connection, host);
        var link = new ConnectionLink(connection, lease, this);
        _upstream = link;
        link.Start();
        OnJoined();
    }

    public HeaderMap OnTunnelConnected(Connection connection, Host host, HttpProtocol protocol)
    {
        Describe(connection, host);
        StartIdleTimer(); // nothing else bounds how long a proxy may think about it
        return _model.Tunnel!.CreateRequest(new Observability.AccessLogEntry { Worker = _worker, Info = _info }, connection);
    }

    public void OnTunnelAnswer(HeaderMap response) => _model.Tunnel!.OnAnswer(response, Connection.Info);

    public void OnTunnelTrailers(HeaderMap trailers) => _model.Tunnel!.OnTrailers(trailers, Connection.Info);

    public void OnTunnelOpen()
    {
        _upstream = _tunnel;
        _tunnel = null;
        OnJoined();
    }

    public void OnTunnelRefused(string details)
    {
        _tunnel = null;
        Retry(details);
    }

    private void Describe(Connection connection, Host host)
    {
        host.Outliers?.OnConnected(_worker, isAll: true);
        _info.UpstreamRemote = connection.RemoteEndPoint;
        _info.UpstreamLocal = connection.LocalEndPoint;
        _info.UpstreamTls = connection.Info.Tls;
        _info.UpstreamHostname = host.Hostname;
        _info.UpstreamConnection = connection;
        _info.UpstreamConnectionId = connection.Id;
    }
}

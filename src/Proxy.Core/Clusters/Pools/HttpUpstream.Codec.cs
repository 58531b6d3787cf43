using Proxy.Connections;
using Proxy.Http;
using Proxy.Http.H1;
using Proxy.Http.H2;

namespace Proxy.Clusters.Pools;

// What the codec asks of the connection and tells about it.
internal sealed partial class HttpUpstream : ICodecTransport, IClientCodecHandler, IKeepaliveTarget
{
    /// <summary>What the codec says when an exchange was given up on this side; all else it closes for is the peer's breach of the protocol.</summary>
    private const string GivenUp = "http1.stream_reset";

    private int _readDisables;

    bool ICodecTransport.IsClosing => _connection.State != ConnectionState.Open;

    long ICodecTransport.PendingBytes => _connection.PendingBytes;

    void ICodecTransport.Flush() => _connection.Flush();

    void ICodecTransport.Write(ReadOnlySpan<byte> data) => _connection.Write(data);

    void ICodecTransport.ReadDisable(bool disable)
    {
        _readDisables += disable ? 1 : -1;
        if (disable ? _readDisables == 1 : _readDisables == 0)
        {
            _pool.Cluster.Stats.Increment(disable ? ClusterStats.PausedReading : ClusterStats.ResumedReading);
        }

        _connection.ReadDisable(disable);
    }

    void ICodecTransport.BeginTunnel() => _connection.HalfCloseEnabled = true;

    void ICodecTransport.EndWrite() => _connection.Write(default, endStream: true);

    void ICodecTransport.Close(CloseMode mode, string details)
    {
        if (details is not (GivenUp or Http1ClientCodec.TunnelNotWanted))
        {
            _pool.Cluster.Stats.Increment(ClusterStats.ConnectionProtocolError);
        }

        _connection.Close(mode, details);
    }

    void IClientCodecHandler.OnStreamOver()
    {
        if (List is null)
        {
            return; // the connection is gone, and all of its requests were released with it
        }

        _pool.OnStreamOver(this);
        ReviewUnlessDispatching();
    }

    void IClientCodecHandler.OnLimitChanged()
    {
        _pool.Learn(_codec!.ConcurrencyLimit);
        _pool.OnLimitChanged(this);
        ReviewUnlessDispatching();
    }

    void IClientCodecHandler.OnGoAway()
    {
        _pool.Cluster.Stats.Increment(ClusterStats.ConnectionCloseNotify);
        ReviewUnlessDispatching();
    }

    void IClientCodecHandler.OnPingAnswered() => _keepalive?.OnAnswered();

    void IKeepaliveTarget.SendPing() => _codec!.SendPing();

    void IKeepaliveTarget.OnSilence() => _connection.Close(CloseMode.Immediate, "http2_ping_timeout");

    // Events that come out of received bytes are looked at once, behind the last of them.
    private void ReviewUnlessDispatching()
    {
        if (!_dispatching)
        {
            _pool.Review(this);
        }
    }
}

using Proxy.Connections;
using Proxy.Http;
using Proxy.Workers;

namespace Proxy.Clusters.Pools;

/// <summary>One HTTP/1 connection of a pool: at most one exchange at a time, watched while it is idle.</summary>
internal sealed class HttpUpstream : IConnectionHandler, ICodecTransport
{
    /// <summary>What the codec says when an exchange was given up on this side; all else it closes for is the peer's breach of the protocol.</summary>
    private const string GivenUp = "http1.stream_reset";

    private readonly HttpPool _pool;
    private readonly Connection _connection;
    private ConnectionCounter _counter;
    private HttpClientCodec? _codec;
    private WorkerTimer? _idleTimer;
    private WorkerTimer? _durationTimer;
    private long _idleSince;
    private long _served;
    private int _readDisables;
    private bool _everIdle;
    private bool _last; // takes no request after the current one

    public HttpUpstream(HttpPool pool)
    {
        _pool = pool;
        _counter = new ConnectionCounter(pool.Cluster, pool.HostShard, pool.Priority);
        _connection = Worker.Connect(pool.Cluster.Model.ConnectTo(pool.Host.EndPoint), this);
    }

    public HttpUpstream? Previous { get; set; }

    public HttpUpstream? Next { get; set; }

    /// <summary>The list it is in: connecting, ready or busy; null when it is over.</summary>
    public HttpUpstreamList? List { get; set; }

    public Connection Connection => _connection;

    /// <summary>Still open for requests.</summary>
    public bool IsUsable => !_last && _connection.State == ConnectionState.Open && !_connection.HasUnread && !_codec!.ShouldClose;

    private Worker Worker => _pool.Cluster.Worker;

    private bool IsBusy => ReferenceEquals(List, _pool.Busy);

    /// <summary>Gives the connection a request.</summary>
    public void Use(IClientStreamHandler handler, IHttpPoolCallbacks callbacks)
    {
        _served++;
        var limit = _pool.Cluster.Config.Http.MaxRequestsPerConnection;
        if (_served == limit)
        {
            _last = true;
            _pool.Cluster.Stats.Increment(ClusterStats.ConnectionMaxRequests);
        }

        callbacks.OnPoolReady(_codec!.NewStream(handler), _pool.Host, _connection, reused: _everIdle || _served > 1);
    }

    /// <summary>Starts to wait for the next request.</summary>
    public void BecomeIdle()
    {
        _everIdle = true;
        _idleSince = Worker.Now;
        var timeout = _pool.Cluster.Model.IdleMilliseconds;
        if (timeout > 0)
        {
            // The timer is left alone while requests come and go; it looks for itself how long the connection was idle.
            _idleTimer ??= Worker.CreateTimer(static self => ((HttpUpstream)self!).OnIdleTimer(), this);
            if (!_idleTimer.IsArmed)
            {
                _idleTimer.Arm(timeout);
            }
        }
    }

    /// <summary>Takes no further request; closes when it has none.</summary>
    public void Drain()
    {
        _last = true;
        if (!IsBusy && _connection.State == ConnectionState.Open)
        {
            Close();
        }
    }

    /// <summary>Ends the connection because the pool has no use for it. What a tunnel has sent last still arrives.</summary>
    public void Close() => _connection.Close(_connection.WriteEnded ? CloseMode.Flush : CloseMode.Immediate);

    public void OnConnected(Connection connection)
    {
        _counter.Connected();
        _pool.Cluster.Model.ShowHttp1Stats();
        _pool.Cluster.Model.Header?.Send(connection, default);
        _codec = _pool.Cluster.Model.Codecs(Worker, this, _pool.Cluster.Config.Http);
        var duration = _pool.Cluster.Model.MaxDurationMilliseconds;
        if (duration > 0)
        {
            _durationTimer = Worker.CreateTimer(static self => ((HttpUpstream)self!).OnDurationTimer(), this);
            _durationTimer.Arm(duration);
        }

        _pool.OnConnected(this);
    }

    public int OnData(Connection connection, ReadOnlySpan<byte> data, bool endOfStream)
    {
        _counter.CountBytes(connection);
        if (_codec!.ActiveStreams == 0)
        {
            RefuseUnasked(data);
            return data.Length;
        }

        var used = _codec.Dispatch(data, endOfStream);
        if (_codec.ActiveStreams == 0 && IsBusy)
        {
            _pool.OnExchangeOver(this);
        }

        return used;
    }

    public void OnAboveHighWatermark(Connection connection)
    {
        _pool.Cluster.Stats.Increment(ClusterStats.BackedUp);
        _codec?.OnAboveHighWatermark();
    }

    public void OnBelowLowWatermark(Connection connection)
    {
        _pool.Cluster.Stats.Increment(ClusterStats.Drained);
        _codec?.OnBelowLowWatermark();
    }

    public void OnClosed(Connection connection, CloseReason reason)
    {
        _idleTimer?.Cancel();
        _durationTimer?.Cancel();
        _counter.Closed(connection, reason, IsBusy);
        if (_codec is null)
        {
            _pool.OnConnectFailed(this, reason);
            return;
        }

        _pool.Cluster.Stats.Record(ClusterStats.RequestsPerConnection, _served);
        _pool.Remove(this); // first, so that a retry started by the codec's news finds the numbers right
        _codec.OnConnectionClosed(graceful: reason.Origin == CloseOrigin.Remote, StreamResetReason.ConnectionTermination);
        _pool.ServePending();
    }

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
        if (details != GivenUp)
        {
            _pool.Cluster.Stats.Increment(ClusterStats.ConnectionProtocolError);
        }

        _connection.Close(mode, details);
    }

    private void RefuseUnasked(ReadOnlySpan<byte> data)
    {
        // A server that gives up on an idle connection says so with 408 before it closes: no breach of protocol.
        if (data.Length > 0 && !data.StartsWith("HTTP/1.1 408"u8) && !data.StartsWith("HTTP/1.0 408"u8))
        {
            _pool.Cluster.Stats.Increment(ClusterStats.ConnectionProtocolError);
        }

        Close();
    }

    private void OnIdleTimer()
    {
        if (!ReferenceEquals(List, _pool.Ready))
        {
            return; // armed again when it is idle again
        }

        var left = _idleSince + _pool.Cluster.Model.IdleMilliseconds - Worker.Now;
        if (left > 0)
        {
            _idleTimer!.Arm(left);
            return;
        }

        _pool.Cluster.Stats.Increment(ClusterStats.ConnectionIdleTimeout);
        Close();
    }

    private void OnDurationTimer()
    {
        if (_connection.State == ConnectionState.Open)
        {
            _pool.Cluster.Stats.Increment(ClusterStats.ConnectionMaxDuration);
            Drain();
        }
    }
}

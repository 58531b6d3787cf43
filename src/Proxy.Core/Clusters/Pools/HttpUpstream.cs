using Proxy.Connections;
using Proxy.Http;
using Proxy.Http.H2;
using Proxy.Tls;
using Proxy.Workers;

namespace Proxy.Clusters.Pools;

/// <summary>
/// One connection of a pool, watched while it is idle. With HTTP/1 it has at most one exchange at a time, with protocols that have streams as many as
/// the peer allows.
/// </summary>
internal sealed partial class HttpUpstream : IConnectionHandler
{
    // What TLS sessions offer where nothing is configured (ALPN).
    private static readonly string[] Http1Only = ["http/1.1"];
    private static readonly string[] Http2Only = ["h2"];
    private static readonly string[] Either = ["h2", "http/1.1"];

    private readonly HttpPool _pool;
    private readonly Connection _connection;
    private ConnectionCounter _counter;
    private HttpClientCodec? _codec;
    private Keepalive? _keepalive;
    private WorkerTimer? _durationTimer;
    private long _served;
    private bool _isMultiplexed;
    private bool _dispatching;
    private bool _last; // takes no further request

    public HttpUpstream(HttpPool pool)
    {
        _pool = pool;
        _counter = new ConnectionCounter(pool.Cluster, pool.HostShard, pool.Priority);
        _connection = pool.Cluster.Model.Connect(Worker, pool.Host, this, pool.Origin, PeerOf(pool));
    }

    // An address is no server name, but can be checked.
    private static UpstreamPeer PeerOf(HttpPool pool) => new()
    {
        Protocols = Offered(pool.Protocol),
        ServerName = pool.Cluster.Config.Http.AutoServerName && pool.Name is { } name && !System.Net.IPAddress.TryParse(name, out _) ? name : null,
        WantedNames = pool.Cluster.Config.Http.AutoValidateName && pool.Name is { } wanted ? [wanted] : null,
    };

    public HttpUpstream? Previous { get; set; }

    public HttpUpstream? Next { get; set; }

    /// <summary>The list it is in: connecting, ready or busy; null when it is over.</summary>
    public HttpUpstreamList? List { get; set; }

    public Connection Connection => _connection;

    /// <summary>Requests under way.</summary>
    public int Active { get; private set; }

    /// <summary>It has as many requests as it can have now.</summary>
    public bool IsFull => !_isMultiplexed || Active >= Limit;

    /// <summary>A request can begin on it now, if it is not full.</summary>
    public bool IsUsable => !IsSpent && (!_isMultiplexed || (Active < Limit && _codec!.CanTakeStream));

    /// <summary>It takes no further request: when the last of those under way is over it is to be closed.</summary>
    public bool IsSpent => _last || _connection.State != ConnectionState.Open || _codec!.ShouldClose || (!_isMultiplexed && _connection.HasUnread);

    /// <summary>
    /// Requests that may hope for it although it cannot take them now: the peer has not said how many it takes, or takes none for the moment.
    /// </summary>
    public long Hope => _isMultiplexed && !IsSpent && (_codec!.AwaitsLimit || _codec.ConcurrencyLimit == 0) ? Math.Max(0, _pool.StreamsHopedFor - Active) : 0;

    private Worker Worker => _pool.Cluster.Worker;

    private int Limit => _codec!.AwaitsLimit ? Math.Min(_codec.ConcurrencyLimit, _pool.LearnedLimit) : _codec.ConcurrencyLimit;

    /// <summary>Counts a request that is about to be given to it.</summary>
    public void Occupy() => Active++;

    /// <summary>A request is over.</summary>
    public void Release() => Active--;

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

        _keepalive?.BeforeStream();
        var stream = _codec!.NewStream(handler);
        callbacks.OnPoolReady(stream, _pool.Host, _connection, _codec.Protocol, reused: TakeIdleness());
    }

    /// <summary>Takes no further request; closes when it has none.</summary>
    public void Drain()
    {
        _last = true;
        if (Active == 0 && _connection.State == ConnectionState.Open)
        {
            Close();
        }
    }

    /// <summary>Ends the connection because the pool has no use for it. What a tunnel has sent last still arrives.</summary>
    public void Close() => _connection.Close(_connection.WriteEnded ? CloseMode.Flush : CloseMode.Immediate);

    public void OnConnected(Connection connection)
    {
        var model = _pool.Cluster.Model;
        _counter.Connected();
        model.SocketOf(_pool.Host).SendHeader(connection, _pool.Origin);
        var protocol = _pool.Protocol ?? (connection.Info.NegotiatedProtocol == "h2" ? HttpProtocol.Http2 : HttpProtocol.Http11);
        _isMultiplexed = protocol == HttpProtocol.Http2;
        _codec = model.Codecs(protocol, _pool.Cluster, this, this);
        if (!_isMultiplexed)
        {
            model.ShowHttp1Stats();
        }
        else if (model.Config.Http.Http2.Keepalive is { } keepalive)
        {
            _keepalive = new Keepalive(Worker, keepalive, this);
        }

        if (model.MaxDurationMilliseconds > 0)
        {
            _durationTimer = Worker.CreateTimer(static self => ((HttpUpstream)self!).OnDurationTimer(), this);
            _durationTimer.Arm(model.MaxDurationMilliseconds);
        }

        _pool.OnConnected(this, protocol);
    }

    public int OnData(Connection connection, ReadOnlySpan<byte> data, bool endOfStream)
    {
        _counter.CountBytes(connection);
        if (_isMultiplexed)
        {
            return Dispatch(data, endOfStream);
        }

        if (_codec!.ActiveStreams == 0)
        {
            RefuseUnasked(data);
            return data.Length;
        }

        var used = _codec.Dispatch(data, endOfStream);
        if (_codec.ActiveStreams == 0 && Active > 0)
        {
            _pool.OnStreamOver(this);
            _pool.Review(this);
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
        _keepalive?.Stop();
        _counter.Closed(connection, reason, Active > 0);
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

    private int Dispatch(ReadOnlySpan<byte> data, bool endOfStream)
    {
        _dispatching = true;
        _keepalive?.OnReceived();
        var used = _codec!.Dispatch(data, endOfStream);
        _dispatching = false;
        if (List is not null)
        {
            _pool.Review(this);
        }

        return used;
    }

    private static string[] Offered(HttpProtocol? protocol) => protocol switch
    {
        null => Either,
        HttpProtocol.Http2 => Http2Only,
        _ => Http1Only,
    };

    private void RefuseUnasked(ReadOnlySpan<byte> data)
    {
        // A server that gives up on an idle connection says so with 408 before it closes: no breach of protocol.
        if (data.Length > 0 && !data.StartsWith("HTTP/1.1 408"u8) && !data.StartsWith("HTTP/1.0 408"u8))
        {
            _pool.Cluster.Stats.Increment(ClusterStats.ConnectionProtocolError);
        }

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

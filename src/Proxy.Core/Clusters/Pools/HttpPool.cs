using Proxy.Clusters.Breakers;
using Proxy.Configuration.Clusters;
using Proxy.Connections;
using Proxy.Http;

namespace Proxy.Clusters.Pools;

/// <summary>Connections of one worker to one host for one priority and protocol, and the requests that wait for one.</summary>
/// <remarks>
/// The connection that last had room is used first, so that those too many grow idle and go. A request that finds a connection with room allocates
/// nothing. How many connections come up for the waiting requests is reckoned with the streams hoped for of each, as the peer says only later what it takes.
/// </remarks>
internal sealed class HttpPool
{
    private readonly LinkedList<PendingHttpRequest> _pending = new();
    private readonly HttpUpstreamList _connecting = new();
    private int _round; // counts failed connections: a failure is told to those who waited when it happened
    private bool _serving;
    private bool _leaving;

    public HttpPool(PooledCluster cluster, Host host, RequestPriority priority, HttpProtocol? protocol)
    {
        Protocol = protocol;
        StreamsHopedFor = HopeOf(cluster.Config.Http, protocol);
        Cluster = cluster;
        Host = host;
        HostShard = host.On(cluster.Worker);
        Priority = priority;
    }

    public PooledCluster Cluster { get; }

    public Host Host { get; }

    public HostShard HostShard { get; }

    public RequestPriority Priority { get; }

    /// <summary>What its connections speak; null when each is told by its TLS session.</summary>
    public HttpProtocol? Protocol { get; }

    /// <summary>Requests that one connection is hoped to take at a time, before its peer has said anything.</summary>
    public int StreamsHopedFor { get; private set; }

    /// <summary>Requests that the host last said it takes on a connection: the next one will hardly take more. Before it has said anything, any number.</summary>
    public int LearnedLimit { get; private set; } = int.MaxValue;

    /// <summary>Connections with room for a request.</summary>
    public HttpUpstreamList Ready { get; } = new();

    /// <summary>Connections without room.</summary>
    public HttpUpstreamList Busy { get; } = new();

    /// <summary>What TLS is told that the request's host is; null where it is not told.</summary>
    public string? Name { get; init; }

    /// <summary>Whom the host is told that the connections are for; nobody where it is not told.</summary>
    public ConnectionOrigin Origin { get; init; }

    /// <summary>Nobody has or awaits a connection.</summary>
    public bool IsEmpty => Connections == 0 && _pending.Count == 0;

    private int Connections => Ready.Count + Busy.Count + _connecting.Count;

    public PendingRequest? NewRequest(IClientStreamHandler handler, IHttpPoolCallbacks callbacks)
    {
        if (_pending.Count == 0 && TakeReady() is { } ready)
        {
            Attach(ready, handler, callbacks);
            return null;
        }

        if (!Cluster.Breakers.CanAdd(Priority, BreakerResource.PendingRequests))
        {
            Cluster.Stats.Increment(ClusterStats.RequestPendingOverflow);
            callbacks.OnPoolFailure(PoolFailure.Overflow, "", Host);
            return null;
        }

        var pending = new PendingHttpRequest(this, handler, callbacks);
        Enqueue(pending);
        ConnectForPending();
        return pending.Place.List is null ? null : pending;
    }

    public void Cancel(PendingHttpRequest pending)
    {
        if (pending.Place.List is not null)
        {
            Settle(pending);
            Cluster.Stats.Increment(ClusterStats.RequestCancelled);
        }
    }

    /// <summary>The connections there are take no further request: idle ones go now, the others after theirs.</summary>
    public void Drain()
    {
        Drain(Ready);
        Drain(Busy);
    }

    /// <summary>The host has left: connections that are still on their way go, too, when those who wait for them are done.</summary>
    public void Leave()
    {
        _leaving = true;
        Drain();
    }

    private static void Drain(HttpUpstreamList connections)
    {
        for (var connection = connections.Last; connection is not null;)
        {
            var next = connection.Previous;
            connection.Drain();
            connection = next;
        }
    }

    /// <param name="connection">The connection.</param>
    /// <param name="protocol">What it speaks.</param>
    public void OnConnected(HttpUpstream connection, HttpProtocol protocol)
    {
        if (Protocol is null)
        {
            CountProtocol(protocol);
            StreamsHopedFor = HopeOf(Cluster.Config.Http, protocol); // the next one will hardly choose otherwise
        }

        _connecting.Remove(connection);
        Ready.Add(connection);
        Review(connection);
    }

    /// <summary>A connection never came up. Everybody who waits is told, as in Envoy: they may have better ideas than to wait for the next failure.</summary>
    public void OnConnectFailed(HttpUpstream connection, CloseReason reason)
    {
        Remove(connection);
        var (failure, details) = PoolFailures.Explain(connection.Connection, reason);
        var round = _round++;
        while (_pending.First?.Value is { } pending && pending.Round <= round)
        {
            Settle(pending);
            Cluster.Stats.Increment(ClusterStats.RequestPendingFailureEject);
            pending.Callbacks.OnPoolFailure(failure, details, Host);
        }

        ServePending();
    }

    /// <summary>One of a connection's requests is over. <see cref="Review"/> follows when the connection's news have all been told.</summary>
    public void OnStreamOver(HttpUpstream connection)
    {
        ReleaseRequest(connection);
        OnLimitChanged(connection);
    }

    /// <summary>The host has said how many requests a connection takes.</summary>
    public void Learn(int limit)
    {
        if (limit > 0)
        {
            LearnedLimit = limit;
            StreamsHopedFor = Math.Min(HopeOf(Cluster.Config.Http, HttpProtocol.Http2), limit);
        }
    }

    /// <summary>A connection may have room now that had none, or none that had.</summary>
    public void OnLimitChanged(HttpUpstream connection)
    {
        var list = connection.Active > 0 && connection.IsFull ? Busy : Ready;
        if (!ReferenceEquals(connection.List, list))
        {
            connection.List!.Remove(connection);
            list.Add(connection);
        }
    }

    /// <summary>Does what follows from a connection's news: closes it when it is of no more use, lets it wait, or gives requests to it.</summary>
    public void Review(HttpUpstream connection)
    {
        if (connection.Active == 0)
        {
            if (connection.IsSpent || (_leaving && _pending.Count == 0))
            {
                connection.Close();
            }
            else if (_pending.Count == 0)
            {
                connection.BecomeIdle();
            }
        }

        ServePending();
    }

    /// <summary>A connection is gone.</summary>
    public void Remove(HttpUpstream connection)
    {
        while (connection.Active > 0)
        {
            ReleaseRequest(connection);
        }

        connection.List?.Remove(connection);
    }

    /// <summary>Gives waiting requests the connections that are free, and opens more for the rest.</summary>
    public void ServePending()
    {
        if (_pending.Count == 0 || _serving)
        {
            return; // a callback may come back here: the loop below goes on with what it left
        }

        _serving = true;
        try
        {
            while (_pending.First?.Value is { } pending && TakeReady() is { } ready)
            {
                Settle(pending);
                Attach(ready, pending.Handler, pending.Callbacks);
            }
        }
        finally
        {
            _serving = false;
        }

        ConnectForPending();
    }

    // One that is closing, or was told to close, takes nothing although it still stands among the ready.
    private HttpUpstream? TakeReady()
    {
        var ready = Ready.Last;
        while (ready is { IsUsable: false })
        {
            ready = ready.Previous;
        }

        return ready;
    }

    private void Attach(HttpUpstream connection, IClientStreamHandler handler, IHttpPoolCallbacks callbacks)
    {
        var stats = Cluster.Stats;
        if (!Cluster.Breakers.CanAdd(Priority, BreakerResource.Requests))
        {
            stats.Increment(ClusterStats.RequestActiveOverflow);
            callbacks.OnPoolFailure(PoolFailure.Overflow, "", Host);
            return;
        }

        Cluster.Breakers.Add(Priority, BreakerResource.Requests);
        stats.Increment(ClusterStats.RequestTotal);
        stats.Increment(ClusterStats.RequestActive);
        HostShard.RequestsTotal++;
        HostShard.RequestsActive++;
        connection.Occupy();
        if (connection.IsFull)
        {
            Ready.Remove(connection);
            Busy.Add(connection);
        }

        connection.Use(handler, callbacks);
    }

    private void ReleaseRequest(HttpUpstream connection)
    {
        connection.Release();
        Cluster.Breakers.Remove(Priority, BreakerResource.Requests);
        Cluster.Stats.Decrement(ClusterStats.RequestActive);
        HostShard.RequestsActive--;
    }

    private void ConnectForPending()
    {
        while (_pending.Count > StreamsToCome())
        {
            if (!Cluster.CanConnect(Host, Priority))
            {
                Cluster.Stats.Increment(ClusterStats.ConnectionOverflow);
                if (Connections > 0)
                {
                    return;
                }

                // Other hosts hold all connections that are allowed: without one of its own this pool would never get to serve anybody.
            }

            _connecting.Add(new HttpUpstream(this));
            if (Protocol is { } protocol)
            {
                CountProtocol(protocol);
            }
        }
    }

    private void CountProtocol(HttpProtocol protocol)
    {
        Cluster.Stats.Increment(protocol == HttpProtocol.Http2 ? ClusterStats.ConnectionHttp2Total : ClusterStats.ConnectionHttp1Total);
    }

    // Requests that the connections there are will take without anything else happening.
    private long StreamsToCome()
    {
        var count = (long)_connecting.Count * StreamsHopedFor;
        return Protocol == HttpProtocol.Http11 ? count : count + Ready.Hope() + Busy.Hope();
    }

    private static int HopeOf(UpstreamHttpConfig config, HttpProtocol? protocol)
    {
        return protocol == HttpProtocol.Http11 ? 1 : Math.Min(config.Http2.MaxConcurrentStreams, config.MaxRequestsPerConnection ?? int.MaxValue);
    }

    private void Enqueue(PendingHttpRequest pending)
    {
        _pending.AddLast(pending.Place);
        pending.Round = _round;
        Cluster.Breakers.Add(Priority, BreakerResource.PendingRequests);
        Cluster.Stats.Increment(ClusterStats.RequestPendingTotal);
        Cluster.Stats.Increment(ClusterStats.RequestPendingActive);
    }

    private void Settle(PendingHttpRequest pending)
    {
        _pending.Remove(pending.Place);
        Cluster.Breakers.Remove(Priority, BreakerResource.PendingRequests);
        Cluster.Stats.Decrement(ClusterStats.RequestPendingActive);
    }
}

using Proxy.Clusters.Breakers;
using Proxy.Connections;
using Proxy.Http;

namespace Proxy.Clusters.Pools;

/// <summary>HTTP/1 connections of one worker to one host for one priority, and the requests that wait for one.</summary>
/// <remarks>The connection used last is used first, so that those too many grow idle and go. A request that finds a free connection allocates nothing.</remarks>
internal sealed class HttpPool
{
    private readonly LinkedList<PendingHttpRequest> _pending = new();
    private readonly HttpUpstreamList _connecting = new();
    private int _round; // counts failed connections: a failure is told to those who waited when it happened
    private bool _serving;
    private bool _draining;

    public HttpPool(PooledCluster cluster, Host host, RequestPriority priority)
    {
        Cluster = cluster;
        Host = host;
        HostShard = host.On(cluster.Worker);
        Priority = priority;
    }

    public PooledCluster Cluster { get; }

    public Host Host { get; }

    public HostShard HostShard { get; }

    public RequestPriority Priority { get; }

    public HttpUpstreamList Ready { get; } = new();

    public HttpUpstreamList Busy { get; } = new();

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

    /// <summary>The host has left: idle connections go now, the others after their request.</summary>
    public void Drain()
    {
        _draining = true;
        for (var idle = Ready.Last; idle is not null;)
        {
            var next = idle.Previous;
            idle.Drain();
            idle = next;
        }
    }

    public void OnConnected(HttpUpstream connection)
    {
        _connecting.Remove(connection);
        MakeReady(connection);
        ServePending();
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

    /// <summary>Request and answer are complete.</summary>
    public void OnExchangeOver(HttpUpstream connection)
    {
        ReleaseRequest();
        Busy.Remove(connection);
        MakeReady(connection);
        ServePending();
    }

    /// <summary>A connection is gone.</summary>
    public void Remove(HttpUpstream connection)
    {
        if (ReferenceEquals(connection.List, Busy))
        {
            ReleaseRequest();
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

    // One that is closing, or was told to close, is not free although it still stands among the ready.
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
        Ready.Remove(connection);
        Busy.Add(connection);
        connection.Use(handler, callbacks);
    }

    private void ReleaseRequest()
    {
        Cluster.Breakers.Remove(Priority, BreakerResource.Requests);
        Cluster.Stats.Decrement(ClusterStats.RequestActive);
        HostShard.RequestsActive--;
    }

    private void MakeReady(HttpUpstream connection)
    {
        Ready.Add(connection);
        if (!connection.IsUsable || (_draining && _pending.Count == 0))
        {
            connection.Close();
        }
        else if (_pending.Count == 0)
        {
            connection.BecomeIdle();
        }
    }

    private void ConnectForPending()
    {
        while (_pending.Count > _connecting.Count)
        {
            if (!Cluster.Breakers.CanAdd(Priority, BreakerResource.Connections))
            {
                Cluster.Stats.Increment(ClusterStats.ConnectionOverflow);
                if (Connections > 0)
                {
                    return;
                }

                // Other hosts hold all connections that are allowed: without one of its own this pool would never get to serve anybody.
            }

            _connecting.Add(new HttpUpstream(this));
            Cluster.Stats.Increment(ClusterStats.ConnectionHttp1Total);
        }
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

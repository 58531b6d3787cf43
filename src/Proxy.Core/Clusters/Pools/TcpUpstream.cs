using Proxy.Clusters.Breakers;
using Proxy.Connections;

namespace Proxy.Clusters.Pools;

/// <summary>A plain upstream connection: watched until it is up, then lent to whoever asked for it, and counted to its end.</summary>
internal sealed class TcpUpstream : PendingConnection, IConnectionHandler, IConnectionLease
{
    private readonly PooledCluster _cluster;
    private readonly Host _host;
    private readonly RequestPriority _priority;
    private readonly ITcpPoolCallbacks _callbacks;
    private readonly ConnectionOrigin _origin;
    private readonly Connection _connection;
    private ConnectionCounter _counter;
    private bool _waiting = true;
    private bool _lent;

    private TcpUpstream(PooledCluster cluster, Host host, RequestPriority priority, ITcpPoolCallbacks callbacks, ConnectionOrigin origin)
    {
        _cluster = cluster;
        _host = host;
        _priority = priority;
        _callbacks = callbacks;
        _origin = origin;
        cluster.Breakers.Add(priority, BreakerResource.PendingRequests);
        cluster.Stats.Increment(ClusterStats.RequestPendingTotal);
        cluster.Stats.Increment(ClusterStats.RequestPendingActive);
        _counter = new ConnectionCounter(cluster, host.On(cluster.Worker), priority);
        _connection = cluster.Model.Connect(cluster.Worker, host, this, origin, default);
    }

    /// <summary>Begins a connection unless a limit forbids it, which is told to <paramref name="callbacks"/> at once.</summary>
    public static TcpUpstream? Start(PooledCluster cluster, Host host, RequestPriority priority, ITcpPoolCallbacks callbacks, ConnectionOrigin origin)
    {
        if (!cluster.CanConnect(host, priority))
        {
            cluster.Stats.Increment(ClusterStats.ConnectionOverflow);
        }
        else if (!cluster.Breakers.CanAdd(priority, BreakerResource.PendingRequests))
        {
            cluster.Stats.Increment(ClusterStats.RequestPendingOverflow);
        }
        else
        {
            return new TcpUpstream(cluster, host, priority, callbacks, origin);
        }

        callbacks.OnPoolFailure(PoolFailure.Overflow, "", host);
        return null;
    }

    /// <summary>Gives the connection up before it is up.</summary>
    public void Cancel()
    {
        if (_waiting)
        {
            StopWaiting();
            _cluster.Stats.Increment(ClusterStats.RequestCancelled);
            _connection.Close(CloseMode.Immediate);
        }
    }

    public void OnConnected(Connection connection)
    {
        StopWaiting();
        _counter.Connected();
        if (!_cluster.Breakers.CanAdd(_priority, BreakerResource.Requests))
        {
            _cluster.Stats.Increment(ClusterStats.RequestActiveOverflow);
            connection.Close(CloseMode.Immediate);
            _callbacks.OnPoolFailure(PoolFailure.Overflow, "", _host);
            return;
        }

        _lent = true;
        _cluster.Breakers.Add(_priority, BreakerResource.Requests);
        _cluster.Stats.Increment(ClusterStats.RequestTotal);
        _cluster.Stats.Increment(ClusterStats.RequestActive);
        var shard = _host.On(_cluster.Worker);
        shard.RequestsTotal++;
        shard.RequestsActive++;
        _cluster.Model.SocketOf(_host).SendHeader(connection, _origin);
        _callbacks.OnPoolReady(connection, _host, this);
    }

    // Nothing is read before the borrower has taken the connection over.
    public int OnData(Connection connection, ReadOnlySpan<byte> data, bool endOfStream) => 0;

    public void OnAboveHighWatermark(Connection connection)
    {
    }

    public void OnBelowLowWatermark(Connection connection)
    {
    }

    public void OnClosed(Connection connection, CloseReason reason)
    {
        _counter.Closed(connection, reason, active: false);
        if (_waiting)
        {
            StopWaiting();
            _cluster.Stats.Increment(ClusterStats.RequestPendingFailureEject);
            var (failure, details) = PoolFailures.Explain(connection, reason);
            _callbacks.OnPoolFailure(failure, details, _host);
        }
    }

    public void CountBytes() => _counter.CountBytes(_connection);

    public void Dispose()
    {
        if (!_lent)
        {
            return;
        }

        _lent = false;
        _counter.Closed(_connection, _connection.CloseReason ?? CloseReason.LocalClose, active: true);
        _cluster.Breakers.Remove(_priority, BreakerResource.Requests);
        _cluster.Stats.Decrement(ClusterStats.RequestActive);
        _host.On(_cluster.Worker).RequestsActive--;
    }

    private void StopWaiting()
    {
        _waiting = false;
        _cluster.Breakers.Remove(_priority, BreakerResource.PendingRequests);
        _cluster.Stats.Decrement(ClusterStats.RequestPendingActive);
    }
}

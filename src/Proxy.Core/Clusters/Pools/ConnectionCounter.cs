using Proxy.Clusters.Breakers;
using Proxy.Connections;
using Proxy.Stats;

namespace Proxy.Clusters.Pools;

/// <summary>What is counted about one upstream connection of any kind, from its first attempt to its end.</summary>
internal struct ConnectionCounter
{
    private readonly PooledCluster _cluster;
    private readonly HostShard _host;
    private readonly RequestPriority _priority;
    private readonly long _started;
    private long _received;
    private long _sent;
    private bool _connected;

    /// <summary>Counts an attempt.</summary>
    public ConnectionCounter(PooledCluster cluster, HostShard host, RequestPriority priority)
    {
        _cluster = cluster;
        _host = host;
        _priority = priority;
        _started = cluster.Worker.NowMicroseconds;
        cluster.Breakers.Add(priority, BreakerResource.Connections);
        host.ConnectionsTotal++;
        host.ConnectionsActive++;
        var stats = cluster.Stats;
        stats.Increment(ClusterStats.ConnectionTotal);
        stats.Increment(ClusterStats.ConnectionActive);
    }

    public void Connected()
    {
        _connected = true;
        _cluster.Stats.Record(ClusterStats.ConnectTime, Elapsed);
    }

    public void CountBytes(Connection connection)
    {
        var stats = _cluster.Stats;
        stats.Add(ClusterStats.BytesReceived, connection.BytesReceived - _received);
        stats.Add(ClusterStats.BytesSent, connection.BytesSent - _sent);
        _received = connection.BytesReceived;
        _sent = connection.BytesSent;
    }

    public void Closed(Connection connection, CloseReason reason, bool active)
    {
        CountBytes(connection);
        _cluster.Breakers.Remove(_priority, BreakerResource.Connections);
        _host.ConnectionsActive--;
        var stats = _cluster.Stats;
        stats.Decrement(ClusterStats.ConnectionActive);
        CountEnd(stats, reason, active);
        if (_connected)
        {
            stats.Record(ClusterStats.ConnectionLength, Elapsed);
            return;
        }

        if (reason.Origin == CloseOrigin.Local && reason.Kind == CloseKind.Graceful)
        {
            return; // given up, not failed
        }

        _host.ConnectFailures++;
        stats.Increment(ClusterStats.ConnectFail);
        if (reason.Kind == CloseKind.ConnectTimeout)
        {
            stats.Increment(ClusterStats.ConnectTimeout);
        }
    }

    private static void CountEnd(StatShard stats, CloseReason reason, bool active)
    {
        var local = reason.Origin == CloseOrigin.Local;
        stats.Increment(ClusterStats.Destroy);
        stats.Increment(local ? ClusterStats.DestroyLocal : ClusterStats.DestroyRemote);
        if (active)
        {
            stats.Increment(ClusterStats.DestroyWithActive);
            stats.Increment(local ? ClusterStats.DestroyLocalWithActive : ClusterStats.DestroyRemoteWithActive);
        }
    }

    private readonly long Elapsed => (_cluster.Worker.NowMicroseconds - _started) / 1000;
}

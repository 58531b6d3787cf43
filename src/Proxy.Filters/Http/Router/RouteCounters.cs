using Proxy.Http;
using Proxy.Routing;
using Proxy.Stats;
using Proxy.Streams;
using Proxy.Workers;

namespace Proxy.Filters.Http.Router;

/// <summary>Where a request counts besides its cluster: at its virtual cluster, and at its route when that has a stat prefix. Most have neither.</summary>
internal struct RouteCounters
{
    private StatShard? _cluster;
    private StatShard? _route;

    /// <summary>Finds the counters of a request, and tells its record the virtual cluster.</summary>
    public static RouteCounters Of(Route route, HeaderMap headers, StreamInfo info, Worker worker)
    {
        var cluster = route.VirtualHost.VirtualClusters?.Find(headers);
        if (cluster is not null)
        {
            info.VirtualClusterName = cluster.Name;
        }

        return new RouteCounters { _cluster = cluster?.Stats?.Shard(worker), _route = route.Stats?.Shard(worker) };
    }

    /// <summary>Adds 1 to a counter of <see cref="RouteStats"/>.</summary>
    public readonly void Increment(CounterId id)
    {
        _cluster?.Increment(id);
        _route?.Increment(id);
    }

    /// <summary>Counts the status of an answer.</summary>
    public readonly void Count(int status)
    {
        if (_cluster is not null)
        {
            RouteStats.Count(_cluster, status);
        }

        if (_route is not null)
        {
            RouteStats.Count(_route, status);
        }
    }

    /// <summary>Records the time an answer took.</summary>
    public readonly void RecordTime(long milliseconds)
    {
        _cluster?.Record(RouteStats.Time, milliseconds);
        _route?.Record(RouteStats.Time, milliseconds);
    }
}

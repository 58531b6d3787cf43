using System.Net;
using Proxy.Clusters.Outliers;
using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Workers;

namespace Proxy.Clusters;

/// <summary>One member of a cluster: the same object on all workers as long as it is a member. Weight and health belong to the host set, not to it.</summary>
public sealed class Host
{
    private readonly HostShard?[] _shards;
    private volatile EndPoint _endPoint;

    /// <summary>Creates a host that <paramref name="workers"/> workers and main may use.</summary>
    internal Host(EndPoint endPoint, string hostname, LocalityConfig locality, int workers)
    {
        _endPoint = endPoint;
        Hostname = hostname;
        Locality = locality;
        _shards = new HostShard?[workers + 1];
    }

    /// <summary>Where new connections go. Only that of a logical host ever changes.</summary>
    public EndPoint EndPoint => _endPoint;

    /// <summary>Name, for automatic host rewrite; empty when it has none.</summary>
    public string Hostname { get; }

    /// <summary>Where it runs.</summary>
    public LocalityConfig Locality { get; }

    /// <summary>What is known against it. Changed on main; requests go by the copy in the host set.</summary>
    internal HealthFlags Flags { get; set; }

    /// <summary>What is different about its health checks; null for nothing.</summary>
    internal EndpointHealthCheckConfig? HealthCheck { get; init; }

    /// <summary>Where outcomes of requests are reported; null when nobody wants to know. Set on main before a worker sees the host.</summary>
    internal OutlierMonitor? Outliers { get; set; }

    /// <summary>Its priority; 0 is used first.</summary>
    internal int Priority { get; init; }

    /// <summary>Metadata for logs and filters, by namespace and key; null when there is none.</summary>
    internal IReadOnlyDictionary<string, Dictionary<string, object>>? Metadata { get; init; }

    /// <summary>What connections to it are made of; null leaves it to the cluster.</summary>
    internal Transports.UpstreamSocket? Socket { get; init; }

    /// <summary>A host that tries something new out (<c>canary: true</c> in its <c>envoy.lb</c> metadata).</summary>
    internal bool IsCanary => Metadata is not null && Metadata.TryGetValue("envoy.lb", out var values) && values.TryGetValue("canary", out var canary) && canary is true;

    /// <summary>Requests under way on all workers; others' parts may be a moment old.</summary>
    internal long ActiveRequests
    {
        get
        {
            long sum = 0;
            foreach (var shard in _shards)
            {
                sum += shard is null ? 0 : Volatile.Read(ref shard.RequestsActive);
            }

            return sum;
        }
    }

    /// <summary>Counters of all workers that used it, for admin.</summary>
    internal IEnumerable<HostShard> Shards
    {
        get
        {
            for (var i = 0; i < _shards.Length; i++)
            {
                if (Volatile.Read(ref _shards[i]) is { } shard)
                {
                    yield return shard;
                }
            }
        }
    }

    /// <summary>What <paramref name="worker"/> has of it: counters and pools. On that worker.</summary>
    internal HostShard On(Worker worker)
    {
        ref var place = ref _shards[worker.Index + 1];
        return place ?? Create(ref place);
    }

    /// <summary>Sends the connections of a logical host somewhere else. On main.</summary>
    internal void MoveTo(EndPoint endPoint) => _endPoint = endPoint;

    private static HostShard Create(ref HostShard? place)
    {
        var shard = new HostShard();
        Volatile.Write(ref place, shard);
        return shard;
    }
}

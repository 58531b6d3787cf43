using Proxy.Clusters.Balancing;
using Proxy.Configuration.Clusters;
using Proxy.Stats;
using Proxy.Workers;

namespace Proxy.Clusters;

/// <summary>Gauges of a cluster that picks by hash: how its table was filled. On main.</summary>
internal sealed class HashStats
{
    private static readonly StatSchema Ring = new();
    private static readonly GaugeId RingSize = Ring.Gauge("size");
    private static readonly GaugeId RingMin = Ring.Gauge("min_hashes_per_host");
    private static readonly GaugeId RingMax = Ring.Gauge("max_hashes_per_host");
    private static readonly StatSchema Maglev = new();
    private static readonly GaugeId MaglevMin = Maglev.Gauge("min_entries_per_host");
    private static readonly GaugeId MaglevMax = Maglev.Gauge("max_entries_per_host");

    private readonly StatGroup _group;

    private HashStats(StatGroup group)
    {
        _group = group;
    }

    /// <summary>Declares the gauges under the cluster's <paramref name="prefix"/>; null for a cluster that does not pick by hash.</summary>
    public static HashStats? Create(ClusterConfig config, StatsStore store, string prefix) => config.Policy switch
    {
        LoadBalancingPolicy.RingHash => new HashStats(store.CreateGroup(Ring, prefix + "ring_hash_lb.")),
        LoadBalancingPolicy.Maglev => new HashStats(store.CreateGroup(Maglev, prefix + "maglev_lb.")),
        _ => null,
    };

    /// <summary>Shows the tables in use; with several priorities the last one that has hosts, as in Envoy.</summary>
    public void Publish(HashTable[] tables, Worker main)
    {
        var shard = _group.Shard(main);
        switch (Array.FindLast(tables, static table => table.Hosts.Length > 0))
        {
            case HashRing ring:
                shard.Set(RingSize, ring.Size);
                shard.Set(RingMin, ring.MinPerHost);
                shard.Set(RingMax, ring.MaxPerHost);
                break;
            case MaglevTable table:
                shard.Set(MaglevMin, table.MinPerHost);
                shard.Set(MaglevMax, table.MaxPerHost);
                break;
        }
    }

    public void Remove() => _group.Remove();
}

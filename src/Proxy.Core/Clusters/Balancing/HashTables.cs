using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Hosting;

namespace Proxy.Clusters.Balancing;

/// <summary>Builds the tables of a cluster that picks by hash, one for each priority. On main.</summary>
internal static class HashTables
{
    /// <summary>The tables; none for other policies.</summary>
    public static HashTable[] Build(ClusterConfig config, RuntimeSnapshot runtime, HostSet hosts)
    {
        if (config.Policy is not (LoadBalancingPolicy.RingHash or LoadBalancingPolicy.Maglev))
        {
            return [];
        }

        var loads = new PriorityLoads(hosts, PriorityLoads.PanicThresholdOf(config, runtime));
        var tables = new HashTable[hosts.Priorities.Length];
        for (var i = 0; i < tables.Length; i++)
        {
            var panic = loads.IsInPanic(i);
            var entries = panic ? hosts.Priorities[i].All : hosts.Priorities[i].Healthy;
            tables[i] = HashTable.Build(config, config.Hashing.WeighsLocalities ? ByPlace(config, entries, i) : Flat(entries, 1), panic);
        }

        return tables;
    }

    private static WeightedHost[] Flat(IReadOnlyCollection<HostEntry> hosts, double share)
    {
        var sum = hosts.Sum(static host => (double)host.Weight);
        return [.. hosts.Select(host => new WeightedHost(host.Host, host.Weight * share / sum))];
    }

    // A place without a weight counts for nothing.
    private static WeightedHost[] ByPlace(ClusterConfig config, HostEntry[] hosts, int priority)
    {
        var weights = new Dictionary<LocalityConfig, uint>();
        foreach (var place in config.Endpoints.Where(place => place.Priority == priority))
        {
            weights[place.Locality] = place.Weight ?? 0;
        }

        var sum = weights.Values.Sum(static weight => (double)weight);
        return [.. hosts
            .GroupBy(static host => host.Host.Locality)
            .Where(place => weights.GetValueOrDefault(place.Key) > 0)
            .OrderBy(static place => place.Key.Region, StringComparer.Ordinal)
            .ThenBy(static place => place.Key.Zone, StringComparer.Ordinal)
            .ThenBy(static place => place.Key.SubZone, StringComparer.Ordinal)
            .SelectMany(place => Flat([.. place], weights[place.Key] / sum))];
    }
}

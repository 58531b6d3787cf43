using System.Text;
using Proxy.Configuration.Clusters;

namespace Proxy.Clusters.Balancing;

/// <summary>
/// Where each hash goes among the hosts of one priority. Immutable: main builds it when the hosts change, and all workers pick from it without allocation.
/// </summary>
internal abstract class HashTable
{
    /// <param name="hosts">The hosts; empty when there is nobody to send to.</param>
    /// <param name="isPanic">They are all hosts, healthy or not.</param>
    protected HashTable(WeightedHost[] hosts, bool isPanic)
    {
        Hosts = hosts;
        IsPanic = isPanic;
    }

    /// <summary>The hosts.</summary>
    public WeightedHost[] Hosts { get; }

    /// <summary>Too few hosts were healthy: all of them are here.</summary>
    public bool IsPanic { get; }

    /// <summary>The host of <paramref name="hash"/>; null when there is none.</summary>
    /// <param name="hash">What was hashed.</param>
    /// <param name="attempt">How often a host was refused for this pick: another one is looked for.</param>
    public abstract Host? Pick(ulong hash, int attempt);

    /// <summary>By what a host is known: its <c>hash_key</c> in the <c>envoy.lb</c> metadata, else its name or its address.</summary>
    protected static byte[] KeyOf(Host host, bool byName)
    {
        var key = host.Metadata is not null && host.Metadata.TryGetValue("envoy.lb", out var values) && values.TryGetValue("hash_key", out var given)
            ? given as string
            : null;
        if (string.IsNullOrEmpty(key))
        {
            key = byName ? host.Hostname : host.EndPoint.ToString();
        }

        return Encoding.UTF8.GetBytes(key ?? "");
    }

    /// <summary>Builds the table that <paramref name="config"/> asks for.</summary>
    public static HashTable Build(ClusterConfig config, WeightedHost[] hosts, bool isPanic)
    {
        return config.Policy == LoadBalancingPolicy.Maglev ? new MaglevTable(config.Hashing, hosts, isPanic) : new HashRing(config.Hashing, hosts, isPanic);
    }
}

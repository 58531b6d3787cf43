using Envoy.Config.Cluster.V3;
using Envoy.Extensions.LoadBalancingPolicies.Common.V3;
using Envoy.Extensions.LoadBalancingPolicies.Maglev.V3;
using Envoy.Extensions.LoadBalancingPolicies.RingHash.V3;
using Proxy.Configuration.Clusters;
using Proxy.Discovery.V3.Routes;
using HashFunction = Proxy.Configuration.Clusters.HashFunction;

namespace Proxy.Discovery.V3.Clusters;

/// <summary>Translates balancing by hash: the fields of the cluster, or the two policies that do it.</summary>
internal static class HashingTranslator
{
    private static HashBalancingConfig Default { get; } = new();

    public static HashBalancingConfig Translate(Cluster cluster, Place place, TranslationContext context)
    {
        var ring = cluster.RingHashLbConfig;
        var common = cluster.CommonLbConfig;
        var config = new HashBalancingConfig
        {
            Function = ring?.HashFunction == Cluster.Types.RingHashLbConfig.Types.HashFunction.MurmurHash2 ? HashFunction.Murmur2 : HashFunction.XxHash,
            MinimumRingSize = Size(ring?.MinimumRingSize, Default.MinimumRingSize),
            MaximumRingSize = Size(ring?.MaximumRingSize, Default.MaximumRingSize),
            MaglevTableSize = (int)Size(cluster.MaglevLbConfig?.TableSize, Default.MaglevTableSize),
            UseHostname = common?.ConsistentHashingLbConfig?.UseHostnameForHashing ?? false,
            BalanceFactor = common?.ConsistentHashingLbConfig?.HashBalanceFactor,
            WeighsLocalities = common?.LocalityWeightedLbConfig is not null,
        };
        Check(config, place.Field("ring_hash_lb_config"), place.Field("maglev_lb_config"), context);
        return config;
    }

    public static HashBalancingConfig Translate(RingHash ring, Place place, TranslationContext context)
    {
        var config = Common(ring.ConsistentHashingLbConfig) with
        {
            Function = ring.HashFunction == RingHash.Types.HashFunction.MurmurHash2 ? HashFunction.Murmur2 : HashFunction.XxHash,
            MinimumRingSize = Size(ring.MinimumRingSize, Default.MinimumRingSize),
            MaximumRingSize = Size(ring.MaximumRingSize, Default.MaximumRingSize),
            WeighsLocalities = ring.LocalityWeightedLbConfig is not null,
        };
        if (ring.ConsistentHashingLbConfig is null)
        {
            config = config with { UseHostname = ring.UseHostnameForHashing, BalanceFactor = ring.HashBalanceFactor };
        }

        Check(config, place, place, context);
        return config;
    }

    public static HashBalancingConfig Translate(Maglev maglev, Place place, TranslationContext context)
    {
        var config = Common(maglev.ConsistentHashingLbConfig) with
        {
            MaglevTableSize = (int)Size(maglev.TableSize, Default.MaglevTableSize),
            WeighsLocalities = maglev.LocalityWeightedLbConfig is not null,
        };
        Check(config, place, place, context);
        return config;
    }

    private static HashBalancingConfig Common(ConsistentHashingLbConfig? common) => common is null ? Default : new HashBalancingConfig
    {
        UseHostname = common.UseHostnameForHashing,
        BalanceFactor = common.HashBalanceFactor,
        Policies = HashPolicyTranslator.Translate(common.HashPolicy),
    };

    private static long Size(ulong? size, long unset) => size is { } given ? (long)Math.Min(given, int.MaxValue) : unset;

    private static void Check(HashBalancingConfig config, Place ring, Place maglev, TranslationContext context)
    {
        if (config.MinimumRingSize > config.MaximumRingSize)
        {
            context.Fault(ring.Field("minimum_ring_size"), "must not be more than maximum_ring_size");
        }

        if (!ClusterRules.IsPrime(config.MaglevTableSize))
        {
            context.Fault(maglev.Field("table_size"), "must be a prime number");
        }
    }
}

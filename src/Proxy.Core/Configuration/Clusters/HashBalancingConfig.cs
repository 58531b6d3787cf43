using Proxy.Configuration.Http;

namespace Proxy.Configuration.Clusters;

/// <summary>How points of a ring are hashed (Envoy <c>RingHashLbConfig.HashFunction</c>).</summary>
public enum HashFunction
{
    /// <summary>xxHash64.</summary>
    XxHash,

    /// <summary>MurmurHash64A with the seed of GCC's standard library.</summary>
    Murmur2,
}

/// <summary>Balancing by hash (Envoy <c>RingHashLbConfig</c>, <c>MaglevLbConfig</c>, <c>ConsistentHashingLbConfig</c>).</summary>
public sealed record HashBalancingConfig
{
    internal const long MaxRingSize = 8 * 1024 * 1024;
    internal const int MaxTableSize = 5_000_011;

    /// <summary>How the points of a ring are hashed. Default xxHash64.</summary>
    public HashFunction Function { get; init; }

    /// <summary>Points that a ring has at least. Default 1024.</summary>
    public long MinimumRingSize { get; init; } = 1024;

    /// <summary>Points that a ring has at most. Default and largest 8388608.</summary>
    public long MaximumRingSize { get; init; } = MaxRingSize;

    /// <summary>Places of a Maglev table, a prime of at most 5000011. Default 65537.</summary>
    public int MaglevTableSize { get; init; } = 65537;

    /// <summary>Hashes hosts by name instead of by address. Default false.</summary>
    public bool UseHostname { get; init; }

    /// <summary>What one host may be given, in percent of the mean, 100 or more; null without a limit.</summary>
    public uint? BalanceFactor { get; init; }

    /// <summary>Shares load among places by their weights first (<c>locality_weighted_lb_config</c>). Default false.</summary>
    public bool WeighsLocalities { get; init; }

    /// <summary>How requests are hashed, in place of what their routes say; empty leaves it to the routes.</summary>
    public ConfigList<HashPolicyConfig> Policies { get; init; } = [];
}

namespace Proxy.Configuration.Filters;

/// <summary>The network filter that caps the connections of its chain (Envoy <c>connection_limit.v3.ConnectionLimit</c>).</summary>
public sealed record ConnectionLimitConfig
{
    /// <summary>Prefix of the stats: <c>connection_limit.PREFIX.</c></summary>
    public required string StatPrefix { get; init; }

    /// <summary>Connections at a time, over all workers; 1 or more.</summary>
    public required long MaxConnections { get; init; }

    /// <summary>How long a connection over the limit is held before it is closed; null closes at once. Slows those down that try again and again.</summary>
    public TimeSpan? Delay { get; init; }

    /// <summary>Whether the limit holds. Default on.</summary>
    public RuntimeFlagConfig Enabled { get; init; } = RuntimeFlagConfig.On;
}

/// <summary>The network filter that limits how often connections come (Envoy <c>network.local_ratelimit.v3.LocalRateLimit</c>).</summary>
public sealed record LocalRateLimitConfig
{
    /// <summary>Prefix of the stats: <c>local_rate_limit.PREFIX.</c></summary>
    public required string StatPrefix { get; init; }

    /// <summary>One token a connection; the bucket is shared by all workers.</summary>
    public required TokenBucketConfig Bucket { get; init; }

    /// <summary>Filters of one key and equal buckets share the bucket; empty for a bucket of its own (<c>share_key</c>).</summary>
    public string ShareKey { get; init; } = "";

    /// <summary>Whether the limit holds. Default on.</summary>
    public RuntimeFlagConfig Enabled { get; init; } = RuntimeFlagConfig.On;
}

/// <summary>A bucket that is full at first and filled evenly (Envoy <c>type.v3.TokenBucket</c>).</summary>
/// <param name="MaxTokens">What it holds; 1 or more.</param>
/// <param name="TokensPerFill">Tokens that come in one interval; 1 or more.</param>
/// <param name="FillInterval">The interval, 50 ms or more.</param>
public sealed record TokenBucketConfig(uint MaxTokens, uint TokensPerFill, TimeSpan FillInterval);

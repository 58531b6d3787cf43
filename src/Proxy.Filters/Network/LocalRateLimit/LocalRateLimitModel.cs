using Proxy.Configuration;
using Proxy.Configuration.Filters;
using Proxy.Hosting;
using Proxy.Stats;

namespace Proxy.Filters.Network.LocalRateLimit;

/// <summary>What the connections of one configured limit share.</summary>
internal sealed class LocalRateLimitModel
{
    public static readonly StatSchema Schema = new();
    public static readonly CounterId Limited = Schema.Counter("rate_limited");

    private readonly RuntimeFlagConfig _enabled;
    private readonly RuntimeSnapshot _runtime;

    public LocalRateLimitModel(LocalRateLimitConfig config, TokenBucket bucket, FilterFactoryContext context)
    {
        Bucket = bucket;
        _enabled = config.Enabled;
        _runtime = context.Runtime;
        Stats = context.Stats.CreateGroup(Schema, $"local_rate_limit.{config.StatPrefix}.");
    }

    public TokenBucket Bucket { get; }

    public bool IsEnabled => _enabled.IsOn(_runtime);

    public StatGroup Stats { get; }
}

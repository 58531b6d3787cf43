using Proxy.Configuration;
using Proxy.Configuration.Filters;
using Proxy.Connections;
using Proxy.Hosting;
using Proxy.Workers;

namespace Proxy.Filters.Network.LocalRateLimit;

/// <summary>Makes filters that limit how often connections come (<see cref="LocalRateLimitConfig"/>).</summary>
internal sealed class LocalRateLimitFactory : INetworkFilterFactory
{
    private static readonly TimeSpan LeastInterval = TimeSpan.FromMilliseconds(50);

    /// <inheritdoc />
    public Type ConfigType => typeof(LocalRateLimitConfig);

    /// <inheritdoc />
    public Func<Worker, NetworkFilter> Prepare(object config, FilterFactoryContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var limit = (LocalRateLimitConfig)config;
        var faults = new FaultList();
        if (limit.StatPrefix.Length == 0)
        {
            faults.Add("stat_prefix", "required");
        }

        if (limit.Bucket.MaxTokens == 0)
        {
            faults.Add("token_bucket.max_tokens", "must be 1 or more");
        }

        if (limit.Bucket.TokensPerFill == 0)
        {
            faults.Add("token_bucket.tokens_per_fill", "must be 1 or more");
        }

        if (limit.Bucket.FillInterval < LeastInterval)
        {
            faults.Add("token_bucket.fill_interval", "must be at least 0.05s");
        }

        faults.ThrowIfAny();
        var model = new LocalRateLimitModel(limit, context);
        return worker => new LocalRateLimitFilter(model, worker);
    }
}

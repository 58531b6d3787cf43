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

    // Of main. A bucket lives as long as a filter has it.
    private readonly Dictionary<(string Key, TokenBucketConfig Bucket), WeakReference<TokenBucket>> _shared = [];

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
        var model = new LocalRateLimitModel(limit, BucketOf(limit), context);
        return worker => new LocalRateLimitFilter(model, worker);
    }

    private TokenBucket BucketOf(LocalRateLimitConfig limit)
    {
        if (limit.ShareKey.Length == 0)
        {
            return new TokenBucket(limit.Bucket);
        }

        var key = (limit.ShareKey, limit.Bucket);
        if (_shared.TryGetValue(key, out var known) && known.TryGetTarget(out var bucket))
        {
            return bucket;
        }

        foreach (var (gone, reference) in _shared.ToArray())
        {
            if (!reference.TryGetTarget(out _))
            {
                _shared.Remove(gone);
            }
        }

        bucket = new TokenBucket(limit.Bucket);
        _shared[key] = new WeakReference<TokenBucket>(bucket);
        return bucket;
    }
}

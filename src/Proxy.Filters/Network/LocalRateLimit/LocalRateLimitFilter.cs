using Proxy.Connections;
using Proxy.Workers;

namespace Proxy.Filters.Network.LocalRateLimit;

/// <summary>Closes connections that come too fast.</summary>
internal sealed class LocalRateLimitFilter(LocalRateLimitModel model, Worker worker) : NetworkFilter
{
    public override FilterStatus OnNewConnection()
    {
        if (!model.IsEnabled || model.Bucket.TryTake(worker.NowMicroseconds))
        {
            return FilterStatus.Continue;
        }

        model.Stats.Shard(worker).Increment(LocalRateLimitModel.Limited);
        Connection.Close(CloseMode.Immediate, "local_ratelimit_close_over_limit");
        return FilterStatus.StopIteration;
    }
}

using Proxy.Configuration.Clusters;
using Proxy.Hosting;
using Proxy.Stats;
using Proxy.Workers;

namespace Proxy.Clusters.Breakers;

/// <summary>The circuit breakers of one cluster over all workers: the limits, and where each worker counts.</summary>
internal sealed class ClusterBreakers
{
    public const int Resources = 4;
    public const int Counts = 2 * Resources;

    private static readonly string[] Names = ["max_connections", "max_pending_requests", "max_requests", "max_retries"];

    private readonly string _cluster;
    private volatile CircuitBreakerConfig[] _configs;
    private readonly WorkerBreakers?[] _workers;
    private readonly long[] _limits = new long[Counts]; // written by main; workers see a change a little later
    private readonly RetryBudgetConfig?[] _budgets = new RetryBudgetConfig?[Counts / Resources]; // likewise

    public ClusterBreakers(ClusterConfig cluster, int workers)
    {
        _cluster = cluster.Name;
        _configs = [cluster.DefaultBreaker, cluster.HighBreaker];
        _workers = new WorkerBreakers?[workers + 1];
        Apply(RuntimeSnapshot.Empty);
    }

    public static int IndexOf(RequestPriority priority, BreakerResource resource) => ((int)priority * Resources) + (int)resource;

    public long Limit(int index) => BudgetOf(index) is { } budget ? Allowed(index, budget) : Volatile.Read(ref _limits[index]);

    /// <summary>Connections that one host may have; null for any number.</summary>
    public long? LimitPerHost(RequestPriority priority) => _configs[(int)priority].MaxConnectionsPerHost;

    /// <summary>The part of <paramref name="worker"/>. On that worker.</summary>
    public WorkerBreakers On(Worker worker)
    {
        ref var place = ref _workers[worker.Index + 1];
        if (place is null)
        {
            Volatile.Write(ref place, new WorkerBreakers(this, worker));
        }

        return place;
    }

    /// <summary>What all workers but <paramref name="own"/> count; a moment old.</summary>
    public long Sum(int index, WorkerBreakers? own = null)
    {
        long sum = 0;
        for (var i = 0; i < _workers.Length; i++)
        {
            if (Volatile.Read(ref _workers[i]) is { } worker && !ReferenceEquals(worker, own))
            {
                sum += worker.Count(index);
            }
        }

        return sum;
    }

    /// <summary>Brings the gauges up to date. On main, with main's shard.</summary>
    public void Publish(StatShard shard)
    {
        for (var index = 0; index < Counts; index++)
        {
            var gauges = ClusterStats.Breakers[index / Resources];
            var count = Sum(index);
            var limit = Limit(index);
            shard.Set(gauges.Open[index % Resources], count > 0 && count >= limit ? 1 : 0);
            shard.Set(gauges.Remaining[index % Resources], _configs[index / Resources].TrackRemaining ? Math.Max(0, limit - count) : 0);
        }
    }

    /// <summary>Goes by other limits; what is counted stays. On main.</summary>
    public void Use(ClusterConfig cluster, RuntimeSnapshot runtime)
    {
        _configs = [cluster.DefaultBreaker, cluster.HighBreaker];
        Apply(runtime);
    }

    /// <summary>Takes limits from runtime values, or those configured where there is none. On main.</summary>
    public void Apply(RuntimeSnapshot runtime)
    {
        for (var index = 0; index < Counts; index++)
        {
            Volatile.Write(ref _limits[index], runtime.GetInteger(Key(index / Resources) + Names[index % Resources], Configured(index)));
        }

        for (var priority = 0; priority < _budgets.Length; priority++)
        {
            Volatile.Write(ref _budgets[priority], BudgetOf(priority, runtime));
        }
    }

    private string Key(int priority) => $"circuit_breakers.{_cluster}.{(priority == (int)RequestPriority.Default ? "default" : "high")}.";

    // As in Envoy, a share in the runtime makes a budget where none is configured.
    private RetryBudgetConfig? BudgetOf(int priority, RuntimeSnapshot runtime)
    {
        var key = Key(priority) + "retry_budget.";
        var configured = _configs[priority].RetryBudget;
        if (configured is null && runtime.GetNumber(key + "budget_percent") is null)
        {
            return null;
        }

        var budget = configured ?? new RetryBudgetConfig();
        return budget with
        {
            Percent = runtime.GetNumber(key + "budget_percent") ?? budget.Percent,
            MinConcurrency = (uint)Math.Clamp(runtime.GetInteger(key + "min_retry_concurrency", budget.MinConcurrency), 0, uint.MaxValue),
        };
    }

    private RetryBudgetConfig? BudgetOf(int index)
    {
        return index % Resources == (int)BreakerResource.Retries ? Volatile.Read(ref _budgets[index / Resources]) : null;
    }

    private long Allowed(int index, RetryBudgetConfig budget)
    {
        var first = index - (index % Resources);
        var underWay = Sum(first + (int)BreakerResource.Requests) + Sum(first + (int)BreakerResource.PendingRequests);
        return Math.Max(budget.MinConcurrency, (long)(budget.Percent / 100 * underWay));
    }

    private long Configured(int index)
    {
        var config = _configs[index / Resources];
        return (BreakerResource)(index % Resources) switch
        {
            BreakerResource.Connections => config.MaxConnections,
            BreakerResource.PendingRequests => config.MaxPendingRequests,
            BreakerResource.Requests => config.MaxRequests,
            _ => config.MaxRetries,
        };
    }
}

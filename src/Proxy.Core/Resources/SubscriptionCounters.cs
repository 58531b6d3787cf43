using System.IO.Hashing;
using System.Text;
using Proxy.Clusters;
using Proxy.Stats;
using Proxy.Workers;

namespace Proxy.Resources;

/// <summary>Counts what happens to one subscription. On main.</summary>
internal sealed class SubscriptionCounters
{
    private readonly StatsStore _store;
    private readonly StatShard _updates;
    private readonly StatShard _state;
    private readonly (CounterId Attempt, CounterId Failure, CounterId Rejected, CounterId Success) _ids;

    private SubscriptionCounters(
        StatsStore store, string prefix, StatShard updates, StatShard state, (CounterId Attempt, CounterId Failure, CounterId Rejected, CounterId Success) ids)
    {
        Prefix = prefix;
        _store = store;
        _updates = updates;
        _state = state;
        _ids = ids;
    }

    /// <summary>What stands before every name, with its dot.</summary>
    public string Prefix { get; }

    /// <summary>Under a prefix of the subscription's own.</summary>
    public static SubscriptionCounters Create(StatsStore store, StatScope scope, string prefix, Worker main) => new(
        store,
        prefix,
        scope.CreateGroup(SubscriptionStats.Schema, prefix).Shard(main),
        scope.CreateGroup(SubscriptionStateStats.Schema, prefix).Shard(main),
        (SubscriptionStats.Attempt, SubscriptionStats.Failure, SubscriptionStats.Rejected, SubscriptionStats.Success));

    /// <summary>Among the stats of a cluster, which has counters of updates whatever finds its hosts.</summary>
    public static SubscriptionCounters OfCluster(StatsStore store, StatScope scope, StatGroup cluster, Worker main) => new(
        store,
        cluster.Prefix,
        cluster.Shard(main),
        scope.CreateGroup(SubscriptionStateStats.Schema, cluster.Prefix).Shard(main),
        (ClusterStats.UpdateAttempt, ClusterStats.UpdateFailure, ClusterStats.UpdateRejected, ClusterStats.UpdateSuccess));

    /// <summary>Something was asked for.</summary>
    public void Attempted() => _updates.Increment(_ids.Attempt);

    /// <summary>The source could not be reached.</summary>
    public void Failed() => _updates.Increment(_ids.Failure);

    /// <summary>An answer was refused.</summary>
    public void Rejected() => _updates.Increment(_ids.Rejected);

    /// <summary>The first answer did not come in time.</summary>
    public void TimedOut() => _state.Increment(SubscriptionStateStats.InitialFetchTimeout);

    /// <summary>An answer was taken.</summary>
    public void Succeeded(string version, DateTimeOffset at, long milliseconds) =>
        Succeeded(version, XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(version)), at, milliseconds);

    /// <summary>An answer was taken whose version has a number of its own.</summary>
    public void Succeeded(string version, ulong number, DateTimeOffset at, long milliseconds)
    {
        _updates.Increment(_ids.Success);
        _state.Set(SubscriptionStateStats.Time, at.ToUnixTimeMilliseconds());
        _state.Set(SubscriptionStateStats.Version, unchecked((long)number));
        _state.Record(SubscriptionStateStats.Duration, milliseconds);
        _store.SetText(Prefix + "version_text", version);
    }

    /// <summary>The subscription has ended: takes away what the owner's stats do not have.</summary>
    public void Close() => _store.SetText(Prefix + "version_text", null);
}

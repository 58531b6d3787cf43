using Proxy.Workers;

namespace Proxy.Stats;

/// <summary>The stats of one instance of a component: a prefix, a schema, and one shard of numbers per worker that counts.</summary>
public sealed class StatGroup
{
    private readonly StatsStore _store;
    private StatShard?[] _shards = [];

    internal StatGroup(StatsStore store, StatSchema schema, string prefix)
    {
        _store = store;
        Schema = schema;
        Prefix = prefix;
    }

    /// <summary>What is counted.</summary>
    public StatSchema Schema { get; }

    /// <summary>What stands before every name, with its dot: <c>cluster.users.</c></summary>
    public string Prefix { get; }

    /// <summary>The shard of main.</summary>
    internal StatShard MainShard => Volatile.Read(ref _shards) is [{ } first, ..] ? first : AddShard(0);

    internal ReadOnlySpan<StatShard?> Shards => Volatile.Read(ref _shards);

    /// <summary>The shard of <paramref name="worker"/>; keep it, it stays the same. Any thread may ask, only that worker may write to it.</summary>
    public StatShard Shard(Worker worker)
    {
        ArgumentNullException.ThrowIfNull(worker);
        var index = worker.Index + 1;
        var shards = Volatile.Read(ref _shards);
        return (index < shards.Length ? shards[index] : null) ?? AddShard(index);
    }

    /// <summary>How many instances count here; under the store's gate.</summary>
    internal int Users { get; set; }

    /// <summary>An instance has gone: behind the last one the group leaves the store.</summary>
    public void Remove() => _store.Remove(this);

    private StatShard AddShard(int index)
    {
        lock (_store.Gate)
        {
            var shards = _shards;
            if (index >= shards.Length)
            {
                Array.Resize(ref shards, index + 1);
            }

            var shard = shards[index] ??= new StatShard(Schema);
            Volatile.Write(ref _shards, shards);
            return shard;
        }
    }
}

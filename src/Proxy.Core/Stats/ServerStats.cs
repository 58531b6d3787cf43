using Proxy.Hosting;
using Proxy.Workers;

namespace Proxy.Stats;

/// <summary>Stats of the process under <c>server.</c>; main sets them.</summary>
internal sealed class ServerStats
{
    private static readonly StatSchema Schema = new();
    private static readonly GaugeId LiveId = Schema.Gauge("live");
    private static readonly GaugeId StateId = Schema.Gauge("state");
    private static readonly GaugeId ConcurrencyId = Schema.Gauge("concurrency");
    private static readonly GaugeId UptimeId = Schema.Gauge("uptime");
    private static readonly GaugeId MemoryAllocatedId = Schema.Gauge("memory_allocated");
    private static readonly GaugeId MemoryHeapSizeId = Schema.Gauge("memory_heap_size");
    private static readonly GaugeId MemoryPhysicalSizeId = Schema.Gauge("memory_physical_size");
    private static readonly GaugeId HotRestartEpochId = Schema.Gauge("hot_restart_epoch");
    private static readonly CounterId StaticUnknownFieldsId = Schema.Counter("static_unknown_fields");
    private static readonly HistogramId InitializationTimeId = Schema.Histogram("initialization_time_ms", StatUnit.Milliseconds);

    private readonly StatShard _shard;
    private readonly Worker _main;
    private readonly long _startMilliseconds;

    public ServerStats(StatsStore store, Worker main, int concurrency)
    {
        _main = main;
        _startMilliseconds = main.Now;
        _shard = store.CreateGroup(Schema, "server.").Shard(main);
        _shard.Set(ConcurrencyId, concurrency);
        SetState(ServerState.PreInitializing);
    }

    /// <summary>Time since the proxy was made.</summary>
    public TimeSpan Uptime => TimeSpan.FromMilliseconds(_main.Now - _startMilliseconds);

    /// <summary>What the proxy is doing now.</summary>
    public void SetState(ServerState state)
    {
        _shard.Set(StateId, (long)state);
        _shard.Set(LiveId, state == ServerState.Live ? 1 : 0);
    }

    /// <summary>The proxy serves for the first time.</summary>
    public void OnInitialized()
    {
        SetState(ServerState.Live);
        _shard.Record(InitializationTimeId, _main.Now - _startMilliseconds);
    }

    /// <summary>Fields of the configuration file were ignored, as a flag allows.</summary>
    public void AddStaticUnknownFields(int count) => _shard.Add(StaticUnknownFieldsId, count);

    /// <summary>Number of this process in a chain of hot restarts.</summary>
    public void SetRestartEpoch(long epoch) => _shard.Set(HotRestartEpochId, epoch);

    /// <summary>Brings gauges up to date that change by themselves; see <see cref="StatsReader.Refreshing"/>.</summary>
    public void Refresh()
    {
        var memory = GC.GetGCMemoryInfo();
        _shard.Set(UptimeId, (long)Uptime.TotalSeconds);
        _shard.Set(MemoryAllocatedId, GC.GetTotalMemory(forceFullCollection: false));
        _shard.Set(MemoryHeapSizeId, memory.TotalCommittedBytes);
        _shard.Set(MemoryPhysicalSizeId, Environment.WorkingSet);
    }
}

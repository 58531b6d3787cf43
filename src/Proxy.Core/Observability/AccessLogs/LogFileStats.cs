using Proxy.Stats;
using Proxy.Workers;
using Proxy.Workers.Files;

namespace Proxy.Observability.AccessLogs;

/// <summary>Publishes what the file flusher counts under Envoy's names, <c>filesystem.*</c>. On main.</summary>
internal sealed class LogFileStats
{
    public static readonly StatSchema Schema = new();
    public static readonly CounterId FlushedByTimer = Schema.Counter("flushed_by_timer");
    public static readonly CounterId ReopenFailed = Schema.Counter("reopen_failed");
    public static readonly CounterId WriteBuffered = Schema.Counter("write_buffered");
    public static readonly CounterId WriteCompleted = Schema.Counter("write_completed");
    public static readonly CounterId WriteFailed = Schema.Counter("write_failed");
    public static readonly GaugeId WriteTotalBuffered = Schema.Gauge("write_total_buffered");

    private readonly FileFlusher _files;
    private readonly StatShard _stats;
    private FileFlusherCounters _published;

    public LogFileStats(FileFlusher files, StatsStore stats, Worker main)
    {
        _files = files;
        _stats = stats.CreateGroup(Schema, "filesystem.").Shard(main);
    }

    /// <summary>Brings the stats up to date. Lines that were lost count as writes that failed: Envoy never drops one.</summary>
    public void Publish()
    {
        var now = _files.Counters;
        _stats.Add(FlushedByTimer, now.FlushedByTimer - _published.FlushedByTimer);
        _stats.Add(ReopenFailed, now.ReopenFailed - _published.ReopenFailed);
        _stats.Add(WriteBuffered, now.WriteBuffered - _published.WriteBuffered);
        _stats.Add(WriteCompleted, now.WriteCompleted - _published.WriteCompleted);
        _stats.Add(WriteFailed, now.WriteFailed + now.DroppedLines - _published.WriteFailed - _published.DroppedLines);
        _stats.Set(WriteTotalBuffered, now.TotalBuffered);
        _published = now;
    }
}

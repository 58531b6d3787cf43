using Microsoft.Extensions.Logging.Abstractions;
using Proxy.Observability.AccessLogs;
using Proxy.Stats;
using Proxy.Testing;
using Proxy.Workers.Files;

namespace Proxy.Core.Tests.Observability;

[TestFixture]
public sealed class LogFileStatsTests : SimulatedFixture
{
    [Test]
    public async Task Publish_AfterWrites_AddsWhatIsNew()
    {
        var store = new StatsStore();
        await using var files = new FileFlusher(new FileFlusherOptions { Open = static _ => new MemoryStream() }, NullLoggerFactory.Instance);
        store.BeforeRead(new LogFileStats(files, store, Runtime.Main).Publish);
        var log = files.Open("a");

        log.Write(Worker, "one\n"u8);
        Read(LogFileStats.WriteBuffered).Should().Be(1);
        Stats().Read(LogFileStats.WriteTotalBuffered).Should().Be(4);
        log.Write(Worker, "two\n"u8);
        Runtime.Advance(10_000);
        files.Drain();

        Read(LogFileStats.WriteBuffered).Should().Be(2);
        Read(LogFileStats.FlushedByTimer).Should().Be(1);
        Read(LogFileStats.WriteCompleted).Should().Be(1);
        Stats().Read(LogFileStats.WriteTotalBuffered).Should().Be(0);

        StatShard Stats() => store.Snapshot().Single(static group => group.Prefix == "filesystem.").Shard(Runtime.Main);

        long Read(CounterId id) => Stats().Read(id);
    }
}

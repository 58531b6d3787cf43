using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Proxy.Testing;
using Proxy.Workers.Files;

namespace Proxy.Core.Tests.Workers.Files;

[TestFixture]
public sealed class FileFlusherTests : SimulatedFixture
{
    private readonly Dictionary<string, List<MemoryStream>> _opened = [];
    private Exception? _openFails;

    public FileFlusherTests()
        : base(workers: 2)
    {
    }

    [Test]
    public async Task Write_LinesYoungAndFew_StayOnTheWorkerUntilTheInterval()
    {
        await using var flusher = Create();
        var log = flusher.Open("a");
        log.Write(Worker, "one\n"u8);
        Runtime.Advance(9_999);
        flusher.Drain();
        ContentOf("a").Should().BeEmpty();

        Runtime.Advance(1);
        flusher.Drain();

        ContentOf("a").Should().Be("one\n");
        flusher.Counters.FlushedByTimer.Should().Be(1);
        flusher.Counters.TotalBuffered.Should().Be(0);
    }

    [Test]
    public async Task Write_EnoughBytes_HandsThemOverAtOnce()
    {
        await using var flusher = Create(size: 10);
        var log = flusher.Open("a");
        log.Write(Worker, "123456\n"u8);
        flusher.Drain();
        ContentOf("a").Should().BeEmpty();

        log.Write(Worker, "789\n"u8);
        flusher.Drain();

        ContentOf("a").Should().Be("123456\n789\n");
        flusher.Counters.WriteCompleted.Should().Be(1);
    }

    [Test]
    public async Task Write_LineLongerThanABlock_IsWrittenWhole()
    {
        await using var flusher = Create(size: 10);
        var log = flusher.Open("a");
        log.Write(Worker, "x\n"u8);
        log.Write(Worker, Encoding.Latin1.GetBytes(new string('y', 100_000)));
        log.Write(Worker, "0123456789\n"u8);
        flusher.Drain();

        ContentOf("a").Should().Be("x\n" + new string('y', 100_000) + "0123456789\n");
    }

    [Test]
    public async Task Write_DiskTooSlow_DropsAndCountsInsteadOfGrowing()
    {
        await using var flusher = Create(size: 10, pending: 25);
        var log = flusher.Open("a");
        for (var i = 0; i < 5; i++)
        {
            log.Write(Worker, "123456789\n"u8);
        }

        flusher.Counters.DroppedLines.Should().Be(3);
        flusher.Drain();
        log.Write(Worker, "abcdefghi\n"u8);
        flusher.Drain();

        ContentOf("a").Should().Be("123456789\n123456789\nabcdefghi\n");
    }

    [Test]
    public async Task Write_TwoWorkers_KeepTheirLinesWhole()
    {
        await using var flusher = Create();
        var log = flusher.Open("a");
        foreach (var worker in Runtime.Workers)
        {
            log.Write(worker, Encoding.ASCII.GetBytes(worker.Name + "\n"));
        }

        Runtime.Advance(10_000);
        flusher.Drain();

        ContentOf("a").Split('\n').Should().BeEquivalentTo("worker_0", "worker_1", "");
    }

    [Test]
    public async Task Open_SamePath_IsTheSameLog()
    {
        await using var flusher = Create();

        flusher.Open("a").Should().BeSameAs(flusher.Open("a"));
        flusher.Open("b").Should().NotBeSameAs(flusher.Open("a"));
        _opened["a"].Should().HaveCount(1);
    }

    [Test]
    public async Task Open_NotPossible_RefusesTheConfiguration()
    {
        await using var flusher = Create();
        _openFails = new UnauthorizedAccessException("no");

        var act = () => flusher.Open("a");

        act.Should().Throw<UnauthorizedAccessException>();
    }

    [Test]
    public async Task Reopen_FileWasMoved_WritesToTheNewOneWhatComesAfter()
    {
        await using var flusher = Create();
        var log = flusher.Open("a");
        log.Write(Worker, "old\n"u8);
        flusher.Reopen();
        Runtime.RunUntilIdle();
        log.Write(Worker, "new\n"u8);
        Runtime.Advance(TimeSpan.FromSeconds(10));
        flusher.Drain();

        TextOf(_opened["a"][0]).Should().Be("old\n");
        TextOf(_opened["a"][1]).Should().Be("new\n");
    }

    [Test]
    public async Task Reopen_NotPossible_GoesOnWithTheOldFile()
    {
        await using var flusher = Create(size: 1);
        var log = flusher.Open("a");
        _openFails = new IOException("disk gone");
        flusher.Reopen();
        log.Write(Worker, "kept\n"u8);
        flusher.Drain();

        ContentOf("a").Should().Be("kept\n");
        flusher.Counters.ReopenFailed.Should().Be(1);
    }

    [Test]
    public async Task Drain_WriteFails_CountsAndGoesOn()
    {
        await using var flusher = Create(size: 1);
        var log = flusher.Open("a");
        _opened["a"][0].Dispose();
        log.Write(Worker, "lost\n"u8);
        flusher.Drain();

        flusher.Counters.WriteFailed.Should().Be(1);
        flusher.Counters.TotalBuffered.Should().Be(0);
    }

    [Test]
    public async Task Dispose_LinesStillOnWorkers_AreWritten()
    {
        var flusher = Create();
        flusher.Start();
        var log = flusher.Open("a");
        log.Write(Runtime.Workers[0], "first\n"u8);
        log.Write(Runtime.Workers[1], "second\n"u8);

        await flusher.DisposeAsync();

        ContentOf("a").Split('\n').Should().BeEquivalentTo("first", "second", "");
    }

    private FileFlusher Create(int size = 64 * 1024, long pending = 1024 * 1024)
    {
        return new FileFlusher(
            new FileFlusherOptions { Open = OpenStream, FlushSize = size, MaxPendingBytes = pending }, NullLoggerFactory.Instance);
    }

    private MemoryStream OpenStream(string path)
    {
        if (_openFails is not null)
        {
            throw _openFails;
        }

        var stream = new MemoryStream();
        if (!_opened.TryGetValue(path, out var streams))
        {
            _opened[path] = streams = [];
        }

        streams.Add(stream);
        return stream;
    }

    private string ContentOf(string path) => string.Concat(_opened[path].Select(TextOf));

    private static string TextOf(MemoryStream stream) => Encoding.Latin1.GetString(stream.ToArray());
}

using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Proxy.Connections;
using Proxy.Connections.InMemory;
using Proxy.Connections.Pipes;
using Proxy.Testing;

namespace Proxy.Core.Tests.Pipes;

public sealed class PipeConnectionTests : SimulatedFixture
{
    private static readonly PipeOptions Inline = new(
        readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, pauseWriterThreshold: 8 * 1024, resumeWriterThreshold: 4 * 1024);

    private readonly Pipe _toProxy = new(Inline);
    private readonly Pipe _fromProxy = new(Inline);
    private readonly RecordingHandler _handler = new();
    private readonly PipeConnection _connection;

    public PipeConnectionTests()
    {
        _connection = new PipeConnection(
            Worker,
            new TwoPipes(_toProxy.Reader, _fromProxy.Writer),
            new ConnectionInfo(new InMemoryEndPoint("here"), new InMemoryEndPoint("there")));
    }

    [Test]
    public void Data_WrittenBeforeTheHandOver_IsDelivered()
    {
        Send("early");

        HandOver();

        _handler.Text.Should().Be("early");
    }

    [Test]
    public void HandOver_FromAnotherThread_RunsOnTheWorker()
    {
        var accepted = new AcceptHandler(_ => _handler);
        Task.Run(() => _connection.HandOver(accepted)).Wait();
        accepted.Connections.Should().BeEmpty();

        Runtime.RunUntilIdle();

        accepted.Connections.Should().ContainSingle().Which.Should().BeSameAs(_connection);
    }

    [Test]
    public void Write_ReachesThePipe()
    {
        HandOver();

        Runtime.Run(Worker, () => _connection.Write("hello"u8));

        Receive().Should().Be("hello");
    }

    [Test]
    public void PipeEnds_IsTheFinOfThePeer()
    {
        HandOver();
        Send("bye");
        _toProxy.Writer.Complete();
        Runtime.RunUntilIdle();

        _handler.Text.Should().Be("bye");
        _handler.Closed.Should().Be(CloseReason.RemoteClose);
        _connection.Completion.IsCompleted.Should().BeTrue();
    }

    [Test]
    public void PipeEnds_WithHalfClose_AnswerStillGoesOut()
    {
        _connection.HalfCloseEnabled = true;
        HandOver();
        _toProxy.Writer.Complete();
        Runtime.RunUntilIdle();
        _handler.Events.Should().Equal("end");

        Runtime.Run(Worker, () => _connection.Write("answer"u8, endStream: true));

        Receive(expectEnd: true).Should().Be("answer");
        _handler.Closed!.Value.Kind.Should().Be(CloseKind.Graceful);
    }

    [Test]
    public void PipeFails_IsTheResetOfThePeer()
    {
        HandOver();

        _toProxy.Writer.Complete(new IOException("gone"));
        Runtime.RunUntilIdle();

        _handler.Closed.Should().Be(CloseReason.RemoteReset);
    }

    [Test]
    public void Close_CompletesBothSidesAfterWhatWasQueued()
    {
        HandOver();

        Runtime.Run(Worker, () =>
        {
            _connection.Write("last"u8);
            _connection.Close(CloseMode.Flush);
        });

        Receive(expectEnd: true).Should().Be("last");
        FlushOfTheOtherSide().IsCompleted.Should().BeTrue();
    }

    [Test]
    public void CloseReset_OtherSideSeesAnException()
    {
        HandOver();

        Runtime.Run(Worker, () => _connection.Close(CloseMode.Reset));

        var act = () => _fromProxy.Reader.TryRead(out _);
        act.Should().Throw<IOException>();
    }

    [Test]
    public void OtherSideStopsReading_QueueFillsAndDrains()
    {
        HandOver();
        _connection.BufferLimit = 64 * 1024;
        Runtime.Run(Worker, () =>
        {
            for (var i = 0; i < 100; i++)
            {
                _connection.Write(new byte[2048]);
            }
        });
        _handler.Events.Should().Contain("high");

        var count = 0L;
        while (_fromProxy.Reader.TryRead(out var result))
        {
            count += result.Buffer.Length;
            _fromProxy.Reader.AdvanceTo(result.Buffer.End);
            Runtime.RunUntilIdle();
        }

        count.Should().Be(100 * 2048);
        _handler.Events.Should().EndWith("low");
    }

    [Test]
    public void ReadDisabled_OtherSideHasToWait()
    {
        HandOver();
        Runtime.Run(Worker, () => _connection.ReadDisable(true));
        var flush = _toProxy.Writer.WriteAsync(new byte[20_000]);
        Runtime.RunUntilIdle();
        flush.IsCompleted.Should().BeFalse();
        _handler.Count.Should().Be(0);

        Runtime.Run(Worker, () => _connection.ReadDisable(false));

        flush.IsCompleted.Should().BeTrue();
        _handler.Count.Should().Be(20_000);
    }

    [Test]
    public void OtherSideIsGone_ItsLastWordsAreReadThenReset()
    {
        HandOver();
        Send("too much");
        _fromProxy.Reader.Complete();

        Runtime.Run(Worker, () => _connection.Write("never read"u8));

        _handler.Text.Should().Be("too much");
        _handler.Closed.Should().Be(CloseReason.RemoteReset);
    }

    private void HandOver()
    {
        _connection.HandOver(new AcceptHandler(_ => _handler));
        Runtime.RunUntilIdle();
    }

    private void Send(string text)
    {
        _toProxy.Writer.Write(Encoding.Latin1.GetBytes(text));
        _ = _toProxy.Writer.FlushAsync().AsTask();
        Runtime.RunUntilIdle();
    }

    private FlushResult FlushOfTheOtherSide()
    {
        _toProxy.Writer.Write("x"u8);
        var flush = _toProxy.Writer.FlushAsync();
        flush.IsCompleted.Should().BeTrue();
        return flush.AsTask().Result;
    }

    private string Receive(bool expectEnd = false)
    {
        _fromProxy.Reader.TryRead(out var result).Should().BeTrue();
        result.IsCompleted.Should().Be(expectEnd);
        var text = Encoding.Latin1.GetString(result.Buffer.ToArray());
        _fromProxy.Reader.AdvanceTo(result.Buffer.End);
        return text;
    }

    private sealed class TwoPipes(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }
}

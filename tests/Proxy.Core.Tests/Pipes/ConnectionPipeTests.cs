using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Proxy.Connections;
using Proxy.Connections.InMemory;
using Proxy.Connections.Pipes;
using Proxy.Testing;

namespace Proxy.Core.Tests.Pipes;

public sealed class ConnectionPipeTests : SimulatedFixture
{
    private static readonly InMemoryEndPoint Address = new("app");

    private readonly TestPeer _peer;
    private readonly IDuplexPipe _pipe;

    public ConnectionPipeTests()
    {
        Runtime.Network.PipeCapacity = 16 * 1024;
        IDuplexPipe pipe = null!;
        Worker.Listen(new Proxy.Workers.ListenRequest(Address), new PipeAcceptor(accepted => pipe = accepted.AsDuplexPipe(pauseThreshold: 8 * 1024)));
        _peer = TestPeer.Connect(Runtime, Address);
        _pipe = pipe;
    }

    [Test]
    public void Input_PeerSends_HasTheBytes()
    {
        _peer.Send("hello ").Send("world");

        Read().Should().Be("hello world");
    }

    [Test]
    public void Input_ReadBeforeAnythingCame_CompletesWhenItComes()
    {
        var read = _pipe.Input.ReadAsync().AsTask();
        read.IsCompleted.Should().BeFalse();

        _peer.Send("x");

        read.Wait(TimeSpan.FromSeconds(10)).Should().BeTrue();
        read.Result.Buffer.Length.Should().Be(1);
    }

    [Test]
    public async Task Output_Written_ReachesThePeer()
    {
        await _pipe.Output.WriteAsync("hello"u8.ToArray());

        _peer.Expect("hello");
    }

    [Test]
    public void PeerEnds_InputCompletesAndOutputGoesOn()
    {
        _peer.Send("question").SendEnd();

        Read(expectEnd: true).Should().Be("question");
        Write("answer");
        _pipe.Output.Complete();
        _peer.Expect("answer").ExpectClosed(CloseKind.Graceful);
    }

    [Test]
    public void PeerResets_ReadingThrows()
    {
        _peer.Reset();

        var act = () => _pipe.Input.TryRead(out _);
        act.Should().Throw<IOException>();
    }

    [Test]
    public void BothSidesCompleted_ClosesInOrder()
    {
        Write("bye");
        _pipe.Output.Complete();
        _pipe.Input.Complete();

        _peer.Expect("bye").ExpectEnd();
        _peer.Close();
        Runtime.Network.OpenEnds.Should().Be(0);
    }

    [Test]
    public void OutputCompletedWithException_Resets()
    {
        _pipe.Output.Complete(new InvalidOperationException());

        _peer.ExpectReset();
    }

    [Test]
    public void InputCompletedWithException_Resets()
    {
        _pipe.Input.Complete(new InvalidOperationException());

        _peer.ExpectReset();
    }

    [Test]
    public void NobodyReads_PeerIsStoppedAndNothingIsLost()
    {
        _peer.Send(new byte[100_000]);
        _peer.Connection.PendingBytes.Should().BeGreaterThan(50_000);

        var count = 0L;
        while (_pipe.Input.TryRead(out var result))
        {
            count += result.Buffer.Length;
            _pipe.Input.AdvanceTo(result.Buffer.End);
            Runtime.RunUntilIdle();
        }

        count.Should().Be(100_000);
    }

    [Test]
    public void SlowPeer_WriterHasToWait()
    {
        _peer.PauseReading();
        var blocked = 0;
        ValueTask<FlushResult> flush = default;
        for (var i = 0; i < 400 && blocked == 0; i++)
        {
            flush = _pipe.Output.WriteAsync(new byte[4096]);
            Runtime.RunUntilIdle();
            blocked = flush.IsCompleted ? 0 : i + 1;
        }

        // 1 MiB may wait in the connection, the rest in the two pipes.
        blocked.Should().BeInRange(250, 300);
        _peer.ResumeReading();
        flush.IsCompleted.Should().BeTrue();
        _peer.TotalReceived.Should().Be(blocked * 4096L);
    }

    private string Read(bool expectEnd = false)
    {
        Runtime.RunUntilIdle();
        _pipe.Input.TryRead(out var result).Should().BeTrue();
        result.IsCompleted.Should().Be(expectEnd);
        var text = Encoding.Latin1.GetString(result.Buffer.ToArray());
        _pipe.Input.AdvanceTo(result.Buffer.End);
        return text;
    }

    private void Write(string text)
    {
        _pipe.Output.Write(Encoding.Latin1.GetBytes(text));
        _ = _pipe.Output.FlushAsync().AsTask();
        Runtime.RunUntilIdle();
    }

    private sealed class PipeAcceptor(Action<Connection> accept) : Proxy.Workers.IAcceptHandler
    {
        public void OnAccepted(Connection connection) => accept(connection);
    }
}

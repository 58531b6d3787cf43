using System.Net;
using Proxy.Workers;

namespace Proxy.Connections.InMemory;

/// <summary>A connection whose peer is another connection of this process, on the same worker or on another one.</summary>
/// <remarks>
/// It behaves like TCP over loopback: the pipe between the two is bounded, FIN and RST are told apart, closing with bytes unread resets, and
/// nothing happens on the peer inside a call. Reading begins with <see cref="Connection.Start"/>; what arrives before waits.
/// </remarks>
public sealed class InMemoryConnection : Connection
{
    /// <summary>Bytes that each direction of a pair holds by default (64 KiB).</summary>
    public const int DefaultCapacity = 64 * 1024;

    private const int ReadsPerEvent = 4;

    private readonly InMemoryPipe _incoming;
    private readonly InMemoryPipe _outgoing;
    private readonly Segmentation? _segmentation;
    private bool _started;
    private bool _receiveQueued;
    private bool _endSent;

    internal InMemoryConnection(
        Worker worker, ConnectionInfo info, ConnectionState state, InMemoryPipe incoming, InMemoryPipe outgoing, Segmentation? segmentation = null)
        : base(worker, info, state)
    {
        _incoming = incoming;
        _outgoing = outgoing;
        _segmentation = segmentation;
        incoming.AttachReader(this);
        outgoing.AttachWriter(this);
    }

    internal Action<InMemoryConnection>? Closed { get; set; }

    /// <summary>Makes two connected ends, each to be used on its own worker's thread. May be called from any thread.</summary>
    /// <param name="first">Worker of the first end.</param>
    /// <param name="second">Worker of the second end; may be the same.</param>
    /// <param name="capacity">Bytes that each direction holds before a writer has to wait.</param>
    /// <param name="segmentation">How deliveries are cut; null delivers what is there.</param>
    public static (InMemoryConnection First, InMemoryConnection Second) CreatePair(
        Worker first, Worker second, int capacity = DefaultCapacity, Segmentation? segmentation = null)
    {
        var forth = new InMemoryPipe(capacity);
        var back = new InMemoryPipe(capacity);
        EndPoint a = new InMemoryEndPoint("first");
        EndPoint b = new InMemoryEndPoint("second");
        return (
            new InMemoryConnection(first, new ConnectionInfo(a, b), ConnectionState.Open, back, forth, segmentation),
            new InMemoryConnection(second, new ConnectionInfo(b, a), ConnectionState.Open, forth, back, segmentation));
    }

    internal void Connected()
    {
        OnTransportConnected();
        QueueReceive();
    }

    internal void Fail(CloseReason reason) => OnTransportFailed(reason);

    internal void StartConnectTimeout(long milliseconds) => ArmConnectTimeout(milliseconds);

    /// <summary>From the peer's thread: there is something to read.</summary>
    internal void SignalReadable() => Worker.Post(static self => ((InMemoryConnection)self!).Receive(), this);

    /// <summary>From the peer's thread: there is room again.</summary>
    internal void SignalWritable() => Worker.Post(static self => ((InMemoryConnection)self!).OnTransportWritable(), this);

    /// <inheritdoc />
    protected override void OnStarted()
    {
        if (!_started)
        {
            _started = true;
            QueueReceive();
        }
    }

    /// <inheritdoc />
    protected override void OnReadInterestChanged(bool wanted)
    {
        if (wanted)
        {
            QueueReceive();
        }
    }

    /// <inheritdoc />
    protected override int TrySend(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        var sent = _outgoing.Write(first, second);
        if (sent >= 0)
        {
            return sent;
        }

        // A closed peer answers with RST, which arrives later: what it had sent before is still read first.
        _incoming.Reset();
        return first.Length + second.Length;
    }

    /// <inheritdoc />
    protected override void ShutdownSend()
    {
        _endSent = true;
        _outgoing.End();
    }

    /// <inheritdoc />
    protected override void CloseTransport(bool reset)
    {
        if (_incoming.CloseReader() || reset)
        {
            _outgoing.Reset();
        }
        else if (!_endSent)
        {
            _outgoing.End();
        }

        Closed?.Invoke(this);
    }

    private void QueueReceive()
    {
        if (!_receiveQueued && _started)
        {
            _receiveQueued = true;
            Worker.Post(
                static self =>
                {
                    var connection = (InMemoryConnection)self!;
                    connection._receiveQueued = false;
                    connection.Receive();
                },
                this);
        }
    }

    private void Receive()
    {
        if (!_started)
        {
            return;
        }

        var budget = _segmentation is null ? ReadsPerEvent : 1; // each piece is an event of its own
        while (WantsRead && ReceiveOnce())
        {
            if (--budget == 0)
            {
                QueueReceive();
                break;
            }
        }

        ReleaseIdleBuffer();
        if (State is ConnectionState.Open or ConnectionState.Closing && !WantsRead)
        {
            LookForTheEnd();
        }
    }

    // Reading is stopped, or over: only the end of everything is of interest.
    private void LookForTheEnd()
    {
        var fate = _incoming.Fate;
        if (fate == InMemoryPipeStatus.Reset && (DetectEarlyClose || ReadEnded))
        {
            OnTransportFailed(Connections.CloseReason.RemoteReset);
        }
        else if (fate == InMemoryPipeStatus.Ended && DetectEarlyClose && !HalfCloseEnabled && !ReadEnded)
        {
            OnTransportFailed(Connections.CloseReason.RemoteClose);
        }
    }

    private bool ReceiveOnce()
    {
        var room = GetReadSpan();
        if (_segmentation is not null)
        {
            room = room[..Math.Min(room.Length, _segmentation.Next(BytesReceived))];
        }

        var count = _incoming.Read(room, out var status);
        if (count > 0)
        {
            OnReceived(count);
            return true;
        }

        if (status == InMemoryPipeStatus.Ended)
        {
            OnReceivedEnd();
        }
        else if (status == InMemoryPipeStatus.Reset)
        {
            OnTransportFailed(Connections.CloseReason.RemoteReset);
        }

        return false;
    }
}

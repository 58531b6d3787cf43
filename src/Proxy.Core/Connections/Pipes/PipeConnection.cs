using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Proxy.Workers;

namespace Proxy.Connections.Pipes;

/// <summary>A connection whose transport is a pipe: a Kestrel connection, a stream of somebody else's, or the other end of a test.</summary>
/// <remarks>
/// Made on any thread and handed to its worker, which runs it from then on. The pipe's end is the peer's FIN, an exception its reset; a close completes
/// both sides of the pipe, a reset does it with an <see cref="IOException"/>.
/// </remarks>
[SuppressMessage("Reliability", "CA2012", Justification = "An awaiter is kept until it is complete and then used once.")]
public sealed class PipeConnection : Connection
{
    private const int MaxSend = 64 * 1024;
    private const int ResultsPerTurn = 8;

    private readonly IDuplexPipe _pipe;
    private readonly Action _readable;
    private readonly Action _flushed;
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ConfiguredValueTaskAwaitable<ReadResult>.ConfiguredValueTaskAwaiter _read;
    private ConfiguredValueTaskAwaitable<FlushResult>.ConfiguredValueTaskAwaiter _flush;
    private bool _started;
    private bool _receiving; // inside Receive, or waiting for the pipe
    private bool _flushing;
    private bool _outputCompleted;
    private bool _inputCompleted;
    private IOException? _end;

    /// <summary>Makes a connection of <paramref name="pipe"/>, which belongs to it from here on. From any thread.</summary>
    /// <param name="worker">Who runs it.</param>
    /// <param name="pipe">The transport.</param>
    /// <param name="info">Its addresses.</param>
    public PipeConnection(Worker worker, IDuplexPipe pipe, ConnectionInfo info)
        : base(worker, info, ConnectionState.Open)
    {
        ArgumentNullException.ThrowIfNull(pipe);
        _pipe = pipe;
        _readable = () => Worker.Post(static self => ((PipeConnection)self!).OnReadable(), this);
        _flushed = () => Worker.Post(static self => ((PipeConnection)self!).OnFlushed(), this);
    }

    /// <summary>Completes when the connection is over; never fails.</summary>
    public Task Completion => _completion.Task;

    /// <summary>Gives the connection to <paramref name="handler"/> on its worker, as if it had been accepted there. From any thread.</summary>
    public void HandOver(IAcceptHandler handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        Worker.Post(() => handler.OnAccepted(this));
    }

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
        if (wanted && _started)
        {
            QueueReceive();
        }
    }

    /// <inheritdoc />
    protected override int TrySend(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        if (_flushing || _outputCompleted)
        {
            return 0;
        }

        first = first[..Math.Min(first.Length, MaxSend)];
        second = second[..Math.Min(second.Length, MaxSend - first.Length)];
        _pipe.Output.Write(first);
        _pipe.Output.Write(second);
        _flushing = true;
        _flush = _pipe.Output.FlushAsync().ConfigureAwait(false).GetAwaiter();
        if (_flush.IsCompleted)
        {
            _flushed(); // later, so that a send that took less than all of it is gone on with
        }
        else
        {
            _flush.UnsafeOnCompleted(_flushed);
        }

        return first.Length + second.Length;
    }

    /// <inheritdoc />
    protected override void ShutdownSend() => CompleteOutput(null);

    /// <inheritdoc />
    protected override void CloseTransport(bool reset)
    {
        _end = reset ? new IOException("The connection was reset.") : null;
        CompleteOutput(_end);
        if (_receiving)
        {
            _pipe.Input.CancelPendingRead(); // whose end completes the input
        }
        else
        {
            CompleteInput();
        }

        _completion.TrySetResult();
    }

    private void QueueReceive() => Worker.Post(static self => ((PipeConnection)self!).Receive(), this);

    private void Receive()
    {
        if (_receiving)
        {
            return;
        }

        _receiving = true;
        for (var results = 0; WantsRead; results++)
        {
            if (results == ResultsPerTurn)
            {
                QueueReceive();
                break;
            }

            _read = _pipe.Input.ReadAsync().ConfigureAwait(false).GetAwaiter();
            if (!_read.IsCompleted)
            {
                ReleaseIdleBuffer();
                _read.UnsafeOnCompleted(_readable);
                return;
            }

            ReceiveResult();
        }

        StopReceiving();
    }

    private void OnReadable()
    {
        ReceiveResult();
        _receiving = false;
        if (State == ConnectionState.Closed)
        {
            CompleteInput();
        }
        else
        {
            Receive();
        }
    }

    private void StopReceiving()
    {
        _receiving = false;
        ReleaseIdleBuffer();
        if (State == ConnectionState.Closed)
        {
            CompleteInput();
        }
    }

    private void ReceiveResult()
    {
        ReadResult result;
        try
        {
            result = _read.GetResult();
        }
        catch (Exception)
        {
            // However the other side words it, it has broken the connection.
            OnTransportFailed(Connections.CloseReason.RemoteReset);
            return;
        }

        var rest = Deliver(result.Buffer);
        _pipe.Input.AdvanceTo(rest.Start, rest.IsEmpty ? rest.End : rest.Start);
        if (!result.IsCompleted || !rest.IsEmpty || State == ConnectionState.Closed)
        {
            return;
        }

        if (WantsRead)
        {
            OnReceivedEnd();
        }
        else if (DetectEarlyClose && !HalfCloseEnabled && !ReadEnded)
        {
            OnTransportFailed(Connections.CloseReason.RemoteClose);
        }
    }

    private ReadOnlySequence<byte> Deliver(ReadOnlySequence<byte> buffer)
    {
        while (!buffer.IsEmpty && WantsRead)
        {
            var room = GetReadSpan();
            var count = (int)Math.Min(room.Length, buffer.Length);
            buffer.Slice(0, count).CopyTo(room);
            buffer = buffer.Slice(count);
            OnReceived(count);
        }

        return buffer;
    }

    private void OnFlushed()
    {
        _flushing = false;
        if (FlushFailed() && !_outputCompleted)
        {
            Receive(); // what the other side has left is still to be read: an early answer, most of the time
            OnTransportFailed(Connections.CloseReason.RemoteReset);
        }
        else
        {
            OnTransportWritable();
        }
    }

    private bool FlushFailed()
    {
        try
        {
            return _flush.GetResult().IsCompleted;
        }
        catch (Exception)
        {
            return true;
        }
    }

    private void CompleteOutput(Exception? exception)
    {
        if (!_outputCompleted)
        {
            _outputCompleted = true;
            _pipe.Output.Complete(exception);
        }
    }

    private void CompleteInput()
    {
        if (!_inputCompleted)
        {
            _inputCompleted = true;
            _pipe.Input.Complete(_end);
        }
    }
}

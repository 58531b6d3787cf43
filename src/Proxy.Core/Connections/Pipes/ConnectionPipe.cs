using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Proxy.Connections.Pipes;

/// <summary>A connection seen as a pipe. Its own side runs on the connection's worker; the user's side on any thread.</summary>
[SuppressMessage("Reliability", "CA2012", Justification = "An awaiter is kept until it is complete and then used once.")]
internal sealed class ConnectionPipe : IDuplexPipe, IConnectionHandler
{
    private readonly Connection _connection;
    private readonly Pipe _received;
    private readonly Pipe _sending;
    private readonly Action _flushed;
    private readonly Action _readable;
    private ConfiguredValueTaskAwaitable<FlushResult>.ConfiguredValueTaskAwaiter _flush;
    private ConfiguredValueTaskAwaitable<ReadResult>.ConfiguredValueTaskAwaiter _read;
    private bool _reading; // waits for the user to write
    private bool _blocked; // waits for the peer to take what was written
    private bool _inputCompleted; // the user does not want to read any more
    private bool _outputEnded; // the user has written everything
    private bool _closed;

    public ConnectionPipe(Connection connection, int pauseThreshold)
    {
        _connection = connection;
        var options = new PipeOptions(
            writerScheduler: PipeScheduler.Inline, // only posts to the worker
            pauseWriterThreshold: pauseThreshold,
            resumeWriterThreshold: pauseThreshold / 2);
        _received = new Pipe(options);
        _sending = new Pipe(new PipeOptions(
            readerScheduler: PipeScheduler.Inline,
            pauseWriterThreshold: pauseThreshold,
            resumeWriterThreshold: pauseThreshold / 2));
        Input = new OwnerPipeReader(_received.Reader, OnInputCompleted);
        _flushed = () => connection.Worker.Post(static self => ((ConnectionPipe)self!).OnFlushed(), this);
        _readable = () => connection.Worker.Post(static self => ((ConnectionPipe)self!).OnReadable(), this);
    }

    /// <summary>Called when the connection has closed.</summary>
    public Action? Closed { get; init; }

    public PipeReader Input { get; }

    public PipeWriter Output => _sending.Writer;

    public void Begin()
    {
        _connection.HalfCloseEnabled = true;
        _connection.Start(this);
        Send();
    }

    public void OnConnected(Connection connection)
    {
    }

    public int OnData(Connection connection, ReadOnlySpan<byte> data, bool endOfStream)
    {
        if (!_inputCompleted)
        {
            _received.Writer.Write(data);
            if (endOfStream)
            {
                _received.Writer.Complete();
            }
            else
            {
                Flush();
            }
        }

        return data.Length;
    }

    public void OnAboveHighWatermark(Connection connection)
    {
    }

    public void OnBelowLowWatermark(Connection connection)
    {
        if (_blocked)
        {
            _blocked = false;
            Send();
        }
    }

    public void OnClosed(Connection connection, CloseReason reason)
    {
        _closed = true;
        _received.Writer.Complete(ToException(reason));
        if (_reading)
        {
            _sending.Reader.CancelPendingRead(); // whose end completes the reader
        }
        else
        {
            _sending.Reader.Complete(ToException(reason));
        }

        Closed?.Invoke();
    }

    private static IOException? ToException(CloseReason reason)
    {
        return reason.Kind switch
        {
            CloseKind.Graceful => null,
            CloseKind.Reset => new IOException("The connection was reset."),
            _ => new IOException($"The connection has ended: {reason.Kind} {reason.Details}"),
        };
    }

    private void Flush()
    {
        _flush = _received.Writer.FlushAsync().ConfigureAwait(false).GetAwaiter();
        if (_flush.IsCompleted)
        {
            _ = _flush.GetResult();
            return;
        }

        _connection.ReadDisable(true);
        _flush.UnsafeOnCompleted(_flushed);
    }

    private void OnFlushed()
    {
        _ = _flush.GetResult();
        _connection.ReadDisable(false);
    }

    private void OnInputCompleted(Exception? exception)
    {
        _connection.Worker.Post(() =>
        {
            _inputCompleted = true;
            if (exception is not null)
            {
                _connection.Close(CloseMode.Reset, "pipe_completed_with_error");
            }
            else if (_outputEnded)
            {
                _connection.Close(CloseMode.Flush, "pipe_completed");
            }
        });
    }

    // Goes on until there is nothing to send, the peer has fallen behind, or it is over.
    private void Send()
    {
        while (!_blocked && !_outputEnded && !_closed)
        {
            _read = _sending.Reader.ReadAsync().ConfigureAwait(false).GetAwaiter();
            if (!_read.IsCompleted)
            {
                _reading = true;
                _read.UnsafeOnCompleted(_readable);
                return;
            }

            SendResult();
        }
    }

    private void OnReadable()
    {
        _reading = false;
        if (_closed)
        {
            _sending.Reader.Complete();
            return;
        }

        SendResult();
        Send();
    }

    private void SendResult()
    {
        ReadResult result;
        try
        {
            result = _read.GetResult();
        }
        catch (Exception)
        {
            // The user has completed the output with an exception.
            _outputEnded = true;
            _connection.Close(CloseMode.Reset, "pipe_completed_with_error");
            return;
        }

        foreach (var segment in result.Buffer)
        {
            _connection.Write(segment.Span);
        }

        _sending.Reader.AdvanceTo(result.Buffer.End);
        _blocked = _connection.IsAboveHighWatermark;
        if (result.IsCompleted)
        {
            _outputEnded = true;
            _connection.Write(default, endStream: true);
            if (_inputCompleted)
            {
                _connection.Close(CloseMode.Flush, "pipe_completed");
            }
        }
    }
}

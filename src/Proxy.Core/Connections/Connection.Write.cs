using Proxy.Buffers;
using Proxy.Workers;

namespace Proxy.Connections;

public abstract partial class Connection
{
    /// <summary>A write of at least this many bytes is tried at once instead of being copied to the queue.</summary>
    private const int DirectWriteBytes = 4 * 1024;

    /// <summary>A queue this long is sent without waiting for the callback to unwind.</summary>
    private const int EagerFlushBytes = 64 * 1024;

    private readonly ByteQueue _output;
    private bool _flushQueued;
    private bool _endQueued;
    private bool _endSent;
    private bool _aboveHighWatermark;
    private bool _delayClose;

    /// <summary>High watermark of the send queue in bytes; the low one is half of it. 0 means none. Default 1 MiB.</summary>
    public int BufferLimit { get; set; } = 1024 * 1024;

    /// <summary>Bytes waiting to be sent.</summary>
    public long PendingBytes => _output.Length;

    /// <summary>True while more than <see cref="BufferLimit"/> bytes wait.</summary>
    public bool IsAboveHighWatermark => _aboveHighWatermark;

    /// <summary>True once <c>endStream</c> was written: nothing may follow.</summary>
    public bool WriteEnded => _endQueued;

    /// <summary>Sends <paramref name="data"/>; the bytes are sent or copied before the call returns. Dropped once the connection is closing.</summary>
    /// <param name="data">What to send; may be empty.</param>
    /// <param name="endStream">Sends FIN behind it.</param>
    public void Write(ReadOnlySpan<byte> data, bool endStream = false)
    {
        Worker.AssertCurrent();
        if (State > ConnectionState.Open || _endQueued)
        {
            return;
        }

        if (data.Length >= DirectWriteBytes && State == ConnectionState.Open)
        {
            data = data[WriteNow(data)..];
            if (State > ConnectionState.Open)
            {
                return; // the attempt found the connection broken
            }
        }

        _output.Append(data);
        _endQueued = endStream;
        if (_output.Length >= EagerFlushBytes && State == ConnectionState.Open)
        {
            FlushOutput();
        }
        else if (!_output.IsEmpty || endStream)
        {
            QueueFlush();
        }

        RaiseHighWatermark();
    }

    /// <summary>Sends what is queued now instead of when the callback unwinds.</summary>
    public void Flush()
    {
        Worker.AssertCurrent();
        if (State is ConnectionState.Open or ConnectionState.Closing)
        {
            FlushOutput();
        }
    }

    /// <summary>Hands bytes to the transport without blocking.</summary>
    /// <param name="first">What to send first.</param>
    /// <param name="second">What follows it; may be empty.</param>
    /// <returns>How many bytes were taken; fewer than asked means that <see cref="OnTransportWritable"/> will be called. -1: the connection is broken and
    /// <see cref="OnTransportFailed"/> has been called.</returns>
    protected abstract int TrySend(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second);

    /// <summary>Asks the transport whether it calls <see cref="OnTransportWritable"/> itself, later in the turn, to send for several connections in a row.</summary>
    private protected virtual bool PostponesFlush() => false;

    /// <summary>What is queued, when it is one run of bytes in a pinned block.</summary>
    private protected bool TryPeekOutput(out ReadOnlySpan<byte> data)
    {
        data = _output.First;
        return data.Length > 0 && data.Length == _output.Length;
    }

    /// <summary>The transport has sent <paramref name="count"/> bytes of the queue by itself; <see cref="ContinueFlush"/> follows.</summary>
    private protected void NoteSent(int count)
    {
        BytesSent += count;
        _output.Consume(count);
    }

    /// <summary>Sends what is left, and tells those who waited for the queue to empty.</summary>
    private protected void ContinueFlush(bool sent)
    {
        if (State is not (ConnectionState.Open or ConnectionState.Closing))
        {
            return;
        }

        if (sent)
        {
            AfterSent();
        }

        FlushOutput();
    }

    /// <summary>Sends FIN.</summary>
    protected abstract void ShutdownSend();

    /// <summary>The transport takes bytes again.</summary>
    protected void OnTransportWritable()
    {
        if (State is ConnectionState.Open or ConnectionState.Closing)
        {
            FlushOutput();
        }
    }

    // Large data goes out together with the little that is queued before it (a head and its body), without a copy.
    private int WriteNow(ReadOnlySpan<byte> data)
    {
        var queued = _output.First;
        if (queued.Length != _output.Length)
        {
            return 0; // a long queue keeps its order and is flushed by the usual way
        }

        var sent = queued.IsEmpty ? TrySend(data, default) : TrySend(queued, data);
        if (sent <= 0)
        {
            return 0;
        }

        BytesSent += sent;
        var fromQueue = Math.Min(sent, queued.Length);
        if (fromQueue > 0)
        {
            _output.Consume(fromQueue);
        }

        return sent - fromQueue;
    }

    private void FlushOutput()
    {
        while (!_output.IsEmpty)
        {
            _output.Peek(out var first, out var second);
            var wanted = first.Length + second.Length;
            var sent = TrySend(first, second);
            if (sent > 0)
            {
                OnSent(sent);
            }

            if (sent < wanted || State == ConnectionState.Closed)
            {
                return;
            }
        }

        if (_endQueued && !_endSent)
        {
            _endSent = true;
            ShutdownSend();
        }

        OnOutputDrained();
    }

    private void OnSent(int count)
    {
        NoteSent(count);
        AfterSent();
    }

    private void AfterSent()
    {
        if (State == ConnectionState.Closing)
        {
            ArmCloseTimeout(); // a peer that reads, however slowly, gets all of it
        }

        LowerHighWatermark();
    }

    private void OnOutputDrained()
    {
        if (State == ConnectionState.Closing && (!_delayClose || _readEnded))
        {
            Finish(reset: false);
        }
        else if (BothEnded)
        {
            CloseReason ??= Connections.CloseReason.LocalClose;
            Finish(reset: false);
        }
    }

    // FIN has gone both ways, and the handler has used every byte before the peer's.
    private bool BothEnded => _endSent && _endDelivered && _readStart == _readEnd && State == ConnectionState.Open;

    private void RaiseHighWatermark()
    {
        if (BufferLimit > 0 && !_aboveHighWatermark && _output.Length > BufferLimit)
        {
            _aboveHighWatermark = true;
            _handler.OnAboveHighWatermark(this);
        }
    }

    private void LowerHighWatermark()
    {
        if (_aboveHighWatermark && _output.Length <= BufferLimit / 2)
        {
            _aboveHighWatermark = false;
            _handler.OnBelowLowWatermark(this);
        }
    }

    private void QueueFlush()
    {
        if (!_flushQueued)
        {
            _flushQueued = true;
            QueueNotice();
        }
    }
}

using Proxy.Buffers;
using Proxy.Workers;

namespace Proxy.Connections;

public abstract partial class Connection
{
    private const int MaxReadBytes = 256 * 1024;
    private const int MinUnconsumedBytes = 66 * 1024; // the longest PROXY protocol header fits

    private byte[]? _readBuffer;
    private int _readStart;
    private int _readEnd;
    private int _readSize = BufferPool.BlockSize;
    private int _readDisabled;
    private bool _readFull;
    private bool _readEnded;
    private bool _endDelivered;
    private bool _redeliveryQueued;
    private bool _delivering;

    /// <summary>True while at least one <see cref="ReadDisable"/> is outstanding.</summary>
    public bool IsReadDisabled => _readDisabled > 0;

    /// <summary>True when bytes of the peer, or its end, wait for the handler.</summary>
    internal bool HasUnread => !_delivering && (_readStart < _readEnd || _readEnded);

    /// <summary>True once the peer has sent FIN.</summary>
    public bool ReadEnded => _readEnded;

    /// <summary>
    /// Ends the connection when the peer is seen to close while reading is stopped, at the cost of what it sent before: the work for it is in vain
    /// (Envoy's early close detection). Default true for accepted connections; false for outgoing ones, whose last bytes are the answer.
    /// A FIN does not count where half-close is enabled.
    /// </summary>
    public bool DetectEarlyClose { get; set; }

    /// <summary>Stops or resumes reading. Counted: as many enables as disables are needed, because several parties may hold it.</summary>
    public void ReadDisable(bool disable)
    {
        Worker.AssertCurrent();
        if (State > ConnectionState.Open)
        {
            return;
        }

        _readDisabled += disable ? 1 : -1;
        if (_readDisabled < 0)
        {
            throw new InvalidOperationException("Reading was enabled more often than disabled.");
        }

        if (disable && _readDisabled == 1)
        {
            OnReadInterestChanged(false);
        }
        else if (!disable && _readDisabled == 0)
        {
            OnReadInterestChanged(WantsRead);
            ScheduleRedelivery();
        }
    }

    /// <summary>Reading is wanted again or not. An edge-triggered transport reads again on its own when it is.</summary>
    protected abstract void OnReadInterestChanged(bool wanted);

    /// <summary>True when the transport should read: enabled, and not stuck with a full buffer that nobody consumes.</summary>
    protected bool WantsRead => !_readEnded && (State == ConnectionState.Closing || (State == ConnectionState.Open && _readDisabled == 0 && !_readFull));

    /// <summary>Gives the bytes not consumed so far, and the end if it came, to the handler once more, when the current callback has unwound.</summary>
    public void Redeliver()
    {
        Worker.AssertCurrent();
        _endDelivered = false;
        ScheduleRedelivery();
    }

    /// <summary>Room for the transport to read into, never empty. Follow with <see cref="OnReceived"/>.</summary>
    protected Span<byte> GetReadSpan()
    {
        if (_readBuffer is null)
        {
            _readBuffer = Worker.Buffers.Rent(_readSize);
            _readStart = _readEnd = 0;
        }
        else if (_readBuffer.Length - _readEnd < BufferPool.BlockSize / 2)
        {
            MakeRoom();
        }

        return _readBuffer.AsSpan(_readEnd);
    }

    /// <summary>The transport has read <paramref name="count"/> bytes into the span of <see cref="GetReadSpan"/>; they go to the handler.</summary>
    protected void OnReceived(int count)
    {
        AddReceived(count);
        Deliver();
    }

    /// <summary>True when reading takes a plain block of its own: no bytes wait, and no bulk transfer has made the buffer grow.</summary>
    private protected bool ReadsPlainBlock => _readBuffer is null && _readSize == BufferPool.BlockSize;

    /// <summary>As <see cref="OnReceived"/>, but the handler sees the bytes with <see cref="DeliverReceived"/> only, later in the same turn.</summary>
    private protected void AddReceived(int count)
    {
        BytesReceived += count;
        AdaptReadSize(count);
        _readEnd += count;
    }

    /// <summary>Gives what <see cref="AddReceived"/> has added to the handler.</summary>
    private protected void DeliverReceived() => Deliver();

    /// <summary>The peer has sent FIN.</summary>
    protected void OnReceivedEnd()
    {
        _readEnded = true;
        if (State == ConnectionState.Closing)
        {
            _delayClose = false;
            QueueFlush();
        }
        else if (State == ConnectionState.Open)
        {
            Deliver();
        }
    }

    /// <summary>Gives the read buffer back when it is empty; the transport calls it when it stops reading.</summary>
    protected void ReleaseIdleBuffer()
    {
        if (_readStart == _readEnd && !_delivering)
        {
            ReleaseReadBuffer();
        }
    }

    private void Deliver()
    {
        if (State == ConnectionState.Closing)
        {
            _readStart = _readEnd = 0;
            return;
        }

        if (_delivering || _readDisabled > 0 || State != ConnectionState.Open)
        {
            return;
        }

        var end = _readEnded && HalfCloseEnabled;
        if (_readStart < _readEnd || (end && !_endDelivered))
        {
            _endDelivered |= end;
            Consume(CallHandler(end));
        }

        OnDelivered();
    }

    private int CallHandler(bool end)
    {
        _delivering = true;
        try
        {
            return _handler.OnData(this, _readBuffer.AsSpan(_readStart, _readEnd - _readStart), end);
        }
        catch
        {
            _delivering = false;
            Close(CloseMode.Reset, "unhandled_exception");
            throw;
        }
        finally
        {
            _delivering = false;
        }
    }

    private void Consume(int used)
    {
        if (State > ConnectionState.Open)
        {
            ReleaseReadBuffer();
            return;
        }

        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)used, (uint)(_readEnd - _readStart), nameof(used));
        _readStart += used;
        if (_readStart == _readEnd)
        {
            _readStart = _readEnd = 0;
        }

        // A handler that neither consumes nor disables must not make the buffer grow without bound: its peer waits instead.
        var full = _readEnd - _readStart >= Math.Max(BufferLimit, MinUnconsumedBytes);
        if (full != _readFull)
        {
            _readFull = full;
            OnReadInterestChanged(WantsRead);
        }
    }

    // A FIN that must not end only one direction closes, but never before the handler has had every byte in front of it.
    private void OnDelivered()
    {
        if (!_readEnded || State != ConnectionState.Open || _readDisabled > 0)
        {
            return;
        }

        if (HalfCloseEnabled && !_endDelivered)
        {
            ScheduleRedelivery(); // the handler has allowed it from inside the call, which did not tell of the end
        }
        else if (!HalfCloseEnabled || BothEnded)
        {
            CloseReason ??= Connections.CloseReason.RemoteClose;
            Finish(reset: false);
        }
    }

    private void ScheduleRedelivery()
    {
        if (!_redeliveryQueued && (_readStart < _readEnd || _readEnded))
        {
            _redeliveryQueued = true;
            QueueNotice();
        }
    }

    // Bulk transfers earn larger reads, up to what the other side may have to queue; a small read goes back to small ones.
    private void AdaptReadSize(int count)
    {
        var room = _readBuffer!.Length - _readEnd;
        if (count == room && _readStart == _readEnd)
        {
            var bound = BufferLimit > 0 ? Math.Clamp(BufferLimit, BufferPool.BlockSize, MaxReadBytes) : MaxReadBytes;
            _readSize = Math.Min(_readSize * 2, bound);
        }
        else if (count < BufferPool.BlockSize / 2)
        {
            _readSize = BufferPool.BlockSize;
        }
    }

    private void MakeRoom()
    {
        var kept = _readEnd - _readStart;
        var wanted = Math.Max(_readSize, kept + BufferPool.BlockSize);
        if (wanted <= _readBuffer!.Length)
        {
            _readBuffer.AsSpan(_readStart, kept).CopyTo(_readBuffer);
        }
        else
        {
            var larger = Worker.Buffers.Rent(wanted);
            _readBuffer.AsSpan(_readStart, kept).CopyTo(larger);
            Worker.Buffers.Return(_readBuffer);
            _readBuffer = larger;
        }

        _readStart = 0;
        _readEnd = kept;
    }

    private void ReleaseReadBuffer()
    {
        if (_readBuffer is not null && !_delivering)
        {
            Worker.Buffers.Return(_readBuffer);
            _readBuffer = null;
        }

        _readStart = _readEnd = 0;
    }
}

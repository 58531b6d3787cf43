namespace Proxy.Connections.InMemory;

/// <summary>One direction of an in-memory connection: a bounded ring of bytes between two workers.</summary>
/// <remarks>
/// It plays the part of both kernels and the wire. The lock is held for a copy at most; the other side is told outside of it, by a post.
/// Like Linux, it lets the reader have the bytes that arrived before a reset.
/// </remarks>
internal sealed class InMemoryPipe
{
    private const int FirstSize = 4 * 1024;

    private readonly Lock _lock = new();
    private readonly int _capacity;

    private byte[] _ring = [];
    private int _start;
    private int _count;
    private bool _ended;
    private bool _reset;
    private bool _readerGone;
    private bool _readerTold = true; // until it has looked once, on its own account
    private bool _writerWaits;
    private InMemoryConnection? _reader;
    private InMemoryConnection? _writer;

    public InMemoryPipe(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        _capacity = capacity;
    }

    /// <summary>How the writer has ended, whatever bytes there still are in front of that.</summary>
    public InMemoryPipeStatus Fate
    {
        get
        {
            lock (_lock)
            {
                return _reset ? InMemoryPipeStatus.Reset : _ended ? InMemoryPipeStatus.Ended : InMemoryPipeStatus.Open;
            }
        }
    }

    public void AttachReader(InMemoryConnection reader)
    {
        lock (_lock)
        {
            _reader = reader;
        }
    }

    public void AttachWriter(InMemoryConnection writer)
    {
        lock (_lock)
        {
            _writer = writer;
        }
    }

    /// <summary>Takes what fits; -1 when nobody will ever read it.</summary>
    public int Write(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        int taken;
        InMemoryConnection? told;
        lock (_lock)
        {
            if (_readerGone || _reset)
            {
                return -1;
            }

            taken = Put(first);
            if (taken == first.Length)
            {
                taken += Put(second);
            }

            _writerWaits = taken < first.Length + second.Length;
            told = taken > 0 ? TellReader() : null;
        }

        told?.SignalReadable();
        return taken;
    }

    /// <summary>FIN behind the bytes written. The reader is told even when it does not want bytes.</summary>
    public void End() => Finish(reset: false);

    /// <summary>RST behind the bytes written. The reader is told even when it does not want bytes.</summary>
    public void Reset() => Finish(reset: true);

    public int Read(Span<byte> destination, out InMemoryPipeStatus status)
    {
        InMemoryConnection? told = null;
        int count;
        lock (_lock)
        {
            count = Get(destination);
            status = _count > 0 ? InMemoryPipeStatus.Open : _reset ? InMemoryPipeStatus.Reset : _ended ? InMemoryPipeStatus.Ended : InMemoryPipeStatus.Open;
            if (count == 0)
            {
                _readerTold = false;
            }
            else if (_writerWaits)
            {
                _writerWaits = false;
                told = _writer;
            }
        }

        told?.SignalWritable();
        return count;
    }

    /// <summary>The reader has closed; true when it leaves bytes unread, which TCP answers with a reset.</summary>
    public bool CloseReader()
    {
        lock (_lock)
        {
            _readerGone = true;
            var unread = _count > 0;
            _count = 0;
            _ring = [];
            return unread;
        }
    }

    private void Finish(bool reset)
    {
        InMemoryConnection? told;
        lock (_lock)
        {
            _ended = true;
            _reset |= reset;
            _readerTold = true;
            told = _reader;
        }

        told?.SignalReadable();
    }

    private InMemoryConnection? TellReader()
    {
        if (_readerTold)
        {
            return null;
        }

        _readerTold = true;
        return _reader;
    }

    private int Put(ReadOnlySpan<byte> data)
    {
        data = data[..Math.Min(data.Length, _capacity - _count)];
        Grow(_count + data.Length);
        var end = (_start + _count) % Math.Max(1, _ring.Length);
        var front = Math.Min(data.Length, _ring.Length - end);
        data[..front].CopyTo(_ring.AsSpan(end));
        data[front..].CopyTo(_ring);
        _count += data.Length;
        return data.Length;
    }

    private int Get(Span<byte> destination)
    {
        var count = Math.Min(destination.Length, _count);
        var front = Math.Min(count, _ring.Length - _start);
        _ring.AsSpan(_start, front).CopyTo(destination);
        _ring.AsSpan(0, count - front).CopyTo(destination[front..]);
        _count -= count;
        _start = _count == 0 ? 0 : (_start + count) % _ring.Length;
        return count;
    }

    private void Grow(int needed)
    {
        if (needed <= _ring.Length)
        {
            return;
        }

        var size = Math.Min(_capacity, Math.Max(needed, Math.Max(FirstSize, _ring.Length * 2)));
        var larger = new byte[size];
        var count = _count;
        Get(larger);
        _ring = larger;
        _start = 0;
        _count = count;
    }
}

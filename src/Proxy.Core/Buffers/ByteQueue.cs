namespace Proxy.Buffers;

/// <summary>Bytes waiting to be used, first in first out, in blocks of a worker's pool. An empty queue holds no block.</summary>
/// <remarks>Belongs to one worker. The owner calls <see cref="Clear"/> when it is done; nothing else returns the blocks.</remarks>
public sealed class ByteQueue
{
    private readonly BufferPool _pool;
    private readonly Queue<Segment> _full = new(0);
    private Segment _tail;

    /// <summary>Creates an empty queue over <paramref name="pool"/>.</summary>
    public ByteQueue(BufferPool pool)
    {
        _pool = pool;
    }

    /// <summary>Bytes in the queue.</summary>
    public long Length { get; private set; }

    /// <summary>True when there is nothing to read.</summary>
    public bool IsEmpty => Length == 0;

    /// <summary>The first contiguous run of bytes; empty only when the queue is. Valid until the next call that changes the queue.</summary>
    public ReadOnlySpan<byte> First => _full.TryPeek(out var head) ? head.Readable : _tail.Readable;

    /// <summary>Copies <paramref name="data"/> to the end of the queue.</summary>
    public void Append(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            var room = GetWriteSpan();
            var count = Math.Min(room.Length, data.Length);
            data[..count].CopyTo(room);
            Advance(count);
            data = data[count..];
        }
    }

    /// <summary>Room at the end of the queue, never empty; fill it and say how much with <see cref="Advance"/>.</summary>
    public Span<byte> GetWriteSpan(int minimum = 1)
    {
        if (_tail.Block is null || _tail.Block.Length - _tail.End < minimum)
        {
            PushTail(minimum);
        }

        return _tail.Block.AsSpan(_tail.End);
    }

    /// <summary>Adds the first <paramref name="count"/> bytes of the span that <see cref="GetWriteSpan"/> gave last.</summary>
    public void Advance(int count)
    {
        _tail.End += count;
        Length += count;
    }

    /// <summary>Drops <paramref name="count"/> bytes from the front.</summary>
    public void Consume(long count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Length);
        Length -= count;
        while (count > 0 && _full.TryPeek(out var head))
        {
            if (count < head.Count)
            {
                SkipInHead(count);
                return;
            }

            count -= head.Count;
            _pool.Return(_full.Dequeue().Block);
        }

        _tail.Start += (int)count;
        if (Length == 0)
        {
            ReleaseTail();
        }
    }

    /// <summary>Copies up to <paramref name="destination"/>'s length from the front without dropping; returns the count.</summary>
    public int CopyTo(Span<byte> destination)
    {
        var copied = 0;
        foreach (var segment in _full)
        {
            copied += CopySome(segment.Readable, destination[copied..]);
        }

        return copied + CopySome(_tail.Readable, destination[copied..]);
    }

    /// <summary>Drops everything and gives the blocks back.</summary>
    public void Clear()
    {
        while (_full.TryDequeue(out var segment))
        {
            _pool.Return(segment.Block);
        }

        Length = 0;
        ReleaseTail();
    }

    private static int CopySome(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        var count = Math.Min(source.Length, destination.Length);
        source[..count].CopyTo(destination);
        return count;
    }

    private void PushTail(int minimum)
    {
        if (_tail.Block is not null)
        {
            if (_tail.Count == 0)
            {
                _pool.Return(_tail.Block);
            }
            else
            {
                _full.Enqueue(_tail);
            }
        }

        _tail = new Segment { Block = _pool.Rent(Math.Max(minimum, BufferPool.BlockSize)) };
    }

    private void ReleaseTail()
    {
        if (_tail.Block is not null)
        {
            _pool.Return(_tail.Block);
            _tail = default;
        }
    }

    // Queue<T> has no way to change its head in place: rotating it once costs no more than its handful of blocks.
    private void SkipInHead(long count)
    {
        var head = _full.Dequeue();
        head.Start += (int)count;
        var others = _full.Count;
        _full.Enqueue(head);
        for (var i = 0; i < others; i++)
        {
            _full.Enqueue(_full.Dequeue());
        }
    }

    private struct Segment
    {
        public byte[] Block;
        public int Start;
        public int End;

        public readonly int Count => End - Start;

        public readonly ReadOnlySpan<byte> Readable => Block is null ? default : Block.AsSpan(Start, End - Start);
    }
}

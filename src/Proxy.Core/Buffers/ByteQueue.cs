namespace Proxy.Buffers;

/// <summary>Bytes waiting to be used, first in first out, in blocks of a worker's pool. An empty queue holds no block.</summary>
/// <remarks>Belongs to one worker. The owner calls <see cref="Clear"/> when it is done; nothing else returns the blocks.</remarks>
public sealed class ByteQueue
{
    private readonly BufferPool _pool;
    private Segment[] _ring = []; // a power of two long, made when the first byte comes
    private int _head;
    private int _count;

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
    public ReadOnlySpan<byte> First => Length == 0 ? default : At(0).Readable;

    /// <summary>The first two contiguous runs of bytes. Valid until the next call that changes the queue.</summary>
    public void Peek(out ReadOnlySpan<byte> first, out ReadOnlySpan<byte> second)
    {
        first = First;
        second = _count > 1 ? At(1).Readable : default;
    }

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
        if (_count == 0 || At(_count - 1).Room < minimum)
        {
            PushTail(minimum);
        }

        ref var tail = ref At(_count - 1);
        return tail.Block.AsSpan(tail.End);
    }

    /// <summary>Adds the first <paramref name="count"/> bytes of the span that <see cref="GetWriteSpan"/> gave last; none of them may be all.</summary>
    public void Advance(int count)
    {
        At(_count - 1).End += count;
        Length += count;
        if (Length == 0)
        {
            Clear();
        }
    }

    /// <summary>Drops <paramref name="count"/> bytes from the front.</summary>
    public void Consume(long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Length);
        Length -= count;
        while (count > 0)
        {
            ref var head = ref At(0);
            if (count < head.Count)
            {
                head.Start += (int)count;
                return;
            }

            count -= head.Count;
            PopHead();
        }

        if (Length == 0)
        {
            Clear();
        }
    }

    /// <summary>Copies up to <paramref name="destination"/>'s length from the front without dropping; returns the count.</summary>
    public int CopyTo(Span<byte> destination)
    {
        var copied = 0;
        for (var i = 0; i < _count && copied < destination.Length; i++)
        {
            var source = At(i).Readable;
            var count = Math.Min(source.Length, destination.Length - copied);
            source[..count].CopyTo(destination[copied..]);
            copied += count;
        }

        return copied;
    }

    /// <summary>Drops everything and gives the blocks back.</summary>
    public void Clear()
    {
        Length = 0;
        while (_count > 0)
        {
            PopHead();
        }
    }

    private ref Segment At(int index) => ref _ring[(_head + index) & (_ring.Length - 1)];

    private void PushTail(int minimum)
    {
        if (_count > 0 && At(_count - 1).Count == 0)
        {
            _pool.Return(At(--_count).Block); // asked for and not used, and now too small
        }

        if (_count == _ring.Length)
        {
            Grow();
        }

        _count++;
        At(_count - 1) = new Segment { Block = _pool.Rent(Math.Max(minimum, BufferPool.BlockSize)) };
    }

    private void PopHead()
    {
        _pool.Return(At(0).Block);
        At(0) = default;
        _count--;
        _head = (_head + 1) & (_ring.Length - 1);
    }

    private void Grow()
    {
        var larger = new Segment[Math.Max(2, _ring.Length * 2)];
        for (var i = 0; i < _count; i++)
        {
            larger[i] = At(i);
        }

        _ring = larger;
        _head = 0;
    }

    private struct Segment
    {
        public byte[] Block;
        public int Start;
        public int End;

        public readonly int Count => End - Start;

        public readonly int Room => Block.Length - End;

        public readonly ReadOnlySpan<byte> Readable => Block.AsSpan(Start, End - Start);
    }
}

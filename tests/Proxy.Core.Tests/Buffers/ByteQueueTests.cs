using Proxy.Buffers;

namespace Proxy.Core.Tests.Buffers;

[TestFixture]
public sealed class ByteQueueTests
{
    private readonly BufferPool _pool = new();

    [Test]
    public void ByteQueue_New_HoldsNoBlock()
    {
        var queue = new ByteQueue(_pool);

        queue.IsEmpty.Should().BeTrue();
        queue.First.IsEmpty.Should().BeTrue();
        _pool.Outstanding.Should().Be(0);
    }

    [Test]
    public void ByteQueue_LastByteConsumed_GivesItsBlocksBack()
    {
        var queue = new ByteQueue(_pool);
        queue.Append(new byte[3 * BufferPool.BlockSize]);
        _pool.Outstanding.Should().Be(3);

        queue.Consume(queue.Length);

        _pool.Outstanding.Should().Be(0);
    }

    [Test]
    public void ByteQueue_MoreConsumedThanThere_Throws()
    {
        var queue = new ByteQueue(_pool);
        queue.Append("abc"u8);

        var act = () => queue.Consume(4);

        act.Should().Throw<ArgumentOutOfRangeException>();
        queue.Clear();
    }

    [Test]
    public void ByteQueue_PeekOverTwoBlocks_GivesBothRuns()
    {
        var queue = new ByteQueue(_pool);
        queue.Append(Pattern(0, BufferPool.BlockSize + 5));
        queue.Consume(BufferPool.BlockSize - 2);

        queue.Peek(out var first, out var second);

        first.ToArray().Should().Equal(Pattern(BufferPool.BlockSize - 2, 2));
        second.ToArray().Should().Equal(Pattern(BufferPool.BlockSize, 5));
        queue.Clear();
    }

    [Test]
    public void ByteQueue_WriteSpanLargerThanTheRoomLeft_ComesFromANewBlock()
    {
        var queue = new ByteQueue(_pool);
        queue.Append(new byte[BufferPool.BlockSize - 10]);

        var room = queue.GetWriteSpan(100);
        "xyz"u8.CopyTo(room);
        queue.Advance(3);

        room.Length.Should().BeGreaterThanOrEqualTo(100);
        queue.Length.Should().Be(BufferPool.BlockSize - 7);
        queue.Consume(BufferPool.BlockSize - 10);
        queue.First.ToArray().Should().Equal("xyz"u8.ToArray());
        queue.Clear();
    }

    [Test]
    public void ByteQueue_WriteSpanAskedForAndNotUsed_LeaksNothing()
    {
        var queue = new ByteQueue(_pool);
        queue.GetWriteSpan();
        queue.GetWriteSpan(2 * BufferPool.BlockSize);
        queue.Advance(0);

        _pool.Outstanding.Should().Be(0);
    }

    [Test]
    public void ByteQueue_RandomUse_KeepsEveryByteInOrder([Range(1, 8)] int seed)
    {
        var random = new Random(seed);
        var queue = new ByteQueue(_pool);
        long written = 0;
        long consumed = 0;
        for (var step = 0; step < 200; step++)
        {
            if (random.Next(2) == 0)
            {
                var count = random.Next(1, 40_000);
                queue.Append(Pattern(written, count));
                written += count;
            }
            else
            {
                var count = random.NextInt64(queue.Length + 1);
                queue.Consume(count);
                consumed += count;
            }

            CheckContent(queue, consumed, written);
        }

        queue.Clear();
        queue.Length.Should().Be(0);
        _pool.Outstanding.Should().Be(0);
    }

    private static void CheckContent(ByteQueue queue, long from, long to)
    {
        queue.Length.Should().Be(to - from);
        var copy = new byte[Math.Min(queue.Length, 50_000)];
        queue.CopyTo(copy).Should().Be(copy.Length);
        copy.AsSpan().SequenceEqual(Pattern(from, copy.Length)).Should().BeTrue("the bytes are those written");
        var first = queue.First;
        first.SequenceEqual(Pattern(from, first.Length)).Should().BeTrue();
        first.IsEmpty.Should().Be(queue.IsEmpty);
    }

    private static byte[] Pattern(long offset, int count)
    {
        var bytes = new byte[count];
        for (var i = 0; i < count; i++)
        {
            bytes[i] = (byte)((offset + i) * 31 % 251);
        }

        return bytes;
    }
}

using Proxy.Buffers;

namespace Proxy.Core.Tests.Buffers;

[TestFixture]
public sealed class BufferPoolTests
{
    private readonly BufferPool _pool = new();

    [TestCase(0, BufferPool.BlockSize)]
    [TestCase(BufferPool.BlockSize, BufferPool.BlockSize)]
    [TestCase(BufferPool.BlockSize + 1, 2 * BufferPool.BlockSize)]
    [TestCase(1024 * 1024, 1024 * 1024)]
    [TestCase((1024 * 1024) + 1, (1024 * 1024) + 1)]
    public void Rent_AnySize_GivesTheSmallestClassThatFits(int wanted, int given)
    {
        var block = _pool.Rent(wanted);

        block.Length.Should().Be(given);
        _pool.Return(block);
    }

    [Test]
    public void Rent_AfterReturns_GivesTheLastOneFirst()
    {
        var first = _pool.Rent();
        var second = _pool.Rent();
        _pool.Return(first);
        _pool.Return(second);

        _pool.Rent().Should().BeSameAs(second);
        _pool.Rent().Should().BeSameAs(first);
    }

    [Test]
    public void Return_MoreThanThePoolKeeps_LetsThemGo()
    {
        var blocks = Enumerable.Range(0, 10).Select(_ => _pool.Rent(1024 * 1024)).ToList();
        blocks.ForEach(_pool.Return);

        var again = Enumerable.Range(0, 10).Select(_ => _pool.Rent(1024 * 1024)).ToList();

        again.Intersect(blocks).Should().HaveCount(4);
        _pool.Outstanding.Should().Be(10);
    }

#if DEBUG
    [Test]
    public void Return_Twice_Throws()
    {
        var block = _pool.Rent();
        _pool.Return(block);

        var act = () => _pool.Return(block);

        act.Should().Throw<InvalidOperationException>();
        _pool.Outstanding.Should().Be(0);
    }

    [Test]
    public void ListOutstanding_BlockLent_NamesItsHolder()
    {
        _pool.Rent();

        _pool.ListOutstanding().Should().Equal(nameof(ListOutstanding_BlockLent_NamesItsHolder));
    }
#endif
}

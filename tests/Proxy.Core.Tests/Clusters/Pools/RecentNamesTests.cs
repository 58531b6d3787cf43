using System.Text;
using Proxy.Clusters.Pools;

namespace Proxy.Core.Tests.Clusters.Pools;

[TestFixture]
public sealed class RecentNamesTests
{
    private readonly RecentNames _names = new();

    [Test]
    public void SameName_IsTheSameText_AndMakesNoGarbage()
    {
        var first = _names.Get("a.test"u8);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var second = _names.Get("a.test"u8);

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);
        second.Should().BeSameAs(first).And.Be("a.test");
    }

    [Test]
    public void ManyNames_AreTakenAsTheyAre()
    {
        for (var turn = 0; turn < 2; turn++)
        {
            for (var i = 0; i < 1000; i++)
            {
                var name = $"host{i}.test";
                _names.Get(Encoding.ASCII.GetBytes(name)).Should().Be(name);
            }
        }

        _names.Get([0xe9, (byte)'x']).Should().Be("éx");
        _names.Get([]).Should().BeEmpty();
    }
}

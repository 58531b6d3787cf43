using Proxy.Clusters;
using Proxy.Workers;

namespace Proxy.Core.Tests.Clusters;

public sealed class JitteredBackOffTests
{
    [Test]
    public void Next_ManyTimes_StaysWithinIntervalsThatDoubleToTheMaximum()
    {
        var random = new PseudoRandomSource(7);
        long[] bounds = [100, 200, 400, 700, 700, 700];
        var largest = new long[bounds.Length];
        for (var round = 0; round < 200; round++)
        {
            var backOff = new JitteredBackOff(TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(700));
            for (var i = 0; i < bounds.Length; i++)
            {
                var pause = backOff.Next(random);
                pause.Should().BeInRange(1, bounds[i]);
                largest[i] = Math.Max(largest[i], pause);
            }
        }

        for (var i = 0; i < bounds.Length; i++)
        {
            largest[i].Should().BeGreaterThan(bounds[i] * 9 / 10);
        }
    }

    [Test]
    public void Reset_BeginsAgain()
    {
        var random = new PseudoRandomSource(7);
        var backOff = new JitteredBackOff(TimeSpan.FromMilliseconds(10), null);
        for (var i = 0; i < 10; i++)
        {
            backOff.Next(random);
        }

        backOff.Reset();

        backOff.Next(random).Should().BeLessThanOrEqualTo(10);
    }
}

using Proxy.Configuration.Filters;
using Proxy.Filters.Network.LocalRateLimit;

namespace Proxy.Filters.Tests.LocalRateLimit;

public sealed class TokenBucketTests
{
    private const long Start = 5_000_000;

    [Test]
    public void TryTake_Full_GivesWhatItHoldsAndThenOneAnInterval()
    {
        var bucket = new TokenBucket(new TokenBucketConfig(3, 1, TimeSpan.FromMilliseconds(100)));

        Take(bucket, Start, 5).Should().Be(3);
        Take(bucket, Start + 99_000, 5).Should().Be(0);
        Take(bucket, Start + 100_000, 5).Should().Be(1);
        Take(bucket, Start + 10_000_000, 9).Should().Be(3, "it never holds more");
    }

    [Test]
    public void TryTake_SeveralAFill_ComeEvenly()
    {
        var bucket = new TokenBucket(new TokenBucketConfig(10, 10, TimeSpan.FromSeconds(1)));
        Take(bucket, Start, 100).Should().Be(10);

        Take(bucket, Start + 500_000, 100).Should().Be(5);
        Take(bucket, Start + 600_000, 100).Should().Be(1);
    }

    [Test]
    public void TryTake_ClockOfAnotherWorkerBehind_TakesNothingTwice()
    {
        var bucket = new TokenBucket(new TokenBucketConfig(1, 1, TimeSpan.FromSeconds(1)));
        Take(bucket, Start, 1).Should().Be(1);

        Take(bucket, Start - 3_000, 1).Should().Be(0);
    }

    private static int Take(TokenBucket bucket, long now, int attempts) => Enumerable.Range(0, attempts).Count(_ => bucket.TryTake(now));
}

namespace Proxy.Stats;

public sealed class HistogramTests
{
    [TestCase(0, 0, 0)]
    [TestCase(1, 1, 0.1)]
    [TestCase(9, 9, 0.1)]
    [TestCase(10, 10, 1)]
    [TestCase(99, 99, 1)]
    [TestCase(100, 100, 10)]
    [TestCase(109, 100, 10)]
    [TestCase(999, 990, 10)]
    [TestCase(1000, 1000, 100)]
    [TestCase(123_456, 120_000, 10_000)]
    [TestCase(long.MaxValue, 9.2e18, 1e17)]
    public void Record_AnyValue_FallsIntoTheBucketOfItsFirstTwoDigits(long value, double start, double width)
    {
        Merged(value).Buckets().Should().Equal(new HistogramBucket(start, width, 1));
    }

    [Test]
    public void Record_NegativeValue_CountsAsZero()
    {
        var merged = Merged(-5);

        merged.Buckets().Should().Equal(new HistogramBucket(0, 0, 1));
        merged.Sum.Should().Be(0);
    }

    [Test]
    public void Record_EveryPowerOfTen_NeverLeavesItsDecade()
    {
        for (long value = 10; value is > 0 and < long.MaxValue / 10; value *= 10)
        {
            Merged(value).Buckets().Should().Equal(new HistogramBucket(value, value / 10, 1));
            Merged(value - 1).Buckets().Single().Start.Should().BeLessThan(value);
        }
    }

    [Test]
    public void ComputeQuantiles_OneValue_InterpolatesInsideItsBucket()
    {
        HistogramSummary.ComputeQuantiles(Merged(3)).Should().Equal(
            [3, 3.025, 3.05, 3.075, 3.09, 3.095, 3.099, 3.0995, 3.0999, 3.1], (a, b) => Math.Abs(a - b) < 1e-9);
    }

    [Test]
    public void ComputeQuantiles_TwoBuckets_TakesTheOneEachQuantileFallsInto()
    {
        var quantiles = HistogramSummary.ComputeQuantiles(Merged(0, 0, 50, 50));

        quantiles[0].Should().Be(0);
        quantiles[2].Should().Be(0);
        quantiles[3].Should().Be(50.5);
        quantiles[^1].Should().Be(51);
    }

    [Test]
    public void ComputeQuantiles_NoValues_AreNone()
    {
        HistogramSummary.ComputeQuantiles(new HistogramMerge()).Should().OnlyContain(value => double.IsNaN(value));
    }

    [Test]
    public void Counts_ValuesOnBounds_CountTowardsThem()
    {
        var merged = Merged(0, 1, 5, 10, 25, 26, 10_000_000);

        HistogramSummary.Counts(merged, disjoint: false)[..6].Should().Equal(1, 2, 3, 4, 5, 6);
        HistogramSummary.Counts(merged, disjoint: true).Should().StartWith([1, 1, 1, 1, 1, 1, 0]).And.EndWith([0, 1]);
    }

    [Test]
    public void Since_EarlierState_LeavesWhatCameAfter()
    {
        var data = new HistogramData();
        data.Record(5);
        var before = new HistogramMerge();
        before.Add(data);
        data.Record(70);
        var after = new HistogramMerge();
        after.Add(data);

        var interval = after.Since(before);

        interval.Buckets().Should().Equal(new HistogramBucket(70, 1, 1));
        interval.Count.Should().Be(1);
        interval.Sum.Should().Be(70);
    }

    private static HistogramMerge Merged(params long[] values)
    {
        var data = new HistogramData();
        foreach (var value in values)
        {
            data.Record(value);
        }

        var merge = new HistogramMerge();
        merge.Add(data);
        return merge;
    }
}

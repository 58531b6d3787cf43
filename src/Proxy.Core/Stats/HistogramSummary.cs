namespace Proxy.Stats;

/// <summary>What views show of a histogram: quantiles, and counts below bounds.</summary>
internal static class HistogramSummary
{
    /// <summary>Envoy's quantiles.</summary>
    public static ReadOnlySpan<double> Quantiles => [0, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.995, 0.999, 1];

    /// <summary>Envoy's default bounds; the last bucket has none.</summary>
    public static ReadOnlySpan<double> Bounds =>
        [0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000, 30000, 60000, 300000, 600000, 1800000, 3600000];

    /// <summary>The values at <see cref="Quantiles"/>, interpolated inside a bucket; NaN when there are none.</summary>
    public static double[] ComputeQuantiles(HistogramMerge histogram)
    {
        var result = new double[Quantiles.Length];
        Array.Fill(result, double.NaN);
        var next = 0;
        long below = 0;
        var total = 0L;
        foreach (var bucket in histogram.Buckets())
        {
            total += bucket.Count;
        }

        foreach (var bucket in histogram.Buckets())
        {
            var upTo = below + bucket.Count;
            for (; next < result.Length && Quantiles[next] * total <= upTo; next++)
            {
                var share = ((Quantiles[next] * total) - below) / bucket.Count;
                result[next] = bucket.Start + (share * bucket.Width);
            }

            below = upTo;
        }

        return result;
    }

    /// <summary>How many values lie up to each of <see cref="Bounds"/>, or between them; the last is for values above all.</summary>
    public static long[] Counts(HistogramMerge histogram, bool disjoint)
    {
        var result = new long[Bounds.Length + 1];
        foreach (var bucket in histogram.Buckets())
        {
            result[FirstBoundFor(bucket)] += bucket.Count;
        }

        for (var i = 1; i < result.Length && !disjoint; i++)
        {
            result[i] += result[i - 1];
        }

        return result;
    }

    // Values are whole, so the largest one of a bucket is known; the bucket counts towards the first bound that is not below it.
    private static int FirstBoundFor(HistogramBucket bucket)
    {
        var largest = bucket.Start + Math.Max(0, bucket.Width - 1);
        var index = 0;
        while (index < Bounds.Length && Bounds[index] < largest)
        {
            index++;
        }

        return index;
    }
}

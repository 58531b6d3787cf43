namespace Proxy.Stats;

/// <summary>Buckets summed over shards; on main only.</summary>
internal sealed class HistogramMerge
{
    private readonly long[]?[] _decades = new long[HistogramData.Decades][];

    public long Count { get; private set; }

    public long Sum { get; private set; }

    public void Add(HistogramData data)
    {
        Count += data.Count;
        Sum += data.Sum;
        for (var decade = 0; decade < HistogramData.Decades; decade++)
        {
            Add(decade, data.Buckets(decade), 1);
        }
    }

    public void Add(HistogramMerge other) => Add(other, 1);

    /// <summary>What came since <paramref name="earlier"/>, which is an older state of the same histogram.</summary>
    public HistogramMerge Since(HistogramMerge earlier)
    {
        var result = new HistogramMerge();
        result.Add(this, 1);
        result.Add(earlier, -1);
        return result;
    }

    /// <summary>The buckets in use, smallest value first.</summary>
    public IEnumerable<HistogramBucket> Buckets()
    {
        for (var decade = 0; decade < HistogramData.Decades; decade++)
        {
            if (_decades[decade] is not { } buckets)
            {
                continue;
            }

            for (var i = 0; i < buckets.Length; i++)
            {
                if (buckets[i] > 0)
                {
                    var (start, width) = HistogramData.Bounds(decade, i);
                    yield return new HistogramBucket(start, width, buckets[i]);
                }
            }
        }
    }

    private void Add(HistogramMerge other, int sign)
    {
        Count += sign * other.Count;
        Sum += sign * other.Sum;
        for (var decade = 0; decade < HistogramData.Decades; decade++)
        {
            Add(decade, other._decades[decade], sign);
        }
    }

    private void Add(int decade, long[]? from, int sign)
    {
        if (from is null)
        {
            return;
        }

        var to = _decades[decade] ??= new long[HistogramData.BucketsPerDecade];
        for (var i = 0; i < to.Length; i++)
        {
            to[i] += sign * Volatile.Read(ref from[i]);
        }
    }
}

/// <summary>How many values lie in [<paramref name="Start"/>, <paramref name="Start"/> + <paramref name="Width"/>).</summary>
internal readonly record struct HistogramBucket(double Start, double Width, long Count);

using System.Numerics;

namespace Proxy.Stats;

/// <summary>A log-linear histogram: 16 buckets for each power of two, so a value is known to about 6 %.</summary>
/// <remarks>One writer, any reader; the buckets of a power of two are made when a value first falls into it.</remarks>
internal sealed class HistogramData
{
    public const int SubBuckets = 16;
    public const int Powers = 61;

    private readonly long[]?[] _buckets = new long[Powers][];
    private long _count;
    private long _sum;

    public long Count => Volatile.Read(ref _count);

    public long Sum => Volatile.Read(ref _sum);

    public void Record(long value)
    {
        value = Math.Max(0, value);
        var (power, index) = Place(value);
        (_buckets[power] ??= new long[SubBuckets])[index]++;
        _count++;
        _sum += value;
    }

    /// <summary>Counts of the buckets of one power of two; null when none was ever used.</summary>
    public long[]? Buckets(int power) => Volatile.Read(ref _buckets[power]);

    /// <summary>Smallest value of a bucket, and the smallest of the next one.</summary>
    public static (long Start, long End) Bounds(int power, int index)
    {
        if (power == 0)
        {
            return (index, index + 1);
        }

        var width = 1L << (power - 1);
        var start = (SubBuckets + index) * width;
        return (start, start + width);
    }

    // Values below 16 have a bucket each; above, the leading bit gives the power and the next four the bucket.
    private static (int Power, int Index) Place(long value)
    {
        if (value < SubBuckets)
        {
            return (0, (int)value);
        }

        var power = BitOperations.Log2((ulong)value) - 3;
        return (power, (int)(value >> (power - 1)) - SubBuckets);
    }
}

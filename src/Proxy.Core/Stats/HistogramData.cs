using System.Numerics;

namespace Proxy.Stats;

/// <summary>A histogram with 90 buckets for each power of ten, so that a value is known to two digits and the bounds people ask for are exact.</summary>
/// <remarks>One writer, any reader; the buckets of a power of ten are made when a value first falls into it.</remarks>
internal sealed class HistogramData
{
    /// <summary>Values below 10, then one for each further digit of a <see cref="long"/>.</summary>
    public const int Decades = 19;

    public const int BucketsPerDecade = 90;

    private static readonly long[] PowersOfTen = MakePowersOfTen();

    private readonly long[]?[] _decades = new long[Decades][];
    private long _count;
    private long _sum;

    public long Count => Volatile.Read(ref _count);

    public long Sum => Volatile.Read(ref _sum);

    public void Record(long value)
    {
        value = Math.Max(0, value);
        var decade = DecadeOf(value);
        var buckets = _decades[decade] ??= new long[BucketsPerDecade];
        buckets[decade == 0 ? (int)value : (int)((value / PowersOfTen[decade - 1]) - 10)]++;
        _count++;
        _sum += value;
    }

    /// <summary>Counts of the buckets of one power of ten; null when none was ever used.</summary>
    public long[]? Buckets(int decade) => Volatile.Read(ref _decades[decade]);

    /// <summary>Smallest value of a bucket and its width. Whole numbers below 10 stand for a tenth, and zero for itself.</summary>
    public static (double Start, double Width) Bounds(int decade, int index)
    {
        if (decade == 0)
        {
            return (index, index == 0 ? 0 : 0.1);
        }

        double width = PowersOfTen[decade - 1];
        return ((10 + index) * width, width);
    }

    // log10 from log2: 1233 / 4096 is log10(2) closely enough for 64 bits, and may be one too high.
    private static int DecadeOf(long value)
    {
        var guess = ((BitOperations.Log2((ulong)value | 1) + 1) * 1233) >> 12;
        return guess > 0 && (guess >= Decades || value < PowersOfTen[guess]) ? guess - 1 : guess;
    }

    private static long[] MakePowersOfTen()
    {
        var powers = new long[Decades];
        powers[0] = 1;
        for (var i = 1; i < powers.Length; i++)
        {
            powers[i] = powers[i - 1] * 10;
        }

        return powers;
    }
}

namespace Proxy.Connections.InMemory;

/// <summary>How an in-memory stream is cut into deliveries, so that a test can feed a parser in pieces. Thread safe; shared by any number of streams.</summary>
public sealed class Segmentation
{
    private readonly Func<long, int> _next;

    private Segmentation(Func<long, int> next)
    {
        _next = next;
    }

    /// <summary>One byte a delivery.</summary>
    public static Segmentation ByteByByte { get; } = Every(1);

    /// <summary>At most <paramref name="size"/> bytes a delivery.</summary>
    public static Segmentation Every(int size)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        return new Segmentation(_ => size);
    }

    /// <summary>Cuts each stream at these offsets, counted from its first byte; what follows the last one is not cut.</summary>
    public static Segmentation At(params IEnumerable<long> offsets)
    {
        var cuts = offsets.Order().ToArray();
        return new Segmentation(position =>
        {
            foreach (var cut in cuts)
            {
                if (cut > position)
                {
                    return (int)Math.Min(int.MaxValue, cut - position);
                }
            }

            return int.MaxValue;
        });
    }

    /// <summary>Cuts as a rule of the caller's says: stream offset in, most bytes of the next delivery out (at least 1).</summary>
    public static Segmentation By(Func<long, int> rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        return new Segmentation(rule);
    }

    internal int Next(long position) => Math.Max(1, _next(position));
}

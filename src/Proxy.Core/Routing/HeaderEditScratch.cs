using Proxy.Observability;
using Proxy.Workers;

namespace Proxy.Routing;

/// <summary>Where one batch of header values waits until all of them are made. One per worker.</summary>
internal sealed class HeaderEditScratch
{
    private static readonly WorkerLocal<HeaderEditScratch> Locals = new(static _ => new HeaderEditScratch());

    private (int Start, int End)[] _places = new (int, int)[8];

    /// <summary>The values, one behind the other.</summary>
    public FormatWriter Values { get; } = new();

    /// <summary>The scratch of <paramref name="worker"/>.</summary>
    public static HeaderEditScratch Of(Worker worker) => Locals.Get(worker);

    /// <summary>Makes room for <paramref name="count"/> values.</summary>
    public void Begin(int count)
    {
        Values.Clear();
        if (_places.Length < count)
        {
            _places = new (int, int)[count];
        }

        _places.AsSpan(0, count).Fill((-1, -1));
    }

    /// <summary>What was written from <paramref name="start"/> on is value <paramref name="index"/>.</summary>
    public void Keep(int index, int start) => _places[index] = (start, Values.Length);

    /// <summary>Value <paramref name="index"/>, if it was kept.</summary>
    public bool TryGet(int index, out ReadOnlySpan<byte> value)
    {
        var (start, end) = _places[index];
        value = start < 0 ? default : Values.Written[start..end];
        return start >= 0;
    }
}

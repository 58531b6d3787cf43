using Proxy.Workers;

namespace Proxy.Resources.Extensions;

/// <summary>What makes a filter of a chain: always the same, or the latest that came. Main changes it, any worker reads it.</summary>
/// <typeparam name="TFilter">Kind of filter.</typeparam>
internal sealed class FilterSource<TFilter>
{
    private volatile Func<Worker, TFilter>? _current;

    /// <summary>Begins with <paramref name="current"/>.</summary>
    public FilterSource(Func<Worker, TFilter>? current)
    {
        _current = current;
    }

    /// <summary>Makes the filter as it is now; null while there is no configuration.</summary>
    public Func<Worker, TFilter>? Current
    {
        get => _current;
        set => _current = value;
    }
}

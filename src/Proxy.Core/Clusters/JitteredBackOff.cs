using Proxy.Workers;

namespace Proxy.Clusters;

/// <summary>Pauses between attempts: anything up to an interval that doubles from a base to a maximum, so that those who failed together do not return together.</summary>
internal sealed class JitteredBackOff
{
    private readonly long _base;
    private readonly long _max;
    private long _interval;

    /// <param name="baseInterval">First interval.</param>
    /// <param name="maxInterval">Largest interval; null is ten times the base.</param>
    public JitteredBackOff(TimeSpan baseInterval, TimeSpan? maxInterval)
    {
        _base = Math.Max(1, (long)baseInterval.TotalMilliseconds);
        _max = maxInterval is { } max ? Math.Max(_base, (long)max.TotalMilliseconds) : 10 * _base;
        _interval = _base;
    }

    /// <summary>The next pause in ms, at least 1.</summary>
    public long Next(IRandomSource random)
    {
        var pause = (long)(random.Next() % (ulong)_interval);
        _interval = Math.Min(_interval * 2, _max);
        return Math.Max(1, pause);
    }

    /// <summary>Begins again with the base.</summary>
    public void Reset() => _interval = _base;
}

using Proxy.Workers;

namespace Proxy.Discovery.Xds.Grpc;

/// <summary>Takes resources away that are only lent for a time and were not named again. On main.</summary>
/// <param name="main">Whose clock it is.</param>
/// <param name="expired">Told the name of one that is gone.</param>
internal sealed class ResourceLifetimes(Worker main, Action<string> expired)
{
    private readonly Dictionary<string, WorkerTimer> _timers = new(StringComparer.Ordinal);

    /// <summary>A resource was named: it lives this long from now, or for good.</summary>
    public void Renew(string name, TimeSpan? lifetime)
    {
        if (lifetime is not { } time)
        {
            Forget(name);
            return;
        }

        if (!_timers.TryGetValue(name, out var timer))
        {
            timer = main.CreateTimer(_ =>
            {
                _timers.Remove(name);
                expired(name);
            });
            _timers.Add(name, timer);
        }

        timer.Arm((long)time.TotalMilliseconds);
    }

    /// <summary>A resource is gone.</summary>
    public void Forget(string name)
    {
        if (_timers.Remove(name, out var timer))
        {
            timer.Cancel();
        }
    }

    /// <summary>Only these are left.</summary>
    public void Keep(IReadOnlyCollection<string> names)
    {
        foreach (var name in _timers.Keys.Except(names).ToArray())
        {
            Forget(name);
        }
    }
}

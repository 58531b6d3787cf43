using Proxy.Workers;

namespace Proxy.Listeners;

/// <summary>Gives each connection to the worker that has the fewest of its listener (Envoy <c>exact_balance</c>).</summary>
/// <remarks>The counts are shared: two atomic operations per connection buy an even spread for few, long-lived ones.</remarks>
internal sealed class ExactBalancer : IAcceptBalancer
{
    private readonly WorkerListener[] _listeners;
    private readonly int[] _loads;

    public ExactBalancer(WorkerListener[] listeners)
    {
        _listeners = listeners;
        _loads = new int[listeners.Length];
    }

    public Worker Choose(Worker accepting)
    {
        var best = 0;
        for (var i = 1; i < _loads.Length; i++)
        {
            if (Volatile.Read(ref _loads[i]) < Volatile.Read(ref _loads[best]))
            {
                best = i;
            }
        }

        Interlocked.Increment(ref _loads[best]);
        return _listeners[best].Worker;
    }

    public IAcceptHandler? HandlerOn(Worker worker) => _listeners[worker.Index];

    /// <summary>A connection that was chosen for <paramref name="worker"/> is over.</summary>
    public void OnClosed(Worker worker) => Interlocked.Decrement(ref _loads[worker.Index]);
}

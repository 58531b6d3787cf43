namespace Proxy.Filters.Http.Fault;

/// <summary>Requests at fault, of all workers; the only ones that pay for the sharing are those.</summary>
internal sealed class FaultCount
{
    private long _active;

    /// <summary>Counts one more, unless there are <paramref name="limit"/>; two workers at once may go over it by one, as in Envoy.</summary>
    public bool TryAdd(long limit)
    {
        if (Volatile.Read(ref _active) >= limit)
        {
            return false;
        }

        Interlocked.Increment(ref _active);
        return true;
    }

    public void Remove() => Interlocked.Decrement(ref _active);
}

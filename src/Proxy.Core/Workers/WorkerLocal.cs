namespace Proxy.Workers;

/// <summary>A place for one <typeparamref name="T"/> on each worker, made on first use there.</summary>
/// <remarks>Declare it once in a static field and read it with <see cref="Get"/> on the worker's thread: what is made stays as long as the worker does.</remarks>
public sealed class WorkerLocal<T>
    where T : class
{
    private readonly int _index = WorkerLocalIndex.Next();
    private readonly Func<Worker, T> _create;

    /// <summary>Declares the place; <paramref name="create"/> runs once per worker.</summary>
    public WorkerLocal(Func<Worker, T> create)
    {
        _create = create;
    }

    /// <summary>This worker's instance.</summary>
    public T Get(Worker worker)
    {
        ArgumentNullException.ThrowIfNull(worker);
        ref var place = ref worker.LocalSlot(_index);
        return (T)(place ??= _create(worker));
    }
}

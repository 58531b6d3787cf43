namespace Proxy.Workers;

/// <summary>One <typeparamref name="T"/> for each worker of a proxy, made on first use there; they leave with this object.</summary>
/// <remarks>For what comes and goes with the configuration. A <see cref="WorkerLocal{T}"/> stays with the worker for good.</remarks>
/// <param name="create">Makes the one of a worker, on its thread.</param>
internal sealed class PerWorker<T>(Func<Worker, T> create)
    where T : class
{
    private readonly Lock _gate = new();
    private T?[] _values = []; // main first

    /// <summary>This worker's instance. On the worker.</summary>
    public T Get(Worker worker)
    {
        worker.AssertCurrent();
        var values = _values;
        var index = worker.Index + 1;
        return (uint)index < (uint)values.Length && values[index] is { } value ? value : Create(worker, index);
    }

    private T Create(Worker worker, int index)
    {
        var value = create(worker);
        lock (_gate)
        {
            if (index >= _values.Length)
            {
                Array.Resize(ref _values, index + 1);
            }

            _values[index] = value;
        }

        return value;
    }
}

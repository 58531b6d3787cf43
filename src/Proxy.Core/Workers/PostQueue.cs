namespace Proxy.Workers;

/// <summary>Callbacks on their way to a worker, from any thread; order per posting thread is kept.</summary>
internal sealed class PostQueue
{
    private readonly Lock _lock = new();
    private readonly Action _wake;
    private Queue<(Action<object?> Callback, object? State)> _arriving = new();
    private Queue<(Action<object?> Callback, object? State)> _running = new();
    private bool _closed;

    /// <summary><paramref name="wake"/> runs on posting threads, under the lock: never after <see cref="Close"/> has returned.</summary>
    public PostQueue(Action wake)
    {
        _wake = wake;
    }

    /// <summary>Adds a callback and wakes the worker if it is the first since the last <see cref="Take"/>; dropped once closed.</summary>
    public void Add(Action<object?> callback, object? state)
    {
        lock (_lock)
        {
            if (_closed)
            {
                return;
            }

            _arriving.Enqueue((callback, state));
            if (_arriving.Count == 1)
            {
                _wake();
            }
        }
    }

    /// <summary>The worker takes over what has arrived, once it has run what it took before.</summary>
    public void Take()
    {
        lock (_lock)
        {
            (_arriving, _running) = (_running, _arriving);
        }
    }

    /// <summary>Next of the callbacks taken over.</summary>
    public bool TryNext(out (Action<object?> Callback, object? State) post) => _running.TryDequeue(out post);

    /// <summary>Nothing is accepted from now on.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _closed = true;
        }
    }
}

namespace Proxy.Workers;

/// <summary>The thread of one worker, from start to end.</summary>
internal sealed class WorkerThread : IDisposable
{
    private readonly string _name;
    private readonly IEventLoop _loop;
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _started;

    public WorkerThread(Worker worker)
    {
        _name = worker.Name;
        _loop = (IEventLoop)worker;
    }

    public void Start()
    {
        // Flow is suppressed, or the loop and everything it ever calls would keep the context of whoever happened to start it.
        var thread = new Thread(Run) { Name = _name, IsBackground = true };
        thread.UnsafeStart();
    }

    /// <summary>Runs the worker on the calling thread.</summary>
    public void Run()
    {
        lock (_lock)
        {
            if (_ended.Task.IsCompleted)
            {
                return; // stopped before it began
            }

            _started = true;
        }

        try
        {
            _loop.Run();
            _ended.SetResult();
        }
        catch (Exception exception)
        {
            _ended.SetException(exception);
        }
    }

    public Task StopAsync()
    {
        lock (_lock)
        {
            if (_started)
            {
                _loop.RequestStop();
            }
            else
            {
                _ended.TrySetResult();
            }
        }

        return _ended.Task;
    }

    public void Dispose() => _loop.Dispose();
}

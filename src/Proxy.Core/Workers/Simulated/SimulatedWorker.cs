using Proxy.Connections;

namespace Proxy.Workers.Simulated;

/// <summary>A worker without a thread: it runs on the thread that drives its <see cref="SimulatedRuntime"/>, in virtual time, always in the same order.</summary>
/// <remarks>While no callback runs, the driving thread may use the things of every worker, so that a test can poke them; inside a callback only its own.</remarks>
public sealed class SimulatedWorker : Worker
{
    private readonly SimulatedRuntime _runtime;
    private readonly Lock _lock = new();
    private readonly Queue<(Action<object?> Callback, object? State)> _posts = new();

    internal SimulatedWorker(SimulatedRuntime runtime, int index, IRandomSource random)
        : base(index, runtime.Time, random)
    {
        _runtime = runtime;
    }

    /// <inheritdoc />
    public override bool IsCurrent => _runtime.Running is null || ReferenceEquals(_runtime.Running, this);

    internal bool HasPosts
    {
        get
        {
            lock (_lock)
            {
                return _posts.Count > 0;
            }
        }
    }

    /// <inheritdoc />
    public override void Post(Action<object?> callback, object? state)
    {
        ArgumentNullException.ThrowIfNull(callback);
        lock (_lock)
        {
            _posts.Enqueue((callback, state));
        }
    }

    /// <inheritdoc />
    public override IListenSocket Listen(ListenRequest request, IAcceptHandler handler) => _runtime.Network.Listen(this, request, handler);

    /// <inheritdoc />
    public override Connection Connect(ConnectRequest request, IConnectionHandler handler) => _runtime.Network.Connect(this, request, handler);

    /// <summary>Runs what the test's own calls deferred and the posts that are waiting now, not those that they add.</summary>
    internal void RunPosts()
    {
        UpdateClock();
        RunDeferred();
        int count;
        lock (_lock)
        {
            count = _posts.Count;
        }

        for (var i = 0; i < count; i++)
        {
            (Action<object?> Callback, object? State) post;
            lock (_lock)
            {
                post = _posts.Dequeue();
            }

            post.Callback(post.State);
            RunDeferred();
        }
    }

    internal void FireTimers()
    {
        UpdateClock();
        RunTimers();
    }
}

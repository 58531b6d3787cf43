using Microsoft.Extensions.Logging;

namespace Proxy.Workers.Sockets;

/// <summary>The event loop for systems without epoll: completions of <see cref="System.Net.Sockets.Socket"/> are posted to one thread.</summary>
/// <remarks>Correctness first: every event costs a hand-over between threads. It runs wherever .NET does.</remarks>
internal sealed partial class SocketWorker : Worker, IEventLoop
{
    private const int ReleaseTurns = 100;
    private const int ReleaseMilliseconds = 10;

    private readonly ILogger _logger;
    private readonly AutoResetEvent _signal = new(false);
    private readonly PostQueue _posts;
    private readonly Queue<(Action<object?> Callback, object? State)> _ownPosts = new();
    private readonly HashSet<SocketConnection> _connections = [];
    private readonly HashSet<SocketConnection> _releasing = [];
    private readonly HashSet<SocketListenSocket> _listenSockets = [];
    private int _thread;
    private bool _stopping;
    private bool _disposed;

    public SocketWorker(int index, TimeProvider time, IRandomSource random, ILogger logger)
        : base(index, time, random)
    {
        _logger = logger;
        _posts = new PostQueue(() => _signal.Set());
    }

    public override bool IsCurrent => Environment.CurrentManagedThreadId == _thread;

    public override void Post(Action<object?> callback, object? state)
    {
        ArgumentNullException.ThrowIfNull(callback);
        if (IsCurrent)
        {
            _ownPosts.Enqueue((callback, state));
        }
        else
        {
            _posts.Add(callback, state);
        }
    }

    public void RequestStop() => Post(static worker => ((SocketWorker)worker!)._stopping = true, this);

    public void Run()
    {
        _thread = Environment.CurrentManagedThreadId;
        SynchronizationContext.SetSynchronizationContext(SynchronizationContext);
        UpdateClock();
        while (!_stopping)
        {
            _signal.WaitOne(WaitTime());
            UpdateClock();
            FireTimers();
            RunPosts();
        }

        CloseAll();
        SynchronizationContext.SetSynchronizationContext(null);
    }

    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _posts.Close();
            _signal.Dispose();
        }
    }

    private int WaitTime()
    {
        if (_ownPosts.Count > 0)
        {
            return 0;
        }

        var due = Timers.NextDue();
        return due < 0 ? Timeout.Infinite : (int)Math.Clamp(due - Now, 0, int.MaxValue);
    }

    private void FireTimers()
    {
        while (true)
        {
            try
            {
                RunTimers();
                return;
            }
            catch (Exception exception)
            {
                OnUnhandled(exception);
            }
        }
    }

    private void RunPosts()
    {
        for (var i = _ownPosts.Count; i > 0; i--)
        {
            RunPost(_ownPosts.Dequeue());
        }

        _posts.Take();
        while (_posts.TryNext(out var post))
        {
            RunPost(post);
        }
    }

    private void RunPost((Action<object?> Callback, object? State) post)
    {
        try
        {
            post.Callback(post.State);
            RunDeferred();
        }
        catch (Exception exception)
        {
            OnUnhandled(exception);
            (post.State as SocketConnection)?.OnFault();
            RunDeferredSafely();
        }
    }

    private void OnUnhandled(Exception exception)
    {
        CountUnhandledException();
        LogUnhandled(exception, Name);
        RunDeferredSafely();
    }

    private void RunDeferredSafely()
    {
        while (true)
        {
            try
            {
                RunDeferred();
                return;
            }
            catch (Exception another)
            {
                CountUnhandledException();
                LogUnhandled(another, Name);
            }
        }
    }

    private void CloseAll()
    {
        foreach (var socket in _listenSockets.ToArray())
        {
            socket.Close();
        }

        foreach (var connection in _connections.ToArray())
        {
            connection.OnWorkerStopping();
        }

        RunDeferredSafely();
        for (var i = 0; i < ReleaseTurns && _releasing.Count > 0; i++)
        {
            _signal.WaitOne(ReleaseMilliseconds);
            RunPosts();
        }
    }
}

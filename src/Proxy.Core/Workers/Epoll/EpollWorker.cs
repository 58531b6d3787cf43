using Microsoft.Extensions.Logging;

namespace Proxy.Workers.Epoll;

/// <summary>The event loop for Linux: edge-triggered epoll, one thread, no locks but for posts from other threads.</summary>
/// <remarks>
/// A turn waits for the kernel, reads the clock once, fires timers, handles events, runs posts, and then goes on with the connections that had more
/// to read than one event may take: while there are any, the kernel is only polled, so that a bulk transfer starves nobody.
/// </remarks>
internal sealed unsafe partial class EpollWorker : Worker, IEventLoop
{
    private const ulong WakeToken = ulong.MaxValue;

    private readonly ILogger _logger;
    private readonly EpollSlots _slots = new();
    private readonly EventBuffer _events = new();
    private readonly PostQueue _posts;
    private readonly Queue<(Action<object?> Callback, object? State)> _ownPosts = new();
    private readonly Queue<EpollConnection> _ready = new();
    private readonly int _epoll;
    private readonly int _wake;
    private readonly bool _batchSystemCalls;
    private int _thread;
    private int* _errno;
    private bool _postsArrived;
    private bool _stopping;
    private bool _disposed;

    public EpollWorker(int index, TimeProvider time, IRandomSource random, ILogger logger, bool batchSystemCalls = true)
        : base(index, time, random)
    {
        _batchSystemCalls = batchSystemCalls && !IsMain;
        _ = Libc.ErrnoLocation(); // binds the call, which must not happen between a failure and asking for its reason
        _logger = logger;
        _posts = new PostQueue(Wake);
        _epoll = Libc.EpollCreate(EpollFlags.CloseOnExec);
        _wake = Libc.EventFd(0, SocketConstants.NonBlocking | SocketConstants.CloseOnExec);
        if (_epoll < 0 || _wake < 0 || !Register(_wake, EpollFlags.In | EpollFlags.EdgeTriggered, WakeToken))
        {
            throw SocketErrors.ToException(NativeSocket.LastError, "event loop");
        }
    }

    public override bool IsCurrent => Environment.CurrentManagedThreadId == _thread;

    /// <summary>Reason of the last failed call on this worker's thread.</summary>
    public int LastError => *_errno;

    /// <summary>True where the system has what this worker needs.</summary>
    public static bool IsSupported => OperatingSystem.IsLinux();

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

    public void RequestStop() => Post(static worker => ((EpollWorker)worker!)._stopping = true, this);

    public void Run()
    {
        _thread = Environment.CurrentManagedThreadId;
        _errno = Libc.ErrnoLocation();
        SynchronizationContext.SetSynchronizationContext(SynchronizationContext);
        _ring = _batchSystemCalls ? SystemCallRing.TryCreate() : null;
        UpdateClock();
        while (!_stopping)
        {
            var count = Libc.EpollWait(_epoll, _events.Pointer, EventBuffer.Capacity, WaitTime());
            UpdateClock();
            FireTimers();
            DispatchEvents(count); // -1 when a signal came first: nothing to dispatch
            RunPosts();
            ReadOn();
            SendPostponed();
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
            _ring?.Dispose();
            _ = Libc.Close(_wake);
            _ = Libc.Close(_epoll);
            _events.Dispose();
        }
    }

    /// <summary>Tells the kernel to report <paramref name="flags"/> of <paramref name="fd"/> under <paramref name="token"/>.</summary>
    public bool Register(int fd, uint flags, ulong token)
    {
        var @event = stackalloc byte[16];
        EventBuffer.Write(@event, flags, token);
        return Libc.EpollControl(_epoll, EpollFlags.Add, fd, @event) == 0;
    }

    /// <summary>Tells the kernel to stop; not needed for a descriptor that is closed.</summary>
    public void Unregister(int fd)
    {
        var @event = stackalloc byte[16];
        _ = Libc.EpollControl(_epoll, EpollFlags.Delete, fd, @event);
    }

    /// <summary>Takes a place among the targets; the result is the token for <see cref="Register"/>.</summary>
    public ulong AddTarget(IEpollTarget target) => _slots.Add(target);

    /// <summary>Gives the place back; events under its token reach nobody from now on.</summary>
    public void RemoveTarget(ulong token) => _slots.Remove(token);

    /// <summary>Calls <see cref="EpollConnection.OnTurn"/> before the loop waits again.</summary>
    public void QueueReady(EpollConnection connection) => _ready.Enqueue(connection);

    private int WaitTime()
    {
        if (_ready.Count > 0 || _ownPosts.Count > 0)
        {
            return 0;
        }

        var due = Timers.NextDue();
        return due < 0 ? -1 : (int)Math.Clamp(due - Now, 0, int.MaxValue);
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

    private void Dispatch(IEpollTarget target, uint events)
    {
        try
        {
            target.OnEvents(events);
            RunDeferred();
        }
        catch (Exception exception)
        {
            OnFault(target, exception);
        }
    }

    private void RunPosts()
    {
        for (var i = _ownPosts.Count; i > 0; i--)
        {
            RunPost(_ownPosts.Dequeue());
        }

        if (_postsArrived)
        {
            _postsArrived = false;
            _posts.Take();
            while (_posts.TryNext(out var post))
            {
                RunPost(post);
            }
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
        }
    }

    // Those that queue themselves again have their turn after the kernel was asked for news.
    private void ReadOn()
    {
        for (var i = _ready.Count; i > 0; i--)
        {
            var connection = _ready.Dequeue();
            try
            {
                connection.OnTurn();
                RunDeferred();
            }
            catch (Exception exception)
            {
                OnFault(connection, exception);
            }
        }
    }

    private void OnFault(IEpollTarget target, Exception exception)
    {
        OnUnhandled(exception);
        try
        {
            target.OnFault();
            RunDeferred();
        }
        catch (Exception second)
        {
            OnUnhandled(second);
        }
    }

    private void OnUnhandled(Exception exception)
    {
        CountUnhandledException();
        LogUnhandled(exception, Name);
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
        foreach (var target in _slots.ToList())
        {
            try
            {
                target.OnWorkerStopping();
                RunDeferred();
            }
            catch (Exception exception)
            {
                OnUnhandled(exception);
            }
        }
    }

    private void Wake()
    {
        var one = 1UL;
        _ = Libc.Write(_wake, &one, sizeof(ulong));
    }
}

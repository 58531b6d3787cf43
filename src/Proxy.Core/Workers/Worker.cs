using System.Diagnostics;
using System.Globalization;
using Proxy.Buffers;
using Proxy.Connections;

namespace Proxy.Workers;

/// <summary>One event loop on one thread: it owns connections from accept to close, and the timers, buffers and pools they use.</summary>
/// <remarks>
/// <para>Except <see cref="Post(Action{object?}, object?)"/> every member is for the worker's own thread; Debug builds assert it.</para>
/// <para>The main thread's dispatcher is a worker too (<see cref="IsMain"/>); it serves admin and runs configuration, DNS and flushes.</para>
/// <para>A turn is: poll the clock, fire timers, handle I/O events and posts; after each callback <see cref="IDeferred"/> items run until none is left.</para>
/// </remarks>
public abstract class Worker
{
    private readonly Queue<IDeferred> _deferred = new();
    private readonly byte[] _date = new byte[29];
    private object?[] _locals = new object?[16];
    private readonly long _stampsPerMicrosecond;
    private long _dateSecond = -1;
    private bool _wallClockRead;
    private long _connectionIds;

    /// <summary>Creates a worker that has not started; <paramref name="index"/> is -1 for main.</summary>
    protected Worker(int index, TimeProvider time, IRandomSource random)
    {
        ArgumentNullException.ThrowIfNull(time);
        Index = index;
        Name = index < 0 ? "main" : "worker_" + index.ToString(CultureInfo.InvariantCulture);
        Time = time;
        Random = random;
        _stampsPerMicrosecond = time.TimestampFrequency % 1_000_000 == 0 ? time.TimestampFrequency / 1_000_000 : 0;
        SynchronizationContext = new WorkerSynchronizationContext(this);
        UpdateClock();
        Timers = new TimerWheel(Now);
    }

    /// <summary>Zero-based number of the worker; -1 for main.</summary>
    public int Index { get; }

    /// <summary>True for the main thread's dispatcher.</summary>
    public bool IsMain => Index < 0;

    /// <summary><c>main</c> or <c>worker_N</c>, as in Envoy's stats.</summary>
    public string Name { get; }

    /// <summary>The clock behind <see cref="Now"/> and <see cref="UtcNow"/>.</summary>
    public TimeProvider Time { get; }

    /// <summary>Monotonic time in ms, read once per loop turn: cheap, and the same for everything in one callback.</summary>
    public long Now { get; private set; }

    /// <summary>Monotonic time in µs, read together with <see cref="Now"/>.</summary>
    public long NowMicroseconds { get; private set; }

    /// <summary>Wall clock, read once per loop turn at most: the same for everything in one callback.</summary>
    public DateTimeOffset UtcNow
    {
        get
        {
            if (!_wallClockRead)
            {
                _wallClockRead = true;
                field = Time.GetUtcNow();
            }

            return field;
        }
    }

    /// <summary>This worker's source of chance.</summary>
    public IRandomSource Random { get; }

    /// <summary>This worker's pool of buffers.</summary>
    public BufferPool Buffers { get; } = new();

    /// <summary>Makes <c>await</c> in filters come back to this worker; current on its thread.</summary>
    public SynchronizationContext SynchronizationContext { get; }

    /// <summary>True on the worker's own thread.</summary>
    public abstract bool IsCurrent { get; }

    internal TimerWheel Timers { get; }

    /// <summary>The value of a <c>date</c> header for this second (RFC 9110, 5.6.7); formatted once a second.</summary>
    public ReadOnlySpan<byte> DateHeader
    {
        get
        {
            var second = UtcNow.ToUnixTimeSeconds();
            if (second != _dateSecond)
            {
                _dateSecond = second;
                UtcNow.TryFormat(_date, out _, "R", CultureInfo.InvariantCulture);
            }

            return _date;
        }
    }

    /// <summary>Runs <paramref name="callback"/> on this worker. From any thread; order per posting thread is kept.</summary>
    public abstract void Post(Action<object?> callback, object? state);

    /// <summary>Runs <paramref name="callback"/> on this worker. From any thread.</summary>
    public void Post(Action callback)
    {
        Post(static state => ((Action)state!)(), callback);
    }

    /// <summary>Makes a timer that is not armed; keep it and arm it as often as needed.</summary>
    public WorkerTimer CreateTimer(Action<object?> callback, object? state = null)
    {
        ArgumentNullException.ThrowIfNull(callback);
        return new WorkerTimer(this, callback, state);
    }

    /// <summary>Runs <paramref name="item"/> once the current callback has unwound, before the loop polls again.</summary>
    public void Defer(IDeferred item)
    {
        AssertCurrent();
        _deferred.Enqueue(item);
    }

    /// <summary>Listens on one address and hands what arrives to <paramref name="handler"/>, on this worker.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The address cannot be bound.</exception>
    public abstract IListenSocket Listen(ListenRequest request, IAcceptHandler handler);

    /// <summary>Starts a connection; its outcome is told to <paramref name="handler"/>, never inside this call.</summary>
    public abstract Connection Connect(ConnectRequest request, IConnectionHandler handler);

    /// <summary>Makes a connection of a socket that another worker has accepted and read nothing from. Owns the socket from here on.</summary>
    /// <exception cref="NotSupportedException">The worker has no sockets.</exception>
    public virtual Connection Adopt(nint socket, ListenRequest accepted)
    {
        throw new NotSupportedException("Has no sockets: " + Name + ".");
    }

    /// <summary>Exceptions that escaped callbacks on this worker; each is logged and ends no more than what it belongs to.</summary>
    public long UnhandledExceptions { get; private set; }

    /// <summary>Debug builds: throws unless called on the worker's thread.</summary>
    [Conditional("DEBUG")]
    public void AssertCurrent()
    {
        if (!IsCurrent)
        {
            throw new InvalidOperationException($"Used off its thread: {Name}.");
        }
    }

    // Interlocked because the ends of an in-memory pair are made before either of their threads sees them; once a connection costs nothing.
    internal long NextConnectionId() => (Interlocked.Increment(ref _connectionIds) << 8) | (byte)(Index + 1);

    internal ref object? LocalSlot(int index)
    {
        AssertCurrent();
        if (index >= _locals.Length)
        {
            Array.Resize(ref _locals, Math.Max(index + 1, _locals.Length * 2));
        }

        return ref _locals[index];
    }

    // Rounded up to the wheel's grain, so that no timer is early.
    internal long EarliestAfter(long milliseconds) => ((NowMicroseconds + 999) / 1000) + milliseconds;

    /// <summary>Reads the clock; the loop calls it once a turn.</summary>
    protected void UpdateClock()
    {
        var stamp = Time.GetTimestamp();
        NowMicroseconds = _stampsPerMicrosecond > 0
            ? stamp / _stampsPerMicrosecond
            : (long)((Int128)stamp * 1_000_000 / Time.TimestampFrequency);
        Now = NowMicroseconds / 1000;
        _wallClockRead = false;
    }

    /// <summary>Runs what callbacks deferred until nothing is left; the loop calls it after every callback.</summary>
    protected internal void RunDeferred()
    {
        while (_deferred.TryDequeue(out var item))
        {
            item.Run();
        }
    }

    /// <summary>Counts an exception that escaped a callback; the loop goes on.</summary>
    protected void CountUnhandledException() => UnhandledExceptions++;

    /// <summary>Fires due timers, each followed by what it deferred.</summary>
    protected void RunTimers() => Timers.Advance(Now);
}

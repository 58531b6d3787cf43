namespace Proxy.Workers.Simulated;

/// <summary>A clock that stands still until a test moves it (<see cref="SimulatedRuntime.Advance(TimeSpan)"/>).</summary>
/// <remarks>Its frequency is an odd one, so that code which takes a timestamp for ticks, ms or ns shows. Timers of the BCL work on it too.</remarks>
public sealed class SimulatedTimeProvider : TimeProvider
{
    private const long Frequency = 9_999_991;

    private readonly Lock _lock = new();
    private readonly List<SimulatedTimer> _timers = [];
    private long _microseconds;

    internal SimulatedTimeProvider(DateTimeOffset start)
    {
        Start = start;
    }

    /// <summary>Wall clock at the beginning.</summary>
    public DateTimeOffset Start { get; }

    /// <summary>Time that has passed since <see cref="Start"/>.</summary>
    public TimeSpan Elapsed => TimeSpan.FromMicroseconds(Microseconds);

    /// <inheritdoc />
    public override long TimestampFrequency => Frequency;

    /// <inheritdoc />
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    internal long Microseconds => Volatile.Read(ref _microseconds);

    /// <inheritdoc />
    public override DateTimeOffset GetUtcNow() => Start + Elapsed;

    // Rounded up, so that converting back gives exactly the microseconds set.
    /// <inheritdoc />
    public override long GetTimestamp() => (long)((((Int128)Microseconds * Frequency) + 999_999) / 1_000_000);

    /// <inheritdoc />
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new SimulatedTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    internal void MoveTo(long microseconds) => Volatile.Write(ref _microseconds, Math.Max(_microseconds, microseconds));

    /// <summary>When the next BCL timer is due, in µs; -1 when there is none.</summary>
    internal long NextDue()
    {
        lock (_lock)
        {
            return _timers.Count == 0 ? -1 : _timers.Min(timer => timer.Due);
        }
    }

    internal void FireDue()
    {
        while (TakeDue() is { } timer)
        {
            timer.Fire();
        }
    }

    internal void Schedule(SimulatedTimer timer, long due)
    {
        lock (_lock)
        {
            _timers.Remove(timer);
            timer.Due = due;
            if (due >= 0)
            {
                _timers.Add(timer);
            }
        }
    }

    private SimulatedTimer? TakeDue()
    {
        lock (_lock)
        {
            var timer = _timers.Where(timer => timer.Due <= _microseconds).MinBy(timer => timer.Due);
            if (timer is not null)
            {
                _timers.Remove(timer);
            }

            return timer;
        }
    }
}

namespace Proxy.Workers.Simulated;

/// <summary>A BCL timer on the simulated clock; fires on the thread that advances it.</summary>
internal sealed class SimulatedTimer : ITimer
{
    private readonly SimulatedTimeProvider _time;
    private readonly TimerCallback _callback;
    private readonly object? _state;
    private TimeSpan _period = Timeout.InfiniteTimeSpan;

    public SimulatedTimer(SimulatedTimeProvider time, TimerCallback callback, object? state)
    {
        _time = time;
        _callback = callback;
        _state = state;
    }

    public long Due { get; set; } = -1;

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        _period = period;
        Arm(dueTime);
        return true;
    }

    public void Fire()
    {
        if (_period > TimeSpan.Zero)
        {
            Arm(_period);
        }

        _callback(_state);
    }

    public void Dispose() => Arm(Timeout.InfiniteTimeSpan);

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    private void Arm(TimeSpan delay)
    {
        _time.Schedule(this, delay == Timeout.InfiniteTimeSpan ? -1 : _time.Microseconds + (long)delay.TotalMicroseconds);
    }
}

namespace Proxy.Workers;

/// <summary>A timer of one worker: made once by its owner, armed and cancelled as often as needed without allocation.</summary>
/// <remarks>Used on its worker's thread only. Fires once per <see cref="Arm"/>, on that thread, never early, up to a loop turn late.</remarks>
public sealed class WorkerTimer
{
    private readonly Worker _worker;
    private readonly Action<object?> _callback;
    private readonly object? _state;

    internal WorkerTimer(Worker worker, Action<object?> callback, object? state)
    {
        _worker = worker;
        _callback = callback;
        _state = state;
    }

    /// <summary>True between <see cref="Arm"/> and the callback or <see cref="Cancel"/>.</summary>
    public bool IsArmed => Slot >= 0;

    internal WorkerTimer? Next { get; set; }

    internal WorkerTimer? Previous { get; set; }

    /// <summary>Place in the wheel, or -1.</summary>
    internal int Slot { get; set; } = -1;

    /// <summary>When it is due, on the clock of <see cref="Worker.Now"/>, in ms.</summary>
    internal long Due { get; set; }

    /// <summary>Fires the callback <paramref name="milliseconds"/> from now; an armed timer is moved.</summary>
    public void Arm(long milliseconds)
    {
        _worker.AssertCurrent();
        _worker.Timers.Arm(this, _worker.EarliestAfter(Math.Max(0, milliseconds)));
    }

    /// <summary>Makes sure that the callback does not run; harmless when not armed.</summary>
    public void Cancel()
    {
        _worker.AssertCurrent();
        _worker.Timers.Cancel(this);
    }

    internal void Fire()
    {
        _callback(_state);
        _worker.RunDeferred();
    }
}

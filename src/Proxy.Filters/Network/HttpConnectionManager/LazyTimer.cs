using Proxy.Workers;

namespace Proxy.Filters.Network.HttpConnectionManager;

/// <summary>
/// A deadline that moves with every sign of life. Moving it costs a store: the wheel's timer is left alone and looks for the deadline when it fires.
/// </summary>
internal sealed class LazyTimer
{
    private readonly Worker _worker;
    private readonly WorkerTimer _timer;
    private readonly Action _expired;
    private long _timeout;
    private long _last; // when it was touched last; the deadline is a timeout later
    private long _armedFor = long.MaxValue;

    public LazyTimer(Worker worker, Action expired)
    {
        _worker = worker;
        _expired = expired;
        _timer = worker.CreateTimer(static self => ((LazyTimer)self!).OnTimer(), this);
    }

    /// <summary>True between <see cref="Start"/> and <see cref="Stop"/> or expiry.</summary>
    public bool IsRunning => _timeout > 0;

    /// <summary>Begins to wait; 0 stops.</summary>
    public void Start(long milliseconds)
    {
        _timeout = milliseconds;
        _last = _worker.Now;
        if (milliseconds > 0 && _last + milliseconds < _armedFor)
        {
            Arm(milliseconds);
        }
    }

    /// <summary>There was life: the deadline moves to a full timeout from now.</summary>
    public void Touch() => _last = _worker.Now;

    /// <summary>Waits no more; the wheel's timer may still fire and will find nothing to do.</summary>
    public void Stop() => _timeout = 0;

    /// <summary>Waits no more and never will: takes the timer out of the wheel too.</summary>
    public void Cancel()
    {
        _timeout = 0;
        _armedFor = long.MaxValue;
        _timer.Cancel();
    }

    private void Arm(long milliseconds)
    {
        _armedFor = _worker.Now + milliseconds;
        _timer.Arm(milliseconds);
    }

    private void OnTimer()
    {
        _armedFor = long.MaxValue;
        if (_timeout == 0)
        {
            return;
        }

        var left = _last + _timeout - _worker.Now;
        if (left > 0)
        {
            Arm(left);
            return;
        }

        _timeout = 0;
        _expired();
    }
}

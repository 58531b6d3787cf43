using Proxy.Configuration.Http;
using Proxy.Workers;

namespace Proxy.Http.H2;

/// <summary>Pings a peer now and then and notices when it has stopped answering.</summary>
/// <remarks>
/// Whatever comes from the peer proves it alive, so a ping that waits behind much data is given more time. On the connection's worker.
/// </remarks>
internal sealed class Keepalive
{
    private readonly Worker _worker;
    private readonly IKeepaliveTarget _target;
    private readonly long _interval;
    private readonly long _jitter;
    private readonly long _timeout;
    private readonly long _idleInterval;
    private readonly WorkerTimer? _pingTimer;
    private readonly WorkerTimer _silenceTimer;
    private long _lastReceived;

    /// <summary>Begins: the first ping comes an interval from now.</summary>
    public Keepalive(Worker worker, Http2KeepaliveConfig config, IKeepaliveTarget target)
    {
        _worker = worker;
        _target = target;
        _interval = Milliseconds(config.Interval);
        _jitter = (long)(_interval * config.JitterPercent / 100);
        _timeout = Math.Max(1, (long)config.Timeout.TotalMilliseconds);
        _idleInterval = Milliseconds(config.IdleInterval);
        _lastReceived = worker.Now;
        _silenceTimer = worker.CreateTimer(static self => ((Keepalive)self!)._target.OnSilence(), this);
        if (_interval > 0)
        {
            _pingTimer = worker.CreateTimer(static self => ((Keepalive)self!).Ping(), this);
            ScheduleNext();
        }
    }

    /// <summary>Bytes have come.</summary>
    public void OnReceived()
    {
        _lastReceived = _worker.Now;
        if (_silenceTimer.IsArmed)
        {
            _silenceTimer.Arm(_timeout);
        }
    }

    /// <summary>The peer has answered a ping.</summary>
    public void OnAnswered()
    {
        _silenceTimer.Cancel();
        ScheduleNext();
    }

    /// <summary>A stream is about to be opened: on a connection that has long been silent it is better to know soon whether it still stands.</summary>
    public void BeforeStream()
    {
        if (_idleInterval > 0 && _worker.Now - _lastReceived >= _idleInterval && !_silenceTimer.IsArmed)
        {
            Ping();
        }
    }

    /// <summary>The connection is over.</summary>
    public void Stop()
    {
        _pingTimer?.Cancel();
        _silenceTimer.Cancel();
    }

    private static long Milliseconds(TimeSpan? time) => time is { } value ? Math.Max(1, (long)value.TotalMilliseconds) : 0;

    private void Ping()
    {
        _silenceTimer.Arm(_timeout);
        _target.SendPing();
    }

    private void ScheduleNext()
    {
        if (_pingTimer is not null)
        {
            var jitter = _jitter > 0 ? (long)(_worker.Random.Next() % (ulong)_jitter) : 0;
            _pingTimer.Arm(_interval + jitter);
        }
    }
}

/// <summary>A connection whose peer is to be proved alive.</summary>
internal interface IKeepaliveTarget
{
    /// <summary>Asks the peer for an answer.</summary>
    void SendPing();

    /// <summary>None came in time.</summary>
    void OnSilence();
}

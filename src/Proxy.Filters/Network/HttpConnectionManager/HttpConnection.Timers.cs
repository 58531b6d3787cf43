using Proxy.Connections;
using Proxy.Workers;

namespace Proxy.Filters.Network.HttpConnectionManager;

internal sealed partial class HttpConnection
{
    private readonly LazyTimer _idle;
    private WorkerTimer? _duration;
    private WorkerTimer? _drainTimer;
    private DrainStage _drain;
    private bool _isTooOld; // its next response is the last one

    private enum DrainStage : byte
    {
        /// <summary>Requests are welcome.</summary>
        None,

        /// <summary>Responses say close; the connection goes when the drain timeout is over.</summary>
        Draining,

        /// <summary>The connection goes with its last stream.</summary>
        Closing,
    }

    /// <summary>True when a response to be sent now should announce that the connection closes behind it.</summary>
    public bool AnnouncesClose => _drain != DrainStage.None;

    /// <summary>Begins to get rid of the client, gently: responses announce it, and after the drain timeout the connection closes.</summary>
    public void StartDrain()
    {
        if (_drain != DrainStage.None)
        {
            return;
        }

        _drain = DrainStage.Draining;
        _codec?.StartDrain();
        _drainTimer = _worker.Worker.CreateTimer(static self => ((HttpConnection)self!).OnDrainTimeout(), this);
        _drainTimer.Arm((long)_model.Config.DrainTimeout.TotalMilliseconds);
    }

    /// <summary>The proxy is leaving, or an operator has failed its health check: this response is the connection's last.</summary>
    public void DrainIfAsked()
    {
        if (_isTooOld)
        {
            CloseAfterStreams();
        }

        if (_drain == DrainStage.None && _model.Drain.ShouldClose(_worker.Worker))
        {
            StartDrain();
            _worker.Stats.Increment(HttpStats.ConnectionDrainClose);
        }
    }

    /// <summary>The connection closes with its last stream; one that is shared is drained first.</summary>
    public void CloseAfterStreams()
    {
        if (IsMultiplexed)
        {
            StartDrain();
        }
        else
        {
            _drain = DrainStage.Closing;
        }
    }

    private void StartTimers()
    {
        _idle.Start(_model.IdleTimeout);
        if (_model.MaxConnectionDuration > 0)
        {
            _duration = _worker.Worker.CreateTimer(static self => ((HttpConnection)self!).OnMaxDuration(), this);
            _duration.Arm(_model.MaxConnectionDuration);
        }
    }

    private void StopTimers()
    {
        _idle.Cancel();
        _duration?.Cancel();
        _drainTimer?.Cancel();
    }

    private void OnIdleTimeout()
    {
        _worker.Stats.Increment(HttpStats.ConnectionIdleTimeout);
        DrainOrClose("idle_timeout");
    }

    private void OnMaxDuration()
    {
        _worker.Stats.Increment(HttpStats.ConnectionMaxDuration);
        if (_codec is null or { IsMultiplexed: true } || !_model.Config.SafeMaxConnectionDuration)
        {
            DrainOrClose("max_connection_duration");
        }
        else if (_drain == DrainStage.None)
        {
            _isTooOld = true;
            _worker.Stats.Increment(HttpStats.ConnectionHttp1SoftDrain);
        }
    }

    private void DrainOrClose(string details)
    {
        if (_codec is null)
        {
            Connection.Close(CloseMode.Flush, details);
        }
        else
        {
            StartDrain();
        }
    }

    private void OnDrainTimeout()
    {
        _drain = DrainStage.Closing;
        _codec?.FinishDrain();
        if (_streams is null)
        {
            Connection.Close(CloseMode.FlushAndDelay, "drain_timeout");
        }
    }
}

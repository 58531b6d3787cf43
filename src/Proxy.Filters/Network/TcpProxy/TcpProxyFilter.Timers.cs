using Proxy.Clusters;
using Proxy.Configuration.Filters;
using Proxy.Connections;
using Proxy.Observability;
using Proxy.Streams;
using Proxy.Workers;

namespace Proxy.Filters.Network.TcpProxy;

internal sealed partial class TcpProxyFilter
{
    private WorkerTimer? _idleTimer;
    private WorkerTimer? _durationTimer;
    private WorkerTimer? _logTimer;
    private WorkerTimer? _retryTimer;
    private JitteredBackOff? _backOff;
    private long _activeAt;
    private long _sentBefore;
    private bool _flushing;
    private bool _logged;

    private void StartTimers()
    {
        if (_model.NextMaxDuration(_worker) is > 0 and var duration)
        {
            _durationTimer = _worker.CreateTimer(static self => ((TcpProxyFilter)self!).OnMaxDuration(), this);
            _durationTimer.Arm(duration);
        }

        if (_model.LogMilliseconds > 0)
        {
            _logTimer = _worker.CreateTimer(static self => ((TcpProxyFilter)self!).OnLogTimer(), this);
            _logTimer.Arm(_model.LogMilliseconds);
        }
    }

    private void StartIdleTimer()
    {
        _activeAt = _worker.Now;
        if (_model.IdleMilliseconds > 0)
        {
            _idleTimer ??= _worker.CreateTimer(static self => ((TcpProxyFilter)self!).OnIdleTimer(), this);
            _idleTimer.Arm(_model.IdleMilliseconds);
        }
    }

    private void ConnectLater(BackOffConfig config)
    {
        _backOff ??= new JitteredBackOff(config.BaseInterval, config.MaxInterval);
        _retryTimer ??= _worker.CreateTimer(static self => ((TcpProxyFilter)self!).ConnectUpstream(), this);
        _retryTimer.Arm(_backOff.Next(_worker.Random));
    }

    private void StopTimers()
    {
        _retryTimer?.Cancel();
        _idleTimer?.Cancel();
        _durationTimer?.Cancel();
        _logTimer?.Cancel();
    }

    // The timer is left alone while bytes flow; it looks for itself how long nothing moved.
    private void OnActivity()
    {
        _activeAt = _worker.Now;
        CountBytes();
    }

    private void OnIdleTimer()
    {
        if (IsDraining())
        {
            _activeAt = _worker.Now;
        }

        var left = _activeAt + _model.IdleMilliseconds - _worker.Now;
        if (left > 0)
        {
            _idleTimer!.Arm(left);
            return;
        }

        _stats.Increment(TcpProxyStats.IdleTimeout);
        if (_downstreamClosed)
        {
            _upstream?.Close(CloseMode.Immediate);
        }
        else
        {
            Connection.Close(CloseMode.Immediate);
        }
    }

    // Nothing arrives any more, but queued bytes have gone out since the timer last fired: a slow reader is not an idle one.
    private bool IsDraining()
    {
        var sent = Connection.BytesSent + (_upstream?.BytesSent ?? 0);
        var moved = sent != _sentBefore;
        _sentBefore = sent;
        return moved && Connection.PendingBytes + (_upstream?.PendingBytes ?? 0) > 0;
    }

    private void OnMaxDuration()
    {
        _stats.Increment(TcpProxyStats.MaxDuration);
        _info.Flags |= ResponseFlags.DurationTimeout;
        Connection.Close(CloseMode.Immediate);
    }

    private void OnLogTimer()
    {
        Log(AccessLogType.TcpPeriodic);
        _logTimer!.Arm(_model.LogMilliseconds);
    }

    private void Finish()
    {
        if (!_logged)
        {
            _logged = true;
            _info.EndMicroseconds = _worker.NowMicroseconds;
            Log(AccessLogType.TcpConnectionEnd);
        }
    }

    private void Log(AccessLogType type)
    {
        if (_model.Logs.Length == 0)
        {
            return;
        }

        _info.BytesReceived = _info.DownstreamWireReceived = Connection.BytesReceived;
        _info.BytesSent = _info.DownstreamWireSent = Connection.BytesSent;
        if (_upstream is not null)
        {
            _info.UpstreamWireReceived = _upstream.BytesReceived;
            _info.UpstreamWireSent = _upstream.BytesSent;
        }

        var entry = new AccessLogEntry { Worker = _worker, Info = _info, Type = type };
        foreach (var log in _model.Logs)
        {
            log.Log(entry);
        }
    }
}

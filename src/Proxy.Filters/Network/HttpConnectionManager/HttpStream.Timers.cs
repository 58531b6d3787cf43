using Proxy.Http;
using Proxy.Observability;
using Proxy.Routing.Actions;
using Proxy.Stats;
using Proxy.Streams;
using Proxy.Workers;

namespace Proxy.Filters.Network.HttpConnectionManager;

internal sealed partial class HttpStream
{
    private readonly LazyTimer _idle;
    private WorkerTimer? _headersTimer;
    private WorkerTimer? _requestTimer;
    private WorkerTimer? _durationTimer;
    private WorkerTimer? _logTimer;

    private void StartTimers()
    {
        _idle.Start(_model.StreamIdleTimeout);
        if (_model.RequestHeadersTimeout > 0)
        {
            _headersTimer ??= Worker.CreateTimer(static self => ((HttpStream)self!).OnHeadersTimeout(), this);
            _headersTimer.Arm(_model.RequestHeadersTimeout);
        }

        if (_model.RequestTimeout > 0)
        {
            _requestTimer ??= Worker.CreateTimer(static self => ((HttpStream)self!).OnRequestTimeout(), this);
            _requestTimer.Arm(_model.RequestTimeout);
        }

        if (_model.MaxStreamDuration > 0)
        {
            _durationTimer ??= Worker.CreateTimer(static self => ((HttpStream)self!).OnMaxDuration(), this);
            _durationTimer.Arm(_model.MaxStreamDuration);
        }

        if (_model.AccessLogInterval > 0)
        {
            _logTimer ??= Worker.CreateTimer(static self => ((HttpStream)self!).OnLogTimer(), this);
            _logTimer.Arm(_model.AccessLogInterval);
        }
    }

    private void StopTimers()
    {
        _idle.Stop();
        StopHeadersTimer();
        StopRequestTimer();
        _durationTimer?.Cancel();
        _logTimer?.Cancel();
    }

    private void StopHeadersTimer() => _headersTimer?.Cancel();

    private void StopRequestTimer() => _requestTimer?.Cancel();

    private void OnLogTimer()
    {
        Log(AccessLogType.DownstreamPeriodic);
        _logTimer!.Arm(_model.AccessLogInterval);
    }

    // The rest of a complete answer waits for its client alone, who has a time of its own for that.
    private void LimitFlush(bool endStream)
    {
        if (endStream && _codec is { IsFlushing: true } && ((_route?.Action as ForwardAction)?.FlushTimeout ?? _model.Config.StreamFlushTimeout) is { } limit)
        {
            _idle.Start((long)limit.TotalMilliseconds);
        }
    }

    private void OnIdle()
    {
        if (_codec is { IsFlushing: true } codec)
        {
            codec.GiveUpFlushing();
            return;
        }

        Info.Flags |= ResponseFlags.StreamIdleTimeout;
        GiveUp(HttpStats.RequestIdleTimeout, TimeoutStatus, "stream timeout"u8, "stream_idle_timeout");
    }

    private void OnHeadersTimeout() => GiveUp(HttpStats.RequestHeaderTimeout, 408, "request header timeout"u8, "request_header_timeout");

    private void OnRequestTimeout() => GiveUp(HttpStats.RequestTimeout, 408, "request timeout"u8, "request_overall_timeout");

    // The clock has run since the request began; what the upstream is told is the whole time.
    private void LimitDuration(StreamDurations durations)
    {
        var max = durations.MaxFor(RequestHeaders, _model.MaxStreamDuration > 0 ? _model.MaxStreamDuration : null);
        if (max is not { } limit)
        {
            _durationTimer?.Cancel();
            return;
        }

        if (GrpcReply.IsGrpcRequest(RequestHeaders))
        {
            GrpcTimeout.Set(RequestHeaders, limit);
        }

        _durationTimer ??= Worker.CreateTimer(static self => ((HttpStream)self!).OnMaxDuration(), this);
        _durationTimer.Arm(Math.Max(0, limit - ((Worker.NowMicroseconds - Info.StartMicroseconds) / 1000)));
    }

    private void OnMaxDuration() => GiveUp(HttpStats.RequestMaxDuration, TimeoutStatus, "downstream duration timeout"u8, "max_duration_timeout");

    // The client is late as long as its request is not complete, then the upstream is.
    private int TimeoutStatus => _requestComplete ? 504 : 408;

    private void GiveUp(CounterId counter, int status, ReadOnlySpan<byte> body, string details)
    {
        _worker.Stats.Increment(counter);
        _chain.SendLocalReply(status, body, details, null);
    }
}

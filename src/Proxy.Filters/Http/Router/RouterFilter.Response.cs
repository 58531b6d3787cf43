using Proxy.Http;
using Proxy.Routing;
using Proxy.Streams;

namespace Proxy.Filters.Http.Router;

internal sealed partial class RouterFilter
{
    void IUpstreamOwner.OnReady(UpstreamAttempt attempt)
    {
        var now = _worker.Worker.NowMicroseconds;
        if (Info.UpstreamFirstSentMicroseconds == 0)
        {
            Info.UpstreamFirstSentMicroseconds = now;
        }

        _counters.Increment(RouteStats.Total);

        _attempt = attempt;
        attempt.Host?.Outliers?.OnConnected(_worker.Worker, isAll: false);
        _requestStarted = true;
        _body.BeginSending(KeepsBody || (attempt.IsReused && IsReplayable()), KeepsBody ? RetryBufferLimit : RequestBody.ReplayLimit);
        var ends = _requestComplete && _trailers is null;
        var isEmpty = _body.Waiting == 0;
        attempt.LimitDuration(_worker.Worker, _timeouts.StreamMilliseconds ?? (long)(_cluster!.Config.Http.MaxStreamDuration?.TotalMilliseconds ?? 0));
        attempt.SendHeaders(Callbacks.RequestHeaders, ends && _headersOnly);
        _body.Flush(attempt, ends);
        if (ends && !_headersOnly && isEmpty && attempt.IsReady)
        {
            attempt.SendData(default, endStream: true); // an empty body stays one: its framing is not changed on the way
        }

        if (_trailers is not null && attempt.IsReady)
        {
            attempt.SendTrailers(_trailers);
        }

        LogBeginning();
        NoteSent(_requestComplete);
        PauseForConnection(false);
        if (attempt.IsReady)
        {
            StartTryTimers();
        }
    }

    void IUpstreamOwner.OnInformational(UpstreamAttempt attempt, HeaderMap headers)
    {
        NoteFirstByte();
        Charge(UpstreamStatus.Of(headers));
        Callbacks.SendInformational(headers);
    }

    void IUpstreamOwner.OnHeaders(UpstreamAttempt attempt, HeaderMap headers, bool endStream)
    {
        NoteFirstByte();
        var status = UpstreamStatus.Of(headers);
        if (attempt.Host?.Outliers is { } outliers)
        {
            outliers.OnAnswer(_worker.Worker, StatusForOutliers(headers, status));
        }

        if (IsHedged(attempt) ? DropHedged(attempt, headers, status) : RetryAfterHeaders(attempt, headers, status) || DropRefused(attempt))
        {
            return;
        }

        if (FollowRedirect(attempt, headers, status))
        {
            return;
        }

        Win(attempt);
        _perTryTimer?.Cancel();
        RestartIdleTimer();
        _body.StopRetaining();
        _responseStarted = true;
        if (status is >= 200 and < 300 && IsWebSocket())
        {
            attempt.Cancel();
            Callbacks.SendLocalReply(status, default, "websocket_handshake_unsuccessful");
            return;
        }

        _isTunnel = status == 101 || (status is >= 200 and < 300 && Callbacks.RequestHeaders.Get(KnownHeader.Method).SequenceEqual("CONNECT"u8));
        Info.ResponseCode = status;
        Info.ResponseCodeDetails = "via_upstream";
        Charge(status);
        UpstreamStatus.CountCanary(_cluster!, attempt.Host, headers, status);
        CountAnswerForHost(headers, status, endStream);
        if (!Model.SuppressEnvoyHeaders && _requestComplete)
        {
            headers.Set(KnownHeader.XEnvoyUpstreamServiceTime, MillisecondsSinceRequest());
        }

        if (_route!.VirtualHost.IncludeAttemptCountInResponse)
        {
            headers.Set(KnownHeader.XEnvoyAttemptCount, Info.AttemptCount);
        }

        AddNewCookies(headers);
        _route.ResponseEdits.Apply(headers, Entry(Callbacks.RequestHeaders, headers));
        if (endStream)
        {
            OnResponseComplete();
        }

        Callbacks.SendHeaders(headers, endStream);
    }

    // Whether a gRPC call was a success stands at its end.
    private void CountAnswerForHost(HeaderMap headers, int status, bool endStream)
    {
        _successInTrailers = false;
        if (status >= 500 || !GrpcReply.IsGrpcRequest(Callbacks.RequestHeaders))
        {
            CountForHost(status);
        }
        else if (endStream)
        {
            CountForHost(GrpcReply.HttpStatusOf(headers) ?? 503);
        }
        else
        {
            _successInTrailers = true;
        }
    }

    // A gRPC answer without a body says in its head how the call went.
    private int StatusForOutliers(HeaderMap headers, int status)
    {
        if (_cluster!.OutlierErrors is { } errors)
        {
            return errors.StatusOf(headers);
        }

        return GrpcReply.IsGrpcRequest(Callbacks.RequestHeaders) && GrpcReply.HttpStatusOf(headers) is { } mapped ? mapped : status;
    }

    void IUpstreamOwner.OnData(UpstreamAttempt attempt, ReadOnlySpan<byte> data, bool endStream)
    {
        if (Info.UpstreamBodyReceivedMicroseconds == 0)
        {
            Info.UpstreamBodyReceivedMicroseconds = _worker.Worker.NowMicroseconds;
        }

        if (endStream)
        {
            OnResponseComplete();
        }
        else
        {
            RestartIdleTimer();
        }

        Callbacks.SendData(data, endStream);
    }

    void IUpstreamOwner.OnTrailers(UpstreamAttempt attempt, HeaderMap trailers)
    {
        if (_successInTrailers)
        {
            CountForHost(GrpcReply.HttpStatusOf(trailers) ?? 503);
        }

        OnResponseComplete();
        Callbacks.SendTrailers(trailers);
    }

    void IUpstreamOwner.OnWatermark(UpstreamAttempt attempt, bool above) => Callbacks.RequestReadDisable(above);

    // A success that is no switch of protocols: neither side would know what the bytes behind it mean.
    private bool IsWebSocket()
    {
        return Callbacks.RequestHeaders.TryGet(KnownHeader.Upgrade, out var type) && AsciiBytes.EqualsIgnoreCase(type, "websocket"u8)
            && !Callbacks.RequestHeaders.Get(KnownHeader.Method).SequenceEqual("CONNECT"u8);
    }

    private void NoteSent(bool endStream)
    {
        if (endStream)
        {
            Info.UpstreamLastSentMicroseconds = _worker.Worker.NowMicroseconds;
        }
    }

    private void NoteFirstByte()
    {
        if (!_answered)
        {
            _answered = true;
            Info.UpstreamFirstReceivedMicroseconds = _worker.Worker.NowMicroseconds;
        }
    }

    // What is left of a request that was answered early is dropped; the codec gives the connection up.
    private void OnResponseComplete()
    {
        StopTimers();
        Info.UpstreamLastReceivedMicroseconds = _worker.Worker.NowMicroseconds;
        if (!Info.IsHealthCheck && _requestComplete)
        {
            var time = MillisecondsSinceRequest();
            _cluster!.Stats.Record(Clusters.ClusterStats.RequestTime, time);
            _counters.RecordTime(time);
        }

        LogAttempt();
        _answerComplete = true;
    }

    private long MillisecondsSinceRequest() => (_worker.Worker.NowMicroseconds - Info.RequestCompleteMicroseconds) / 1000;
}

using Proxy.Http;

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

        _attempt = attempt;
        _body.BeginSending(mayBeDead: attempt.IsReused && IsReplayable());
        var ends = _requestComplete && _trailers is null;
        attempt.SendHeaders(Callbacks.RequestHeaders, ends && _body.Waiting == 0);
        _body.Flush(attempt, ends);
        if (_trailers is not null && attempt.IsReady)
        {
            attempt.SendTrailers(_trailers);
        }

        NoteSent(_requestComplete);
        PauseForConnection(false);
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
        _body.StopRetaining();
        _responseStarted = true;
        var status = UpstreamStatus.Of(headers);
        Info.ResponseCode = status;
        Info.ResponseCodeDetails = "via_upstream";
        Charge(status);
        CountForHost(status);
        if (!Model.SuppressEnvoyHeaders && _requestComplete)
        {
            headers.Set(KnownHeader.XEnvoyUpstreamServiceTime, MillisecondsSinceRequest());
        }

        if (_route!.VirtualHost.IncludeAttemptCountInResponse)
        {
            headers.Set(KnownHeader.XEnvoyAttemptCount, Info.AttemptCount);
        }

        _route.ResponseEdits.Apply(headers, Entry(Callbacks.RequestHeaders, headers));
        if (endStream)
        {
            OnResponseComplete();
        }

        Callbacks.SendHeaders(headers, endStream);
    }

    void IUpstreamOwner.OnData(UpstreamAttempt attempt, ReadOnlySpan<byte> data, bool endStream)
    {
        if (endStream)
        {
            OnResponseComplete();
        }

        Callbacks.SendData(data, endStream);
    }

    void IUpstreamOwner.OnTrailers(UpstreamAttempt attempt, HeaderMap trailers)
    {
        OnResponseComplete();
        Callbacks.SendTrailers(trailers);
    }

    void IUpstreamOwner.OnWatermark(UpstreamAttempt attempt, bool above) => Callbacks.RequestReadDisable(above);

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
        _timeoutTimer?.Cancel();
        Info.UpstreamLastReceivedMicroseconds = _worker.Worker.NowMicroseconds;
        if (!Info.IsHealthCheck && _requestComplete)
        {
            _cluster!.Stats.Record(Clusters.ClusterStats.RequestTime, MillisecondsSinceRequest());
        }

        LogAttempt();
    }

    private long MillisecondsSinceRequest() => (_worker.Worker.NowMicroseconds - Info.RequestCompleteMicroseconds) / 1000;

    private void LogAttempt()
    {
        foreach (var log in Model.UpstreamLogs)
        {
            log.Log(new Observability.AccessLogEntry
            {
                Worker = _worker.Worker,
                Info = Info,
                RequestHeaders = Callbacks.RequestHeaders,
                ResponseHeaders = _responseStarted ? _http.ResponseHeaders : null,
                Type = Observability.AccessLogType.UpstreamEnd,
            });
        }
    }
}

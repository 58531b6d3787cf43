using System.Text;
using Proxy.Clusters;
using Proxy.Http;
using Proxy.Routing;
using Proxy.Streams;

namespace Proxy.Filters.Http.Router;

internal sealed partial class RouterFilter
{
    // A pool may hold many dead connections at once, when an upstream was restarted.
    private const int MaxReplays = 8;

    private const string DurationDetails = "upstream_max_stream_duration_reached";

    void IUpstreamOwner.OnReset(UpstreamAttempt attempt, StreamResetReason reason, string transport)
    {
        if (reason != StreamResetReason.Overflow && !CanReplayOn(attempt, reason))
        {
            attempt.Host?.Outliers?.OnBroken(_worker.Worker); // own limits never count against a host, nor does a connection that had gone before
        }

        if (IsHedged(attempt))
        {
            if (OthersMayAnswer(attempt))
            {
                UpstreamStatus.CountForHost(attempt.Host, _worker.Worker, 503);
                return;
            }

            _attempt = attempt;
            attempt.Claim();
        }
        else if (RetryReset(reason, transport))
        {
            return;
        }

        StopTimers();
        var outcome = ResetReasons.Of(reason);
        Info.Flags |= outcome.Flag;
        LogAttempt();
        if (_responseStarted)
        {
            _worker.Stats.Increment(RouterStats.ResetAfterResponseStarted);
            Callbacks.ResetStream(StreamResetReason.LocalReset, outcome.DetailsAfter);
            return;
        }

        _overloaded = outcome.IsOverload;
        Charge(outcome.Status);
        if (!outcome.IsOverload)
        {
            CountForHost(outcome.Status); // own limits never count against a host
        }

        // An interim answer counts as the beginning of one.
        Callbacks.SendLocalReply(outcome.Status, outcome.Body, _answered ? outcome.DetailsAfter : outcome.DetailsWith(transport), _editFailure);
    }

    void IUpstreamOwner.OnMaxDuration(UpstreamAttempt attempt)
    {
        if (ReferenceEquals(attempt, _attempt) && RetryAfterReset(StreamResetReason.LocalReset, isTimeout: false))
        {
            return;
        }

        StopTimers();
        CancelHedged(timedOut: false);
        if (_attempt is { IsActive: true } other)
        {
            other.Cancel();
        }

        Info.Flags |= ResponseFlags.UpstreamMaxStreamDurationReached;
        LogAttempt();
        if (_responseStarted)
        {
            _worker.Stats.Increment(RouterStats.ResetAfterResponseStarted);
            Callbacks.ResetStream(StreamResetReason.LocalReset, DurationDetails);
            return;
        }

        Callbacks.SendLocalReply(_requestComplete ? 504 : 408, "upstream max stream duration reached"u8, DurationDetails, _editFailure);
    }

    private void Refuse(HeaderMap headers, KnownHeader fault)
    {
        var name = Encoding.ASCII.GetString(KnownHeaders.NameOf(fault));
        var body = $"invalid header '{name}' with value '{Encoding.Latin1.GetString(headers.Get(fault))}'";
        Info.Flags |= ResponseFlags.InvalidEnvoyRequestHeaders;
        Callbacks.SendLocalReply(400, Encoding.Latin1.GetBytes(body), $"request_headers_failed_strict_check{{{name}}}");
    }

    // True when another try answers instead.
    private bool RetryReset(StreamResetReason reason, string transport)
    {
        if (CanReplayOn(_attempt!, reason))
        {
            Replay();
            return true;
        }

        Info.UpstreamTransportFailure = transport;
        if (RetryAfterReset(reason, isTimeout: false))
        {
            return true;
        }

        if (_responseStarted || !OthersMayAnswer(_attempt!))
        {
            return false;
        }

        CountForHost(503);
        return true;
    }

    private void FailWithoutHost()
    {
        Info.Flags |= ResponseFlags.NoHealthyUpstream;
        Charge(503);
        Callbacks.SendLocalReply(503, "no healthy upstream"u8, "no_healthy_upstream", _editFailure);
    }

    private void OnTimeout()
    {
        StopTimers();
        CancelHedged(timedOut: true);
        _counters.Increment(RouteStats.Timeout);
        if (_pausing || _attempt is { IsActive: true } || _hedged is not { Count: > 0 })
        {
            _cluster!.Stats.Increment(ClusterStats.RequestTimeout);
        }

        if (!_pausing)
        {
            GiveUpTry();
        }

        FailByTimeout("response_timeout");
    }

    private void GiveUpTry()
    {
        var attempt = _attempt!;
        if (attempt.Host is { } host)
        {
            host.On(_worker.Worker).RequestTimeouts++;
            NoteTimeout(host);
        }

        attempt.Cancel();
    }

    private void NoteTimeout(Host host)
    {
        if (!_responseStarted)
        {
            host.Outliers?.OnTimeout(_worker.Worker, _timeouts.AnswersNoContent ? 204 : 504);
        }
    }

    // Between two tries there is none to log or to blame a host for: that was done when the last one failed.
    private void FailByTimeout(string details)
    {
        Info.Flags |= ResponseFlags.UpstreamRequestTimeout;
        if (!_pausing)
        {
            LogAttempt();
        }

        if (_responseStarted)
        {
            _worker.Stats.Increment(RouterStats.ResetAfterResponseStarted);
            Callbacks.ResetStream(StreamResetReason.LocalReset, details);
            return;
        }

        var status = _timeouts.AnswersNoContent ? 204 : 504;
        Charge(status);
        if (!_pausing)
        {
            CountForHost(504);
        }

        Callbacks.SendLocalReply(status, "upstream request timeout"u8, details, _editFailure);
    }

    // RFC 9112, 9.3.1: only what may be done twice is sent twice, and only where the connection most likely had gone before the request came.
    private bool CanReplayOn(UpstreamAttempt attempt, StreamResetReason reason)
    {
        return reason == StreamResetReason.ConnectionTermination && !_responseStarted && !IsHedged(attempt) && attempt.IsReused && _body.CanReplay && !_answered
            && _replays < MaxReplays && IsReplayable();
    }

    private bool IsReplayable()
    {
        var headers = Callbacks.RequestHeaders;
        var method = headers.Get(KnownHeader.Method);
        var idempotent = method.SequenceEqual("GET"u8) || method.SequenceEqual("HEAD"u8) || method.SequenceEqual("PUT"u8)
            || method.SequenceEqual("DELETE"u8) || method.SequenceEqual("OPTIONS"u8) || method.SequenceEqual("TRACE"u8);
        return idempotent && !headers.Contains(KnownHeader.Upgrade);
    }

    private void Replay()
    {
        _replays++;
        _body.Rewind();
        if (ChooseHost(Callbacks.RequestHeaders) is { } host)
        {
            Info.AttemptCount++;
            StartAttempt(host, Callbacks.RequestHeaders);
        }
        else
        {
            StopTimers();
            FailWithoutHost();
        }
    }

    private void EditFailure(HeaderMap response)
    {
        if (_route!.VirtualHost.IncludeAttemptCountInResponse)
        {
            response.Set(KnownHeader.XEnvoyAttemptCount, Info.AttemptCount);
        }

        if (_overloaded && !Model.SuppressEnvoyHeaders)
        {
            response.Set(KnownHeader.XEnvoyOverloaded, "true"u8);
        }
    }

    // As in Envoy this is the end, whatever could be retried: the filter has spoken for the upstream.
    void IUpstreamOwner.OnLocalReply(UpstreamAttempt attempt, int status, ReadOnlySpan<byte> body, string details, Action<HeaderMap>? modifyHeaders)
    {
        StopTimers();
        CancelHedged(timedOut: false);
        if (!ReferenceEquals(attempt, _attempt) && _attempt is { IsActive: true } other)
        {
            other.Cancel();
        }

        LogAttempt();
        Callbacks.SendLocalReply(status, body, details, modifyHeaders);
    }

    HeaderMap IUpstreamOwner.Request => Callbacks.RequestHeaders;

    bool IUpstreamOwner.IsHeadOnly => _headersOnly;

    long IUpstreamOwner.BufferLimit => Callbacks.BufferLimit;

    IHttpFilterCallbacks? IUpstreamOwner.Stream => Callbacks;

    private bool IsInternal => Callbacks.RequestHeaders.Get(KnownHeader.XEnvoyInternal).SequenceEqual("true"u8);

    private void Charge(int status)
    {
        if (!Info.IsHealthCheck)
        {
            if (Model.SuppressGrpcStatusStats && GrpcReply.IsGrpcRequest(Callbacks.RequestHeaders))
            {
                UpstreamStatus.CountOnly(_cluster!.Stats, IsInternal);
                return;
            }

            UpstreamStatus.Count(_cluster!.Stats, status, IsInternal);
            _counters.Count(status);
        }
    }

    private void CountForHost(int status) => UpstreamStatus.CountForHost(_attempt?.Host, _worker.Worker, status);
}

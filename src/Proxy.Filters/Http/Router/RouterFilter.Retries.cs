using Proxy.Clusters;
using Proxy.Http;
using Proxy.Streams;
using Proxy.Workers;

namespace Proxy.Filters.Http.Router;

// Tries that failed, and the next ones.
internal sealed partial class RouterFilter
{
    private RetryState? _retries;
    private WorkerTimer? _pauseTimer;
    private WorkerTimer? _perTryTimer;
    private WorkerTimer? _perTryIdleTimer;
    private bool _pausing; // between two tries
    private bool _requestStarted; // this try has sent something

    private bool IsRetrying => _retries is { IsEnabled: true };

    private long RetryBufferLimit => _forward!.RequestBufferLimit ?? Callbacks.BufferLimit;

    private void PrepareRetries(HeaderMap headers)
    {
        var policy = _forward!.Retries;
        if (policy.Conditions != 0 || headers.Contains(KnownHeader.XEnvoyRetryOn) || headers.Contains(KnownHeader.XEnvoyRetryGrpcOn))
        {
            _retries ??= new RetryState(_worker.Worker, Model.Runtime);
            _retries.Begin(policy, _cluster!, _forward.Priority, headers, _counters);
        }

        RetryHeaders.Remove(headers);
    }

    // True when another try answers instead.
    private bool RetryAfterHeaders(UpstreamAttempt attempt, HeaderMap headers, int status)
    {
        if (!IsRetrying || !Retry(_retries!.OnHeaders(headers, status)))
        {
            return false;
        }

        CountForHost(503);
        UpstreamStatus.CountRetried(_cluster!.Stats, status);
        attempt.Cancel();
        TryLater(isTimeout: false);
        return true;
    }

    private bool RetryAfterReset(StreamResetReason reason, bool isTimeout)
    {
        if (!IsRetrying || _responseStarted || !Retry(_retries!.OnReset(reason, _requestStarted)))
        {
            return false;
        }

        CountForHost(503);
        TryLater(isTimeout);
        return true;
    }

    private bool Retry(RetryVerdict verdict)
    {
        _retryRefused = verdict is RetryVerdict.Overflow or RetryVerdict.LimitExceeded;
        switch (verdict)
        {
            case RetryVerdict.Overflow:
                Info.Flags |= ResponseFlags.UpstreamOverflow;
                break;
            case RetryVerdict.LimitExceeded:
                Info.Flags |= ResponseFlags.UpstreamRetryLimitExceeded;
                break;
        }

        return verdict == RetryVerdict.Yes;
    }

    private void TryLater(bool isTimeout)
    {
        StopTryTimers();
        if (_attempt is not { IsActive: true })
        {
            LogAttempt(); // a slow try goes on: it is logged when it is over
        }

        _body.Rewind();
        _answered = false;
        _pausing = true;
        if (_route!.VirtualHost.IncludeIsTimeoutRetryHeader)
        {
            Callbacks.RequestHeaders.Set(KnownHeader.XEnvoyIsTimeoutRetry, isTimeout ? "true"u8 : "false"u8);
        }

        _pauseTimer ??= _worker.Worker.CreateTimer(static self => ((RouterFilter)self!).TryAgain(), this);
        _pauseTimer.Arm(_retries!.NextPause());
    }

    private void TryAgain()
    {
        _pausing = false;
        var headers = Callbacks.RequestHeaders;
        if (ChooseHostForRetry(headers) is not { } host)
        {
            if (_hedged is { Count: > 0 } hedged && hedged.Exists(static other => other.IsActive))
            {
                return; // the slow try is all there is
            }

            StopTimers();
            FailWithoutHost();
            return;
        }

        Info.AttemptCount++;
        if (!Model.SuppressEnvoyHeaders)
        {
            _timeouts.TellUpstream(headers, _requestComplete ? MillisecondsSinceRequest() : 0);
        }

        StartAttempt(host, headers);
    }

    // Too much to be kept: whatever becomes of this try is the answer. False when there is no try that could answer.
    private bool KeepWithinLimit(int more)
    {
        if (!KeepsBody || _responseStarted || _body.Kept + more <= RetryBufferLimit)
        {
            return true;
        }

        _cluster!.Stats.Increment(ClusterStats.RequestAbandoned);
        _redirectLost = true;
        _retries?.End();
        _body.StopRetaining();
        if (!_pausing)
        {
            return true;
        }

        StopTimers();
        _pausing = false;
        Callbacks.SendLocalReply(507, "exceeded request buffer limit while retrying upstream"u8, "request_payload_exceeded_retry_buffer_limit", _editFailure);
        return false;
    }

    private void StartTryTimers()
    {
        if (_timeouts.PerTryMilliseconds > 0 && _requestComplete && !_responseStarted)
        {
            _perTryTimer ??= _worker.Worker.CreateTimer(static self => ((RouterFilter)self!).OnPerTryTimeout(), this);
            _perTryTimer.Arm(_timeouts.PerTryMilliseconds);
        }

        RestartIdleTimer();
    }

    private void RestartIdleTimer()
    {
        if (_forward!.Retries.PerTryIdleMilliseconds is > 0 and var idle)
        {
            _perTryIdleTimer ??= _worker.Worker.CreateTimer(static self => ((RouterFilter)self!).OnPerTryIdleTimeout(), this);
            _perTryIdleTimer.Arm(idle);
        }
    }

    private void OnPerTryTimeout()
    {
        if (Hedge())
        {
            return;
        }

        _cluster!.Stats.Increment(ClusterStats.RequestPerTryTimeout);
        EndTry("upstream_per_try_timeout");
    }

    private void OnPerTryIdleTimeout()
    {
        _cluster!.Stats.Increment(ClusterStats.RequestPerTryIdleTimeout);
        EndTry("upstream_per_try_idle_timeout");
    }

    private void EndTry(string details)
    {
        GiveUpTry();
        if (!RetryAfterReset(StreamResetReason.LocalReset, isTimeout: true))
        {
            StopTimers();
            FailByTimeout(details);
        }
    }

    private void StopTryTimers()
    {
        _perTryTimer?.Cancel();
        _perTryIdleTimer?.Cancel();
    }

    private void StopTimers()
    {
        StopTryTimers();
        _timeoutTimer?.Cancel();
        _pauseTimer?.Cancel();
    }

    private void RecycleRetries()
    {
        _retries?.End();
        _pausing = _requestStarted = false;
    }
}

using Proxy.Clusters;
using Proxy.Http;

namespace Proxy.Filters.Http.Router;

// Tries that were too slow and go on beside the next one: the first good answer wins.
internal sealed partial class RouterFilter
{
    private List<UpstreamAttempt>? _hedged;
    private Stack<HttpAttempt>? _spares;
    private bool _hedging;
    private bool _retryRefused; // the last answer would have been retried, had there been a try left

    private bool IsHedged(UpstreamAttempt attempt) => _hedged is { Count: > 0 } && !ReferenceEquals(attempt, _attempt);

    // Only once the whole request is kept: every try sends it from its beginning.
    private bool CanHedge => _hedging && _requestComplete && !_responseStarted && IsRetrying && _attempt is HttpAttempt or FilteredAttempt { IsTunnel: false } && _body.CanReplay;

    private bool Hedge()
    {
        if (!CanHedge)
        {
            return false;
        }

        NoteTimeout(_attempt!.Host!);
        if (Retry(_retries!.OnSlowTry()))
        {
            (_hedged ??= []).Add(_attempt!);
            if (ReferenceEquals(_attempt, _http))
            {
                _http = _spares is { Count: > 0 } spares ? spares.Pop() : new HttpAttempt(this);
            }

            TryLater(isTimeout: true);
        }

        return true; // refused or not, the slow try may still answer
    }

    // A try beside or after this one may still answer.
    private bool OthersMayAnswer(UpstreamAttempt attempt)
    {
        if (_hedged is not { Count: > 0 })
        {
            return false;
        }

        return _pausing || (!ReferenceEquals(attempt, _attempt) && _attempt is { IsActive: true })
            || _hedged.Exists(other => other.IsActive && !ReferenceEquals(other, attempt));
    }

    // True when the answer of a try that was given up on is none to pass on.
    private bool DropHedged(UpstreamAttempt attempt, HeaderMap headers, int status)
    {
        if (!IsRetrying || !_retries!.Wants(headers, status) || !OthersMayAnswer(attempt))
        {
            return false;
        }

        UpstreamStatus.CountForHost(attempt.Host, _worker.Worker, 503);
        attempt.Cancel();
        return true;
    }

    // True when a try that would have been retried waits for an older one to do better.
    private bool DropRefused(UpstreamAttempt attempt)
    {
        if (!_retryRefused || !OthersMayAnswer(attempt))
        {
            return false;
        }

        CountForHost(503);
        attempt.Cancel();
        return true;
    }

    // This try answers: the others have lost.
    private void Win(UpstreamAttempt attempt)
    {
        if (_hedged is not { Count: > 0 } hedged)
        {
            return;
        }

        if (!ReferenceEquals(attempt, _attempt))
        {
            _attempt!.Cancel();
            _attempt = attempt;
            attempt.Claim();
            attempt.ReadDisable(_clientSlow);
        }

        _pauseTimer?.Cancel();
        _pausing = false;
        foreach (var other in hedged)
        {
            if (!ReferenceEquals(other, attempt))
            {
                other.Cancel();
            }
        }
    }

    private void CancelHedged(bool timedOut)
    {
        if (_hedged is null)
        {
            return;
        }

        foreach (var other in _hedged)
        {
            if (other.IsActive && timedOut)
            {
                _cluster!.Stats.Increment(ClusterStats.RequestTimeout);
                other.Host!.On(_worker.Worker).RequestTimeouts++;
                NoteTimeout(other.Host);
            }

            other.Cancel();
        }
    }

    private void RecycleHedged()
    {
        _hedging = _retryRefused = false;
        if (_hedged is not { Count: > 0 })
        {
            return;
        }

        foreach (var attempt in _hedged)
        {
            if (attempt is HttpAttempt spare)
            {
                spare.Recycle();
                (_spares ??= new Stack<HttpAttempt>()).Push(spare);
            }
        }

        _hedged.Clear();
    }
}

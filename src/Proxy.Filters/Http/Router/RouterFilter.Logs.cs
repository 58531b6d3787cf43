using Proxy.Observability;
using Proxy.Workers;

namespace Proxy.Filters.Http.Router;

// Logs of the attempts.
internal sealed partial class RouterFilter
{
    private WorkerTimer? _logTimer;

    private void LogBeginning()
    {
        if (Model.LogOnUpstreamStart)
        {
            LogAttempt(AccessLogType.UpstreamPoolReady);
        }

        if (Model.UpstreamLogMilliseconds is > 0 and var interval)
        {
            _logTimer ??= _worker.Worker.CreateTimer(static self => ((RouterFilter)self!).OnLogTimer(), this);
            _logTimer.Arm(interval);
        }
    }

    private void OnLogTimer()
    {
        LogAttempt(AccessLogType.UpstreamPeriodic);
        _logTimer!.Arm(Model.UpstreamLogMilliseconds);
    }

    // Once for each attempt: a tunnel may go on towards the upstream after its answer has ended.
    private void LogAttempt()
    {
        if (!_answerComplete)
        {
            _logTimer?.Cancel();
            LogAttempt(AccessLogType.UpstreamEnd);
        }
    }

    private void LogAttempt(AccessLogType type)
    {
        foreach (var log in Model.UpstreamLogs)
        {
            log.Log(new AccessLogEntry
            {
                Worker = _worker.Worker,
                Info = Info,
                RequestHeaders = Callbacks.RequestHeaders,
                ResponseHeaders = _responseStarted ? _attempt?.Answer : null,
                Type = type,
            });
        }
    }
}

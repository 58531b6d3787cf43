namespace Proxy.Observability.AccessLogs;

/// <summary>Passes on what a filter takes.</summary>
internal sealed class FilteredAccessLog : IAccessLog
{
    private readonly AccessLogPredicate _predicate;
    private readonly IAccessLog _next;

    public FilteredAccessLog(AccessLogPredicate predicate, IAccessLog next)
    {
        _predicate = predicate;
        _next = next;
    }

    public void Log(in AccessLogEntry entry)
    {
        if (_predicate.Matches(entry))
        {
            _next.Log(entry);
        }
    }
}

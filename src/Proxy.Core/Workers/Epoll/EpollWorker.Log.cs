using Microsoft.Extensions.Logging;

namespace Proxy.Workers.Epoll;

internal sealed partial class EpollWorker
{
    /// <summary>Says that connections wait in the kernel because the process has run out of something.</summary>
    internal void LogAcceptPaused(string address, string reason) => LogAcceptPaused(Name, address, reason);

    [LoggerMessage(EventId = 1001, Level = LogLevel.Error, Message = "{Worker}: a callback failed")]
    private partial void LogUnhandled(Exception exception, string worker);

    [LoggerMessage(EventId = 1002, Level = LogLevel.Warning, Message = "{Worker}: {Address} accepts no connections for now: {Reason}")]
    private partial void LogAcceptPaused(string worker, string address, string reason);
}

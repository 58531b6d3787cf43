using Microsoft.Extensions.Logging;

namespace Proxy.Workers.Sockets;

internal sealed partial class SocketWorker
{
    /// <summary>Says that connections wait in the system because accepting one failed.</summary>
    internal void LogAcceptPaused(string address, string reason) => LogAcceptPaused(Name, address, reason);

    [LoggerMessage(EventId = 1011, Level = LogLevel.Error, Message = "{Worker}: a callback failed")]
    private partial void LogUnhandled(Exception exception, string worker);

    [LoggerMessage(EventId = 1012, Level = LogLevel.Warning, Message = "{Worker}: {Address} accepts no connections for now: {Reason}")]
    private partial void LogAcceptPaused(string worker, string address, string reason);
}

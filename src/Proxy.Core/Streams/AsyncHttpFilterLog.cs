using Microsoft.Extensions.Logging;

namespace Proxy.Streams;

internal static partial class AsyncHttpFilterLog
{
    [LoggerMessage(EventId = 2001, Level = LogLevel.Error, Message = "HTTP filter {Filter} failed; its request is answered with 500.")]
    public static partial void Failed(ILogger logger, Exception exception, string filter);
}

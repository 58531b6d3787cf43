using Microsoft.Extensions.Logging;

namespace Proxy.Streams;

internal static partial class FilterChainLog
{
    [LoggerMessage(EventId = 2002, Level = LogLevel.Error, Message = "An HTTP filter has thrown; its request is answered with 500 or cut.")]
    public static partial void Failed(ILogger logger, Exception exception);
}

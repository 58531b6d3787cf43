using Microsoft.Extensions.Logging;

namespace Proxy.Hosting;

public sealed partial class ProxyServer
{
    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "all dependencies initialized. starting workers: {Listeners} listeners, {Clusters} clusters, {Workers} workers")]
        public static partial void Started(ILogger logger, int listeners, int clusters, int workers);
    }
}

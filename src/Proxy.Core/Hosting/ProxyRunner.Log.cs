using Microsoft.Extensions.Logging;

namespace Proxy.Hosting;

public sealed partial class ProxyRunner
{
    private static partial class Log
    {
        [LoggerMessage(10, LogLevel.Information, "proxy '{Name}': changed configuration is in use")]
        public static partial void Reloaded(ILogger logger, string name);

        [LoggerMessage(11, LogLevel.Error, "proxy '{Name}': changed configuration refused, the last good one goes on:\n{Faults}")]
        public static partial void ReloadRefused(ILogger logger, string name, string faults);
    }
}

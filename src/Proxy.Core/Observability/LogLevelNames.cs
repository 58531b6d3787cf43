using Microsoft.Extensions.Logging;

namespace Proxy.Observability;

/// <summary>Envoy's names of log levels.</summary>
internal static class LogLevelNames
{
    /// <summary>The names, for messages.</summary>
    public const string All = "trace debug info warning error critical off";

    /// <summary>The name of a level.</summary>
    public static string Of(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warning",
        LogLevel.Error => "error",
        LogLevel.Critical => "critical",
        _ => "off",
    };

    /// <summary>The level of a name; <c>warn</c> is understood too.</summary>
    public static bool TryParse(string text, out LogLevel level)
    {
        (level, var known) = text switch
        {
            "trace" => (LogLevel.Trace, true),
            "debug" => (LogLevel.Debug, true),
            "info" => (LogLevel.Information, true),
            "warn" or "warning" => (LogLevel.Warning, true),
            "error" => (LogLevel.Error, true),
            "critical" => (LogLevel.Critical, true),
            "off" => (LogLevel.None, true),
            _ => (LogLevel.None, false),
        };
        return known;
    }
}

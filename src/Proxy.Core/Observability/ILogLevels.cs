using Microsoft.Extensions.Logging;

namespace Proxy.Observability;

/// <summary>Levels of the process log, changeable while it runs; found in DI by the admin interface (<c>/logging</c>).</summary>
internal interface ILogLevels
{
    /// <summary>The loggers there are and their levels, by name.</summary>
    IReadOnlyList<KeyValuePair<string, LogLevel>> Loggers { get; }

    /// <summary>Changes one logger's level, or that of all loggers when <paramref name="logger"/> is null; false when there is no such logger.</summary>
    bool TrySet(string? logger, LogLevel level);
}

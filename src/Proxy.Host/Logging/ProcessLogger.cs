using Microsoft.Extensions.Logging;

namespace Proxy.Host.Logging;

/// <summary>Logs one category to the process log.</summary>
internal sealed class ProcessLogger(ProcessLog log, string component, string category, ProcessLog.ComponentLevel level) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
    {
        return null;
    }

    public bool IsEnabled(LogLevel logLevel) => logLevel >= level.Level && logLevel != LogLevel.None;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
        {
            return;
        }

        var message = formatter(state, exception);
        log.Write(logLevel, component, category, eventId, exception is null ? message : $"{message}: {exception}");
    }
}

using System.Text;
using Microsoft.Extensions.Logging;
using Proxy.Host.CommandLine;
using Proxy.Observability;

namespace Proxy.Host.Logging;

/// <summary>The process log: lines in Envoy's format on standard error or in a file, levels by component.</summary>
/// <remarks>From any thread. It is no access log: a line is written when it is logged.</remarks>
internal sealed class ProcessLog : ILoggerFactory, ILoggerProvider, ILogLevels
{
    private readonly LogPattern _pattern;
    private readonly LogOptions _options;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, ComponentLevel> _components = new(StringComparer.Ordinal);
    private readonly StringBuilder _line = new();
    private LogLevel _level;
    private TextWriter _output;

    /// <summary>Opens the log; <paramref name="standardError"/> is where lines go when no file is named.</summary>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public ProcessLog(LogOptions options, TextWriter standardError, TimeProvider time)
    {
        _options = options;
        _time = time;
        _level = options.Level;
        _pattern = new LogPattern(options.Format);
        _output = options.Path is null ? standardError : Open(options.Path);
        foreach (var (component, level) in options.Components)
        {
            _components[component] = new ComponentLevel { Level = level };
        }
    }

    public IReadOnlyList<KeyValuePair<string, LogLevel>> Loggers
    {
        get
        {
            lock (_gate)
            {
                return [.. _components.Select(component => new KeyValuePair<string, LogLevel>(component.Key, component.Value.Level))];
            }
        }
    }

    public bool TrySet(string? logger, LogLevel level)
    {
        lock (_gate)
        {
            if (logger is not null)
            {
                var known = _components.TryGetValue(logger, out var one);
                if (known)
                {
                    one!.Level = level;
                }

                return known;
            }

            _level = level;
            foreach (var component in _components.Values)
            {
                component.Level = level;
            }

            return true;
        }
    }

    public ILogger CreateLogger(string categoryName)
    {
        var component = LogComponents.Of(categoryName);
        lock (_gate)
        {
            if (!_components.TryGetValue(component, out var level))
            {
                _components.Add(component, level = new ComponentLevel { Level = _level });
            }

            return new ProcessLogger(this, component, categoryName, level);
        }
    }

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("The process log is the only one.");

    /// <summary>Opens the file anew, after a tool has moved it.</summary>
    public void Reopen()
    {
        if (_options.Path is null)
        {
            return;
        }

        lock (_gate)
        {
            _output.Dispose();
            _output = Open(_options.Path);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _output.Flush();
            if (_options.Path is not null)
            {
                _output.Dispose();
                _output = TextWriter.Null;
            }
        }
    }

    internal void Write(LogLevel level, string component, string category, EventId id, string message)
    {
        if (_options.Escape)
        {
            message = message.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal).Replace("\r", "\\r", StringComparison.Ordinal);
        }

        lock (_gate)
        {
            _line.Clear();
            _pattern.Write(_line, new LogEntry(_time.GetUtcNow(), level, component, category, id.Id, id.Name ?? "", ThreadNumber.Current, message));
            _line.Append('\n');
            _output.Write(_line);
            _output.Flush();
        }
    }

    private static StreamWriter Open(string path)
    {
        var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        return new StreamWriter(file, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
    }

    /// <summary>What a component's loggers share, so that a change reaches them all.</summary>
    internal sealed class ComponentLevel
    {
        private volatile int _level;

        public LogLevel Level
        {
            get => (LogLevel)_level;
            set => _level = (int)value;
        }
    }
}

using Proxy.Configuration;
using Proxy.Hosting;
using Proxy.Workers.Files;

namespace Proxy.Observability.AccessLogs;

/// <summary>Makes access logs: files and standard streams through the file flusher, anything else through the sinks of the application.</summary>
internal sealed class DefaultAccessLogFactory : AccessLogFactory
{
    private readonly FormatEnvironment _environment;
    private readonly FileFlusher? _files;
    private readonly RuntimeSnapshot _runtime;
    private readonly Dictionary<Type, IAccessLogSink> _sinks = [];

    /// <param name="environment">What formats know about the process.</param>
    /// <param name="files">Writes files; null where there is no file system, which refuses file logs.</param>
    /// <param name="sinks">Sinks of the application; the first of a type wins.</param>
    /// <param name="runtime">Values that filters of logs may name.</param>
    public DefaultAccessLogFactory(FormatEnvironment environment, FileFlusher? files, IEnumerable<IAccessLogSink> sinks, RuntimeSnapshot runtime)
    {
        _runtime = runtime;
        _environment = environment;
        _files = files;
        foreach (var sink in sinks)
        {
            _sinks.TryAdd(sink.ConfigType, sink);
        }
    }

    public override IReadOnlyList<IAccessLog> Create(IEnumerable<AccessLogConfig> configs)
    {
        var faults = new FaultList();
        var logs = new List<IAccessLog>();
        foreach (var (config, i) in configs.Select(static (config, i) => (config, i)))
        {
            try
            {
                Add(logs, config);
            }
            catch (ConfigException e)
            {
                faults.Add($"[{i}]", e);
            }
        }

        faults.ThrowIfAny();
        return logs;
    }

    private void Add(List<IAccessLog> logs, AccessLogConfig config)
    {
        var faults = new FaultList();
        var predicate = config.Filter is null ? null : AccessLogPredicate.Compile(config.Filter, _runtime, "filter", faults);
        var log = config.Sink switch
        {
            FileAccessLogConfig file => ToFile(file.Path, file.Format, faults),
            StreamAccessLogConfig stream => ToFile(stream.StandardError ? "/dev/stderr" : "/dev/stdout", stream.Format, faults),
            _ when _sinks.TryGetValue(config.Sink.GetType(), out var sink) => sink.Create(config.Sink),
            _ => throw new ConfigException("", $"no access-log sink is registered for {config.Sink.GetType().Name}"),
        };
        faults.ThrowIfAny();
        logs.Add(predicate is null ? log! : new FilteredAccessLog(predicate, log!));
    }

    private FormattedAccessLog? ToFile(string path, LogFormatConfig format, FaultList faults)
    {
        if (_files is null)
        {
            throw new ConfigException("path", "this application has no file system for logs (FileFlusherOptions)");
        }

        if (LogFormat.Compile(format, _environment, "log_format", faults) is not { } compiled)
        {
            return null;
        }

        try
        {
            return new FormattedAccessLog(compiled, _files.Open(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new ConfigException("path", $"unable to open file '{path}': {e.Message}");
        }
    }
}

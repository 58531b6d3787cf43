using Proxy.Workers;
using Proxy.Workers.Files;

namespace Proxy.Observability.AccessLogs;

/// <summary>Lines in a format, appended to a file by the file flusher.</summary>
internal sealed class FormattedAccessLog : IAccessLog
{
    private static readonly WorkerLocal<FormatWriter> Writers = new(static _ => new FormatWriter());

    private readonly LogFormat _format;
    private readonly ILogFile _file;

    public FormattedAccessLog(LogFormat format, ILogFile file)
    {
        _format = format;
        _file = file;
    }

    public void Log(in AccessLogEntry entry)
    {
        var writer = Writers.Get(entry.Worker);
        writer.Clear();
        _format.Write(entry, writer);
        _file.Write(entry.Worker, writer.Written);
    }
}

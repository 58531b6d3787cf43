using Proxy.Configuration;
using Proxy.Configuration.Matching;
using Proxy.Matching;
using Proxy.Observability;

namespace Proxy.Expressions;

/// <summary>A compiled expression. Immutable, shared by all workers. Nothing in it repeats, and the texts it makes are bounded: so are its time and memory.</summary>
internal sealed class CelProgram
{
    // Evaluation neither waits nor calls out, so a thread has one at a time.
    [ThreadStatic]
    private static FormatWriter? room;

    private readonly CelNode _root;

    private CelProgram(CelNode root) => _root = root;

    /// <summary>Compiles <paramref name="config"/>, adding faults.</summary>
    public static CelProgram Compile(CelConfig config, string path, FaultList faults) => new(new CelCompiler(config, path, faults).Compile());

    /// <summary>True when its value is true; an error, or any other value, is none.</summary>
    public bool IsTrue(in MatchData data)
    {
        var context = Begin(data);
        return _root.Evaluate(context).IsTrue;
    }

    /// <summary>The same for what there is to log.</summary>
    public bool IsTrue(in AccessLogEntry entry) => IsTrue(DataOf(entry));

    /// <summary>Writes the value; nothing when it is an error.</summary>
    public bool TryWrite(in AccessLogEntry entry, FormatWriter writer)
    {
        var data = DataOf(entry);
        var context = Begin(data);
        var value = _root.Evaluate(context);
        if (!value.IsError)
        {
            CelText.Write(value, writer);
        }

        return !value.IsError;
    }

    /// <summary>Writes the value as JSON of its kind; nothing when it is an error.</summary>
    public bool TryWriteJson(in AccessLogEntry entry, FormatWriter writer)
    {
        var data = DataOf(entry);
        var context = Begin(data);
        var value = _root.Evaluate(context);
        if (!value.IsError)
        {
            CelText.WriteJson(value, writer);
        }

        return !value.IsError;
    }

    private static CelContext Begin(in MatchData data)
    {
        room ??= new FormatWriter();
        room.Clear();
        return new CelContext(data, room);
    }

    private static MatchData DataOf(in AccessLogEntry entry) => new()
    {
        Worker = entry.Worker,
        Info = entry.Info,
        Connection = entry.Info.Downstream,
        RequestHeaders = entry.RequestHeaders,
        ResponseHeaders = entry.ResponseHeaders,
        ResponseTrailers = entry.ResponseTrailers,
    };
}

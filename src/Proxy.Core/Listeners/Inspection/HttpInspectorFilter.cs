using System.Buffers;
using Proxy.Stats;

namespace Proxy.Listeners.Inspection;

/// <summary>Looks whether a plain connection begins with HTTP, and which, so that its filter chain can be chosen by it. Uses no byte up.</summary>
internal sealed class HttpInspectorFilter(StatShard stats) : ListenerFilter
{
    private const int MaxLine = 8 * 1024;

    private static readonly SearchValues<byte> MethodLetters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-.^_`|~"u8);

    private static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    // TLS is not to be looked into.
    public override ListenerFilterStatus OnAccept() =>
        Connection.Info.TransportProtocol == "raw_buffer" ? ListenerFilterStatus.NeedMoreData : ListenerFilterStatus.Continue;

    public override ListenerFilterStatus OnData(ReadOnlySpan<byte> data, out int consumed)
    {
        consumed = 0;
        if (data.Length < Preface.Length && Preface.StartsWith(data))
        {
            return ListenerFilterStatus.NeedMoreData;
        }

        if (data.StartsWith(Preface))
        {
            return Found("h2c", HttpInspectorStats.Http2Found);
        }

        var end = data.IndexOf((byte)'\n');
        if (end < 0)
        {
            return MayBecomeARequest(data) ? ListenerFilterStatus.NeedMoreData : NotFound();
        }

        var line = data[..end].TrimEnd((byte)'\r');
        return !MayBecomeARequest(line) ? NotFound()
            : line.EndsWith(" HTTP/1.1"u8) ? Found("http/1.1", HttpInspectorStats.Http11Found)
            : line.EndsWith(" HTTP/1.0"u8) ? Found("http/1.0", HttpInspectorStats.Http10Found)
            : NotFound();
    }

    private static bool MayBecomeARequest(ReadOnlySpan<byte> line)
    {
        if (line.Length > MaxLine)
        {
            return false;
        }

        var blank = line.IndexOfAnyExcept(MethodLetters);
        return blank < 0 || (blank > 0 && line[blank] == (byte)' ' && line[blank..].IndexOfAnyInRange((byte)0, (byte)0x1f) < 0);
    }

    private ListenerFilterStatus Found(string protocol, CounterId counter)
    {
        stats.Increment(counter);
        Connection.Info.ApplicationProtocols = [protocol];
        return ListenerFilterStatus.Continue;
    }

    private ListenerFilterStatus NotFound()
    {
        stats.Increment(HttpInspectorStats.NotFound);
        return ListenerFilterStatus.Continue;
    }
}

namespace Proxy.Core.Tests.Http.H1.Replay;

/// <summary>Plays one probe of the family <c>h1_request</c>.</summary>
internal static class RequestReplay
{
    public static string? Play(Probe probe)
    {
        var count = 0;
        var proxy = new MiniProxy(MiniSettings.ForRequests(probe.Listener), upstream => Script(upstream, ref count));
        foreach (var segment in probe.Segments)
        {
            if (!proxy.ClientClosed)
            {
                proxy.ClientSends(segment);
            }
        }

        proxy.Settle();
        bool? closed = proxy.ClientClosed;
        if (probe.Then is not null && !proxy.ClientClosed)
        {
            proxy.ClientEnds();
            closed = probe.Then == "fin" ? true : null;
        }

        var forwarded = proxy.Upstreams.SelectMany(static u => u.Requests).ToList();
        return RequestVerdict.Of(probe, WireReader.Responses(proxy.Output), forwarded, closed);
    }

    private static void Script(MiniUpstream upstream, ref int count)
    {
        upstream.IsTunnel = static r => r.Method == "CONNECT" || IsGranted(r);
        var complete = upstream.Requests.Where(static r => !r.Incomplete).ToList();
        for (; upstream.Answered < complete.Count; upstream.Answered++)
        {
            var request = complete[upstream.Answered];
            count++;
            if (request.Line.Split(' ')[1] == "/hang")
            {
                continue;
            }

            upstream.Send(request.Method == "CONNECT" ? "HTTP/1.1 200 OK\r\n\r\n"
                : IsGranted(request) ? $"HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: {Value(request, "upgrade")}\r\n\r\n"
                : "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n" + (request.Method == "HEAD" ? "" : $"u{count % 10}"));
        }
    }

    private static bool IsGranted(SeenMessage request) =>
        request.Fields.Exists(static f => f.StartsWith("upgrade:", StringComparison.Ordinal))
        && Value(request, "connection").Contains("upgrade", StringComparison.Ordinal) && request.Line.Contains("101", StringComparison.Ordinal);

    private static string Value(SeenMessage request, string name) =>
        request.Fields.Find(f => f.StartsWith(name + ": ", StringComparison.Ordinal))?[(name.Length + 2)..].ToLowerInvariant() ?? "";
}

using System.Text.Json;

namespace Proxy.Core.Tests.Http.H1.Replay;

/// <summary>Plays one probe of the family <c>h1_response</c>: a scripted answer, then a second request.</summary>
internal static class ResponseReplay
{
    public static string? Play(Probe probe)
    {
        if (probe.Seen.GetRawText().Contains("websocket_handshake_unsuccessful", StringComparison.Ordinal))
        {
            return null; // a refused upgrade is the router's to answer
        }

        MiniUpstream? first = null;
        var targets = new Dictionary<MiniUpstream, List<string>>();
        var proxy = new MiniProxy(MiniSettings.ForResponses(probe.Listener), upstream =>
        {
            var log = targets.TryGetValue(upstream, out var known) ? known : targets[upstream] = [];
            foreach (var request in upstream.Requests.Skip(upstream.Answered).Where(r => !r.Incomplete || (probe.Early && first is null && r.Framing != "partial")))
            {
                upstream.Answered++;
                log.Add(request.Line.Split(' ')[1]);
                if (first is null)
                {
                    first = upstream;
                }
                else
                {
                    upstream.Send("HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n" + (request.Method == "HEAD" ? "" : "two"));
                }
            }
        });

        proxy.ClientSends(probe.Request);
        SendAnswer(probe, proxy, first);
        var one = proxy.TakeOutput();
        if (!IsComplete(one, probe.IsHead))
        {
            proxy.Settle();
        }

        var closed = proxy.ClientClosed;
        string? two = null;
        bool? closedTwo = null;
        if (closed || IsComplete(one, probe.IsHead))
        {
            if (closed)
            {
                proxy.Reconnect();
            }

            proxy.ClientSends("GET /two HTTP/1.1\r\nHost: a.test\r\n\r\n"u8);
            proxy.Settle();
            two = proxy.TakeOutput();
            closedTwo = proxy.ClientClosed;
        }

        return Compare(probe, one, closed, two, closedTwo, proxy, targets, first);
    }

    private static void SendAnswer(Probe probe, MiniProxy proxy, MiniUpstream? first)
    {
        if (first is null)
        {
            return;
        }

        foreach (var segment in probe.Segments)
        {
            if (!first.Closed)
            {
                first.Send(segment);
                proxy.Run();
            }
        }

        if (probe.Then is not (null or "keep"))
        {
            first.End();
            proxy.Run();
        }
    }

    private static bool IsComplete(string output, bool head)
    {
        var all = WireReader.Responses(output, head);
        var final = all.Find(static r => r.Status[0] != '1' || r.Status == "101");
        if (final is null)
        {
            return false;
        }

        return final.Status is "204" or "304" || head
            || (!final.Incomplete && final.Fields.Exists(static f => f.StartsWith("content-length", StringComparison.Ordinal) || f == "transfer-encoding: chunked"));
    }

    private static string? Compare(
        Probe probe, string one, bool closed, string? two, bool? closedTwo, MiniProxy proxy, Dictionary<MiniUpstream, List<string>> targets, MiniUpstream? first)
    {
        var problem = ResponseVerdict.Of(probe, "r", one, probe.IsHead) ?? ResponseVerdict.Of(probe, "r2", two, false);
        if (problem is not null)
        {
            return problem;
        }

        if (Recorded(probe, "closed") != closed)
        {
            return $"differs: client connection {(closed ? "closed" : "open")}";
        }

        if (two is not null && Recorded(probe, "closed2") != closedTwo)
        {
            return "differs: client connection after the second response";
        }

        var got = string.Join(' ', proxy.Upstreams.Where(targets.ContainsKey).Select(u => $"[{string.Join(',', targets[u])} {(u == first && (u.PeerEnded || (probe.Then is not (null or "keep") && probe.Segments.Count < 2)) ? "" : u.Closed)}]"));
        var want = string.Join(' ', probe.Seen.GetProperty("ups").EnumerateArray().Select(static u =>
            $"[{string.Join(',', u.GetProperty("t").EnumerateArray().Select(static t => t.GetString()))} {(u.GetProperty("closed").ValueKind == JsonValueKind.Null ? "" : u.GetProperty("closed").GetBoolean())}]"));
        return got == want ? null : got.Contains(",/two", StringComparison.Ordinal) && !want.Contains(",/two", StringComparison.Ordinal)
            ? $"UNSAFE: reuses the connection: {got}, the reference {want}"
            : $"differs: upstreams {got}, the reference {want}";
    }

    private static bool? Recorded(Probe probe, string name) =>
        probe.Seen.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value.GetBoolean() : null;
}

using System.Text.Json;
using Proxy.Core.Tests.Http.H1.Replay;
using Proxy.Testing;

namespace Proxy.Filters.Tests.Probes;

/// <summary>Plays one probe of the family <c>h1_response</c>: a scripted answer, then a second request.</summary>
internal sealed class ResponseProbe(ProbeProxy proxy, Probe probe)
{
    private const string Second = "GET /two HTTP/1.1\r\nHost: a.test\r\n\r\n";
    private readonly Dictionary<TestPeer, List<string>> _targets = [];
    private TestPeer? _first;
    private bool _firstEnded;

    public string? Play()
    {
        proxy.Script = OnUpstreamReceived;
        var client = proxy.Connect(probe.Listener);
        client.Send(probe.Request);
        proxy.Wait(10);
        SendAnswer();
        proxy.Wait(IsComplete(client.Text, probe.IsHead) ? 19 : 150);
        var one = client.Text;
        var closed = !client.IsOpen;
        string? two = null;
        var second = client;
        if (closed || IsComplete(one, probe.IsHead))
        {
            second = closed ? proxy.Connect(probe.Listener) : client;
            var start = second.Text.Length;
            second.Send(Second);
            proxy.Wait(IsComplete(second.Text[start..], head: false) ? 19 : 150);
            two = second.Text[start..];
        }

        var verdict = Compare(one, closed, two, two is null ? null : !second.IsOpen);
        proxy.Clean(client, second);
        return verdict;
    }

    private static bool IsComplete(string output, bool head)
    {
        var final = WireReader.Responses(output, head).Find(static r => r.Status[0] != '1' || r.Status == "101");
        return final is not null && (final.Status is "204" or "304" || head
            || (!final.Incomplete && final.Fields.Exists(static f => f.StartsWith("content-length", StringComparison.Ordinal) || f == "transfer-encoding: chunked")));
    }

    private void OnUpstreamReceived(TestPeer peer)
    {
        var log = _targets.TryGetValue(peer, out var known) ? known : _targets[peer] = [];
        var requests = WireReader.Requests(peer.Text, static _ => false).Skip(log.Count);
        foreach (var request in requests.Where(r => !r.Incomplete || (probe.Early && _first is null && r.Framing != "partial")))
        {
            log.Add(request.Line.Split(' ')[1]);
            if (_first is null)
            {
                _first = peer;
            }
            else
            {
                peer.Send("HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n" + (request.Method == "HEAD" ? "" : "two"));
            }
        }
    }

    private void SendAnswer()
    {
        if (_first is not { } first)
        {
            return;
        }

        foreach (var segment in probe.Segments.Where(_ => first.IsOpen))
        {
            first.Send(segment);
            proxy.Wait(probe.Segments.Count > 1 ? 30 : 0);
        }

        var ends = probe.Then is not (null or "keep");
        _firstEnded = ends && (first.IsOpen || probe.Segments.Count < 2);
        if (ends && first.IsOpen)
        {
            _ = probe.Then switch
            {
                "fin" => first.SendEnd(),
                "rst" => first.Reset(),
                _ => first.Close(),
            };
        }
    }

    private string? Compare(string one, bool closed, string? two, bool? closedTwo)
    {
        var verdict = ResponseVerdict.Of(probe, "r", one, probe.IsHead) ?? ResponseVerdict.Of(probe, "r2", two, head: false);
        if (verdict is not null)
        {
            return verdict;
        }

        if (Recorded("closed") != closed || (two is not null && Recorded("closed2") != closedTwo))
        {
            return "differs: client connection";
        }

        var got = string.Join(' ', proxy.Upstreams.Where(_targets.ContainsKey).Select(u => $"[{string.Join(',', _targets[u])} {(u == _first && _firstEnded ? "" : !u.IsOpen)}]"));
        var want = string.Join(' ', probe.Seen.GetProperty("ups").EnumerateArray().Select(Upstream));
        return got == want ? null : $"differs: upstreams {got}, the reference {want}";
    }

    private static string Upstream(JsonElement seen)
    {
        var closed = seen.GetProperty("closed");
        var targets = seen.GetProperty("t").EnumerateArray().Select(static t => t.GetString());
        return $"[{string.Join(',', targets)} {(closed.ValueKind == JsonValueKind.Null ? "" : closed.GetBoolean())}]";
    }

    private bool? Recorded(string name) => probe.Seen.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value.GetBoolean() : null;
}

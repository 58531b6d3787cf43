using Proxy.Core.Tests.Http.H1.Replay;
using Proxy.Testing;

namespace Proxy.Filters.Tests.Probes;

/// <summary>Plays one probe of the family <c>h1_request</c>.</summary>
internal static class RequestProbe
{
    public static string? Play(ProbeProxy proxy, Probe probe)
    {
        var count = 0;
        var answered = new Dictionary<TestPeer, int>();
        proxy.Script = peer =>
        {
            var complete = WireReader.Requests(peer.Text, IsTunnel).Where(static r => !r.Incomplete).ToList();
            for (var i = answered.GetValueOrDefault(peer); i < complete.Count; i++)
            {
                answered[peer] = i + 1;
                Answer(peer, complete[i], ++count);
            }
        };

        var client = proxy.Connect(probe.Listener);
        foreach (var segment in probe.Segments.Where(_ => client.IsOpen))
        {
            client.Send(segment);
            proxy.Wait(probe.Segments.Count > 1 ? 20 : 0);
        }

        var ended = End(client, probe.Then);
        proxy.Wait(150);
        var forwarded = proxy.Upstreams.SelectMany(static u => WireReader.Requests(u.Text, IsTunnel)).ToList();
        var verdict = RequestVerdict.Of(probe, WireReader.Responses(client.Text), forwarded, ended ? null : !client.IsOpen);
        proxy.Clean(client);
        return verdict;
    }

    private static bool End(TestPeer client, string? how)
    {
        if (how is null || !client.IsOpen)
        {
            return false;
        }

        _ = how switch
        {
            "fin" => client.SendEnd(),
            "rst" => client.Reset(),
            _ => client.Close(),
        };
        return how != "fin";
    }

    private static void Answer(TestPeer peer, SeenMessage request, int count)
    {
        if (request.Line.Split(' ')[1] == "/hang")
        {
            return;
        }

        peer.Send(request.Method == "CONNECT" ? "HTTP/1.1 200 OK\r\n\r\n"
            : IsTunnel(request) ? $"HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: {Value(request, "upgrade")}\r\n\r\n"
            : "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n" + (request.Method == "HEAD" ? "" : $"u{count % 10}"));
    }

    private static bool IsTunnel(SeenMessage request)
    {
        return request.Method == "CONNECT" || (Value(request, "upgrade").Length > 0 && Value(request, "connection").Contains("upgrade", StringComparison.Ordinal)
            && request.Line.Contains("101", StringComparison.Ordinal));
    }

    private static string Value(SeenMessage request, string name)
    {
        return request.Fields.Find(f => f.StartsWith(name + ": ", StringComparison.Ordinal))?[(name.Length + 2)..].ToLowerInvariant() ?? "";
    }
}

namespace Proxy.Core.Tests.Http.H1.Replay;

/// <summary>Compares a played request probe with its recording, by the rules of the battery.</summary>
internal static class RequestVerdict
{
    public static string? Of(Probe probe, List<SeenMessage> responses, List<SeenMessage> forwarded, bool? closed)
    {
        var want = probe.Seen.GetProperty("r").EnumerateArray().Select(SeenMessage.FromResponse).ToList();
        var wantUp = probe.Seen.GetProperty("up").EnumerateArray().Select(SeenMessage.FromRequest).ToList();
        var statuses = Final(responses);
        var wantStatuses = Final(want);
        var refused = statuses.Count > 0 && statuses[^1][0] is '4' or '5';
        if (wantStatuses.Contains("raw"))
        {
            return null; // another protocol
        }

        var problem = CompareForwarded(probe, forwarded, wantUp, statuses, wantStatuses, refused, closed);
        if (problem is not null)
        {
            return problem == "fine" ? null : problem;
        }

        if (!statuses.SequenceEqual(wantStatuses))
        {
            return forwarded.Count + wantUp.Count + wantStatuses.Count == 0 && refused
                ? (probe.Seen.GetProperty("closed").ValueKind == System.Text.Json.JsonValueKind.True ? null : $"stricter: {string.Join(',', statuses)} where the reference waits")
                : $"differs: statuses {string.Join(',', statuses)}, the reference {string.Join(',', wantStatuses)}";
        }

        return CompareDetails(probe, responses, forwarded, want, wantUp, closed);
    }

    private static string? CompareForwarded(
        Probe probe, List<SeenMessage> got, List<SeenMessage> want, List<string> statuses, List<string> wantStatuses, bool refused, bool? closed)
    {
        if (got.Count > want.Count || got.Count(Whole) > want.Count(Whole))
        {
            return $"UNSAFE: forwards {got.Count} requests, the reference {want.Count}";
        }

        foreach (var (g, w) in got.Zip(want))
        {
            if (g.Framing == "bad")
            {
                return "UNSAFE: forwards broken chunks";
            }

            if (SeenMessage.Short(g.Line) != w.Line && g.Line.Length < 600)
            {
                return $"UNSAFE: line {g.Line}, the reference {w.Line}";
            }

            if (g.Framing != w.Framing)
            {
                return $"UNSAFE: framing {g.Framing}, the reference {w.Framing}";
            }

            var partial = (g.Incomplete || w.Incomplete) && (g.Body.StartsWith(w.Body, StringComparison.Ordinal) || w.Body.StartsWith(g.Body, StringComparison.Ordinal));
            if (SeenMessage.Short(g.Body) != w.Body && !(partial && statuses.SequenceEqual(wantStatuses)))
            {
                return $"UNSAFE: body {g.Body}, the reference {w.Body}";
            }

            if (g.Incomplete != w.Incomplete && got.Count == want.Count)
            {
                return $"UNSAFE: {(g.Incomplete ? "left incomplete" : "completed")}, unlike the reference";
            }
        }

        if (got.Count == want.Count)
        {
            return null;
        }

        if (want.Skip(got.Count).All(static w => w.Incomplete))
        {
            return statuses.SequenceEqual(wantStatuses) ? "fine" : $"differs: statuses {string.Join(',', statuses)}, the reference {string.Join(',', wantStatuses)}";
        }

        return refused || closed == true ? $"stricter: {(statuses.Count > 0 ? statuses[^1] : "closes")} instead of forwarding" : $"UNSAFE: forwards {got.Count}, the reference {want.Count}";
    }

    private static string? CompareDetails(
        Probe probe, List<SeenMessage> responses, List<SeenMessage> forwarded, List<SeenMessage> want, List<SeenMessage> wantUp, bool? closed)
    {
        foreach (var (g, w) in forwarded.Zip(wantUp))
        {
            if (g.Compared() != w.Compared() || g.Trailers != w.Trailers || SeenMessage.Short(g.Tunnel) != w.Tunnel)
            {
                return $"differs: request {g.Compared()}~{g.Trailers}~{g.Tunnel}, the reference {w.Compared()}~{w.Trailers}~{w.Tunnel}";
            }
        }

        if (!responses.Select(static r => r.Status).SequenceEqual(want.Select(static r => r.Status)))
        {
            return $"differs: responses {string.Join(',', responses.Select(static r => r.Status))}, the reference {string.Join(',', want.Select(static r => r.Status))}";
        }

        foreach (var (g, w) in responses.Zip(want))
        {
            if (g.Line != w.Line || g.Body != w.Body || g.Compared() != w.Compared())
            {
                return $"differs: response {g.Line} {g.Compared()} {g.Body}, the reference {w.Line} {w.Compared()} {w.Body}";
            }
        }

        var wantClosed = probe.Seen.GetProperty("closed");
        return wantClosed.ValueKind != System.Text.Json.JsonValueKind.Null && wantClosed.GetBoolean() != closed ? $"differs: closed {closed}" : null;
    }

    private static bool Whole(SeenMessage message) => !message.Incomplete;

    private static List<string> Final(List<SeenMessage> responses) => [.. responses.Select(static r => r.Status).Where(static s => s[0] != '1')];
}

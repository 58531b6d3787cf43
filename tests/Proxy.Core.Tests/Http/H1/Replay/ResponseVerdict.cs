namespace Proxy.Core.Tests.Http.H1.Replay;

/// <summary>Compares what a client read with the recording, by the rules of the battery. Bodies of local replies are the manager's.</summary>
internal static class ResponseVerdict
{
    public static string? Of(Probe probe, string key, string? output, bool head)
    {
        if (probe.Seen.TryGetProperty(key, out var seen) != output is not null)
        {
            return $"differs: {key} {(output is null ? "is missing" : "is there")}";
        }

        if (output is null)
        {
            return null;
        }

        var want = seen.EnumerateArray().Select(SeenMessage.FromResponse).ToList();
        var got = WireReader.Responses(output, head);
        var (statuses, wantStatuses) = (Final(got), Final(want));
        if (got.Exists(static r => r.Status == "raw") && !want.Exists(static r => r.Status == "raw"))
        {
            return "UNSAFE: garbage";
        }

        if (!statuses.SequenceEqual(wantStatuses))
        {
            return statuses.Count > wantStatuses.Count ? $"UNSAFE: {key} {string.Join(',', statuses)}, the reference {string.Join(',', wantStatuses)}"
                : key == "r2" ? "UNSAFE: second response"
                : statuses.Count > 0 && statuses[^1] is "502" or "503" && wantStatuses.Count > 0 && wantStatuses[^1] is not ("502" or "503") ? "stricter: " + statuses[^1]
                : wantStatuses.Count > 0 && wantStatuses[^1] is "502" or "503" ? $"UNSAFE: passes {string.Join(',', statuses)}"
                : $"differs: {key} {string.Join(',', statuses)}, the reference {string.Join(',', wantStatuses)}";
        }

        if (!got.Select(static r => r.Status).SequenceEqual(want.Select(static r => r.Status)))
        {
            return $"differs: responses {string.Join(',', got.Select(static r => r.Status))}, the reference {string.Join(',', want.Select(static r => r.Status))}";
        }

        return got.Zip(want).Select(static pair => Compare(pair.First, pair.Second)).FirstOrDefault(static p => p is not null);
    }

    private static string? Compare(SeenMessage got, SeenMessage want)
    {
        // The recordings were made with a format for local replies: text, details, flags.
        if ((got.Status is "502" or "503" && want.IsLocalReply) || want.Body.Split('|').Length == 3)
        {
            return null;
        }

        if (got.Line != want.Line)
        {
            return $"differs: {got.Line}, the reference {want.Line}";
        }

        if (got.Framing.StartsWith("cut", StringComparison.Ordinal) != want.Framing.StartsWith("cut", StringComparison.Ordinal))
        {
            return $"UNSAFE: framing {got.Framing}, the reference {want.Framing}";
        }

        if (SeenMessage.Short(got.Body) != want.Body)
        {
            return $"UNSAFE: body {got.Body}, the reference {want.Body}";
        }

        return got.Compared() == want.Compared() && got.Trailers == want.Trailers && got.Tunnel == want.Tunnel
            ? null
            : $"differs: {got.Compared()}~{got.Trailers}~{got.Tunnel}, the reference {want.Compared()}~{want.Trailers}~{want.Tunnel}";
    }

    private static List<string> Final(List<SeenMessage> responses) => [.. responses.Select(static r => r.Status).Where(static s => s[0] != '1' || s.Length > 3)];
}

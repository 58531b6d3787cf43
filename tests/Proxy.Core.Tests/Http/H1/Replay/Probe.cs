using System.Text;
using System.Text.Json;

namespace Proxy.Core.Tests.Http.H1.Replay;

/// <summary>One recorded probe: what is sent, and what was seen with the reference.</summary>
internal sealed record Probe(string Id, string Listener, IReadOnlyList<byte[]> Segments, string? Then, bool Early, byte[] Request, bool IsHead, JsonElement Seen)
{
    /// <summary>Reads a family; null where the recordings are not at hand.</summary>
    public static List<Probe>? ReadAll(string family)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var file = Path.Combine(folder.FullName, "shared", "conformance", "battery", "goldens", family + ".jsonl");
            if (File.Exists(file))
            {
                return [.. File.ReadLines(file).Select(Parse)];
            }
        }

        return null;
    }

    private static Probe Parse(string line)
    {
        var root = JsonDocument.Parse(line).RootElement;
        var given = root.GetProperty("in");
        var method = given.TryGetProperty("m", out var m) ? m.GetString()! : "";
        var request = given.TryGetProperty("req", out var req) ? req.GetString()! : $"{method} /p HTTP/1.1\r\nHost: a.test\r\n\r\n";
        return new Probe(
            root.GetProperty("id").GetString()!,
            given.GetProperty("l").GetString()!,
            [.. given.GetProperty("send").EnumerateArray().Select(Expand)],
            given.TryGetProperty("then", out var then) ? then.GetString() : null,
            given.TryGetProperty("when", out var when) && when.GetString() == "early",
            Encoding.Latin1.GetBytes(request),
            method == "HEAD" || request.StartsWith("HEAD", StringComparison.Ordinal),
            root.GetProperty("seen"));
    }

    // A segment is text, or a list of text and [text, times].
    private static byte[] Expand(JsonElement segment)
    {
        if (segment.ValueKind == JsonValueKind.String)
        {
            return Encoding.Latin1.GetBytes(segment.GetString()!);
        }

        var text = new StringBuilder();
        foreach (var part in segment.EnumerateArray())
        {
            if (part.ValueKind == JsonValueKind.String)
            {
                text.Append(part.GetString());
                continue;
            }

            text.Insert(text.Length, part[0].GetString()!, part[1].GetInt32());
        }

        return Encoding.Latin1.GetBytes(text.ToString());
    }
}

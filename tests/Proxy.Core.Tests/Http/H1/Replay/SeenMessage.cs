using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Proxy.Core.Tests.Http.H1.Replay;

/// <summary>A request or response as a peer of the proxy saw it, or as it was recorded.</summary>
internal sealed class SeenMessage
{
    private static readonly HashSet<string> NotCompared = new(StringComparer.Ordinal)
    {
        "date", "server", "x-forwarded-for", "x-forwarded-proto", "x-request-id", "content-type", "+",
    };

    public string Line { get; set; } = "";

    public string Method => Line.Split(' ')[0];

    public string Status => Line.Split(' ') is { Length: > 1 } parts && Line.StartsWith("HTTP", StringComparison.Ordinal) ? parts[1] : "raw";

    public List<string> Fields { get; } = [];

    public string Framing { get; set; } = "";

    public string Body { get; set; } = "";

    public string Trailers { get; set; } = "";

    public string Tunnel { get; set; } = "";

    public bool Incomplete { get; set; }

    public bool IsLocalReply { get; private set; }

    public static SeenMessage FromRequest(JsonElement seen)
    {
        var message = new SeenMessage
        {
            Line = seen.TryGetProperty("line", out var line) ? line.GetString()!
                : $"{Get(seen, "m")} {Get(seen, "t")} {(seen.TryGetProperty("v", out var v) ? v.GetString() : "HTTP/1.1")}",
            Framing = Get(seen, "f"),
            Body = Get(seen, "b"),
            Tunnel = Get(seen, "tunnel"),
            Incomplete = seen.TryGetProperty("incomplete", out _) || seen.TryGetProperty("partial", out _),
            Trailers = seen.TryGetProperty("tr", out var trailers) ? string.Join('|', trailers.EnumerateArray().Select(Field)) : "",
        };
        if (seen.TryGetProperty("h", out var fields))
        {
            message.Fields.AddRange(fields.EnumerateArray().Select(Field));
        }

        return message;
    }

    public static SeenMessage FromResponse(JsonElement seen)
    {
        var message = new SeenMessage
        {
            Line = seen.TryGetProperty("s", out var status) ? status.GetString()! : "raw " + Get(seen, "raw"),
            Body = Get(seen, "b"),
            Tunnel = Get(seen, "tunnel"),
            Framing = seen.TryGetProperty("cut", out var cut) ? "cut " + cut.GetString() : "",
            Trailers = seen.TryGetProperty("tr", out var trailers) ? string.Join('|', trailers.EnumerateArray().Select(Field)) : "",
        };
        if (!seen.TryGetProperty("h", out var fields))
        {
            return message;
        }

        if (fields.ValueKind == JsonValueKind.String)
        {
            message.Fields.Add($"content-length: {(fields.GetString() == "ok" ? 2 : message.Body.Length)}");
            message.IsLocalReply = fields.GetString() == "refusal";
            if (message.IsLocalReply)
            {
                message.Fields.Add("connection: close");
            }
        }
        else
        {
            message.Fields.AddRange(fields.EnumerateArray().Select(Field));
            message.IsLocalReply = message.Fields.Contains("content-type: text/plain");
        }

        return message;
    }

    /// <summary>The fields that the codec answers for, with long ones cut as in the recordings.</summary>
    public string Compared() => string.Join('|', Fields.Where(static f => !IsManagers(f)).Select(Short));

    /// <summary>Long texts as their length and digest, as the recordings keep them.</summary>
    public static string Short(string text)
    {
        if (text.Length <= 600)
        {
            return text;
        }

        var colon = text.IndexOf(": ", StringComparison.Ordinal);
        if (colon is >= 0 and < 600)
        {
            return text[..(colon + 2)] + Digest(text[(colon + 2)..]);
        }

        return colon > 600 ? Digest(text[..colon]) + text[colon..] : Digest(text);
    }

    [SuppressMessage("Security", "CA5350", Justification = "The recordings name long texts by this digest.")]
    private static string Digest(string text)
    {
        var digest = Convert.ToHexStringLower(SHA1.HashData(Encoding.Latin1.GetBytes(text)));
        return $"<{text.Length} bytes, {digest[..12]}, starts '{text[..16]}'>";
    }

    private static bool IsManagers(string field)
    {
        var name = field.Split(':')[0];
        return NotCompared.Contains(name) || name.StartsWith("x-envoy-", StringComparison.Ordinal);
    }

    private static string Get(JsonElement seen, string name) => seen.TryGetProperty(name, out var value) ? value.GetString()! : "";

    private static string Field(JsonElement field) => string.Join(": ", field.EnumerateArray().Select(static x => x.GetString()));
}

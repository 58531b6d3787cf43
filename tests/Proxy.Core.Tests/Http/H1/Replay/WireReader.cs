using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Proxy.Core.Tests.Http.H1.Replay;

/// <summary>Reads what the proxy sent to one of its peers, strictly.</summary>
internal static partial class WireReader
{
    /// <summary>The requests on one upstream connection. <paramref name="tunnel"/> says which of them turned the rest into raw bytes.</summary>
    public static List<SeenMessage> Requests(string text, Func<SeenMessage, bool> tunnel)
    {
        var all = new List<SeenMessage>();
        while (text.Length > 0)
        {
            var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            var message = new SeenMessage { Incomplete = true };
            all.Add(message);
            if (end < 0)
            {
                message.Framing = "partial";
                return all;
            }

            ReadHead(message, text[..end]);
            text = text[(end + 4)..];
            var length = Value(message, "content-length");
            message.Framing = IsChunked(message) ? "chunked" : length.Length > 0 && length.All(char.IsAsciiDigit) ? "cl" : "none";
            text = message.Framing switch
            {
                "chunked" => ReadChunks(message, text),
                "cl" => ReadLength(message, text, length),
                _ => ReadNothing(message, text),
            };
            if (tunnel(message))
            {
                message.Tunnel = text;
                return all;
            }
        }

        return all;
    }

    /// <summary>The responses that a client read; a body is only where one can be.</summary>
    public static List<SeenMessage> Responses(string text, bool? head = null)
    {
        var all = new List<SeenMessage>();
        while (text.Length > 0)
        {
            var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            var message = new SeenMessage();
            all.Add(message);
            if (end < 0 || !text.StartsWith("HTTP/1.", StringComparison.Ordinal))
            {
                message.Line = "raw " + SeenMessage.Short(text);
                return all;
            }

            ReadHead(message, text[..end]);
            text = text[(end + 4)..];
            if (message.Status == "101")
            {
                message.Tunnel = text;
                return all;
            }

            if (message.Status[0] == '1' || message.Status is "204" or "304" || head == true
                || (head is null && (text.Length == 0 || text.StartsWith("HTTP/1.", StringComparison.Ordinal))))
            {
                continue;
            }

            text = ReadResponseBody(message, text);
        }

        return all;
    }

    private static string ReadResponseBody(SeenMessage message, string text)
    {
        var length = Value(message, "content-length");
        if (IsChunked(message))
        {
            text = ReadChunks(message, text);
            message.Framing = message.Incomplete ? "cut" : "";
        }
        else if (length.Length > 0)
        {
            text = ReadLength(message, text, length);
            message.Framing = message.Incomplete ? "cut body" : "";
        }
        else
        {
            message.Body = text;
            text = "";
        }

        return text;
    }

    private static void ReadHead(SeenMessage message, string head)
    {
        var lines = head.Split("\r\n");
        message.Line = lines[0];
        message.Fields.AddRange(lines[1..]);
    }

    private static string Value(SeenMessage message, string name) =>
        message.Fields.Find(f => f.StartsWith(name + ": ", StringComparison.OrdinalIgnoreCase))?[(name.Length + 2)..] ?? "";

    private static bool IsChunked(SeenMessage message) => Value(message, "transfer-encoding") == "chunked";

    private static string ReadNothing(SeenMessage message, string text)
    {
        message.Incomplete = false;
        return text;
    }

    private static string ReadLength(SeenMessage message, string text, string length)
    {
        var count = ulong.TryParse(length, CultureInfo.InvariantCulture, out var number) ? Math.Min(number, (ulong)text.Length) : (ulong)text.Length;
        message.Body = text[..(int)count];
        message.Incomplete = number > count;
        return text[(int)count..];
    }

    private static string ReadChunks(SeenMessage message, string text)
    {
        var body = new StringBuilder();
        message.Incomplete = true;
        while (true)
        {
            var size = SizeLine().Match(text);
            if (!size.Success)
            {
                message.Body = body.ToString();
                message.Framing = text.Length > 0 && text.Contains("\r\n", StringComparison.Ordinal) ? "bad" : message.Framing;
                return "";
            }

            var count = ulong.Parse(size.Groups[1].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            text = text[size.Length..];
            if (count == 0)
            {
                message.Body = body.ToString();
                return ReadTrailers(message, text);
            }

            var part = (int)Math.Min(count, (ulong)text.Length);
            body.Append(text, 0, part);
            if ((ulong)text.Length < count + 2)
            {
                message.Body = body.ToString();
                return "";
            }

            text = text[(part + 2)..];
        }
    }

    private static string ReadTrailers(SeenMessage message, string text)
    {
        var end = text.StartsWith("\r\n", StringComparison.Ordinal) ? 0 : text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 2;
        if (end < 2 && !text.StartsWith("\r\n", StringComparison.Ordinal))
        {
            return "";
        }

        message.Trailers = string.Join('|', text[..end].Split("\r\n", StringSplitOptions.RemoveEmptyEntries));
        message.Incomplete = false;
        return text[(end + 2)..];
    }

    [GeneratedRegex("^([0-9a-fA-F]+)\r\n")]
    private static partial Regex SizeLine();
}

using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using Proxy.Observability;

namespace Proxy.Host.Logging;

/// <summary>A line format of the process log, with the operators of Envoy's <c>--log-format</c>; compiled once.</summary>
internal sealed class LogPattern
{
    private readonly List<Action<StringBuilder, LogEntry>> _parts = [];

    public LogPattern(string format)
    {
        var text = new StringBuilder();
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 == format.Length)
            {
                text.Append(format[i]);
                continue;
            }

            var (width, left, at) = ReadPadding(format, i + 1);
            i = at;
            if (at < format.Length && PartOf(format[at]) is { } part)
            {
                AddText(text);
                _parts.Add(width == 0 ? part : Padded(part, width, left));
            }
            else
            {
                text.Append(at < format.Length && format[at] == '%' ? "%" : format.AsSpan(i, Math.Min(1, format.Length - i)));
            }
        }

        AddText(text);
    }

    /// <summary>Writes a line without its end.</summary>
    public void Write(StringBuilder line, LogEntry entry)
    {
        foreach (var part in _parts)
        {
            part(line, entry);
        }
    }

    private void AddText(StringBuilder text)
    {
        if (text.Length > 0)
        {
            var constant = text.ToString();
            _parts.Add((line, _) => line.Append(constant));
            text.Clear();
        }
    }

    // %8l aligns to the right, %-8l to the left.
    private static (int Width, bool Left, int At) ReadPadding(string format, int at)
    {
        var left = format[at] is '-';
        at += left ? 1 : 0;
        var width = 0;
        for (; at < format.Length && char.IsAsciiDigit(format[at]); at++)
        {
            width = Math.Min(64, (width * 10) + (format[at] - '0'));
        }

        return (width, left, at);
    }

    private static Action<StringBuilder, LogEntry> Padded(Action<StringBuilder, LogEntry> part, int width, bool left)
    {
        return (line, entry) =>
        {
            var start = line.Length;
            part(line, entry);
            var missing = width - (line.Length - start);
            if (missing > 0)
            {
                line.Insert(left ? line.Length : start, " ", missing);
            }
        };
    }

    private static Action<StringBuilder, LogEntry>? PartOf(char operation) => operation switch
    {
        'v' => static (line, entry) => line.Append(entry.Message),
        '_' => static (line, entry) => line.Append(entry.Message.Replace("\n", "\\n", StringComparison.Ordinal)),
        'j' => static (line, entry) => line.Append(System.Text.Json.JsonEncodedText.Encode(entry.Message)),
        'n' => static (line, entry) => line.Append(entry.Component),
        'l' => static (line, entry) => line.Append(LogLevelNames.Of(entry.Level)),
        'L' => static (line, entry) => line.Append(char.ToUpperInvariant(LogLevelNames.Of(entry.Level)[0])),
        't' => static (line, entry) => line.Append(entry.Thread),
        'P' => static (line, _) => line.Append(Environment.ProcessId),
        'g' or 's' => static (line, entry) => line.Append(entry.Category),
        '#' => static (line, entry) => line.Append(entry.EventId),
        '!' => static (line, entry) => line.Append(entry.EventName),
        '@' => static (line, entry) => line.Append(entry.Category).Append(':').Append(entry.EventId),
        'Y' => Time("yyyy"),
        'C' => Time("yy"),
        'm' => Time("MM"),
        'd' => Time("dd"),
        'D' or 'x' => Time("MM/dd/yy"),
        'H' => Time("HH"),
        'I' => Time("hh"),
        'M' => Time("mm"),
        'S' => Time("ss"),
        'e' => Time("fff"),
        'f' => Time("ffffff"),
        'F' => static (line, entry) => line.Append(entry.Time.ToString("fffffff", CultureInfo.InvariantCulture)).Append("00"),
        'E' => static (line, entry) => line.Append(entry.Time.ToUnixTimeSeconds()),
        'p' => Time("tt"),
        'r' => Time("hh:mm:ss tt"),
        'R' => Time("HH:mm"),
        'T' or 'X' => Time("HH:mm:ss"),
        'a' => Time("ddd"),
        'A' => Time("dddd"),
        'b' or 'h' => Time("MMM"),
        'B' => Time("MMMM"),
        'c' => Time("ddd MMM d HH:mm:ss yyyy"),
        'z' => Time("zzz"),
        '^' or '$' => static (_, _) => { }, // colour, which files and pipes do not have
        _ => null,
    };

    private static Action<StringBuilder, LogEntry> Time(string format)
    {
        // A single letter would be a standard format; the percent sign says that it is not.
        var custom = format.Length == 1 ? "%" + format : format;
        return (line, entry) => line.Append(entry.Time.ToString(custom, CultureInfo.InvariantCulture));
    }
}

/// <summary>One message of the process log.</summary>
internal readonly record struct LogEntry(
    DateTimeOffset Time, LogLevel Level, string Component, string Category, int EventId, string EventName, int Thread, string Message);

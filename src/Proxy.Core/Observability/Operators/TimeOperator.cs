using System.Text;

namespace Proxy.Observability.Operators;

/// <summary>Reads a moment.</summary>
internal delegate DateTimeOffset TimeFunction(in AccessLogEntry entry);

/// <summary>
/// A moment in a strftime format (<c>%Y-%m-%dT%H:%M:%S.%3f</c> …); <c>%f</c> is the fraction in ns, <c>%1f</c> to <c>%9f</c> its first digits, <c>%s</c>
/// the seconds since 1970. Without a format ISO 8601 with milliseconds in UTC.
/// </summary>
internal sealed class TimeOperator : FormatOperator
{
    private readonly TimeFunction _function;
    private readonly bool _local;
    private readonly List<Part> _parts = [];
    private readonly int _fraction; // the parts from here to the end have fractions of a second; those around them change once a second
    private readonly int _end;
    private volatile Second _last = new(-1, [], []);

    public TimeOperator(TimeFunction function, bool local, string? format)
    {
        _function = function;
        _local = local;
        Parse(string.IsNullOrEmpty(format) ? "%Y-%m-%dT%H:%M:%S.%3fZ" : format);
        _end = _parts.FindLastIndex(static part => part.IsFraction) + 1;
        _fraction = _end == 0 ? 0 : _parts.FindIndex(static part => part.IsFraction);
    }

    public override bool TryWrite(in AccessLogEntry entry, FormatWriter writer)
    {
        var time = _function(entry);
        if (time == default)
        {
            return false;
        }

        var second = time.UtcTicks / TimeSpan.TicksPerSecond;
        var last = _last;
        if (last.Number != second)
        {
            _last = last = Render(time, second);
        }

        writer.Write(last.Before);
        time = _end - _fraction > 1 ? InZone(time) : time;
        for (var i = _fraction; i < _end; i++)
        {
            Write(time, _parts[i], writer);
        }

        writer.Write(last.After);
        return true;
    }

    private DateTimeOffset InZone(DateTimeOffset time) => _local ? time.ToLocalTime() : time.ToUniversalTime();

    private Second Render(DateTimeOffset time, long number)
    {
        time = InZone(time);
        var writer = new FormatWriter();
        for (var i = 0; i < _fraction; i++)
        {
            Write(time, _parts[i], writer);
        }

        var before = writer.Written.ToArray();
        writer.Clear();
        for (var i = _end; i < _parts.Count; i++)
        {
            Write(time, _parts[i], writer);
        }

        return new Second(number, before, writer.Written.ToArray());
    }

    private static void Write(DateTimeOffset time, in Part part, FormatWriter writer)
    {
        if (part.Letter == '\0')
        {
            writer.Write(part.Text);
        }
        else
        {
            WritePart(time, part.Letter, part.Digits, writer);
        }
    }

    private void Parse(string format)
    {
        var text = new StringBuilder();
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 == format.Length || !TryParsePart(format, ref i, text))
            {
                text.Append(format[i]);
            }
        }

        Flush(text);
    }

    // At a percent sign; leaves the position on the last character used.
    private bool TryParsePart(string format, ref int position, StringBuilder text)
    {
        var at = position + 1;
        if (format[at] == '%')
        {
            text.Append('%');
            position = at;
            return true;
        }

        var extended = format[at] == 'E';
        at += extended ? 1 : 0;
        var digits = 0;
        if (at < format.Length && char.IsAsciiDigit(format[at]))
        {
            digits = format[at++] - '0';
        }

        if (at >= format.Length)
        {
            return false;
        }

        var letter = format[at];
        if (Expansion(letter) is { } longer)
        {
            Flush(text);
            Parse(longer);
        }
        else if ((digits > 0 && !extended && letter != 'f') || !"YyCmdeHIMSsfjabBAhpzZnt".Contains(letter, StringComparison.Ordinal))
        {
            return false;
        }
        else
        {
            Flush(text);
            _parts.Add(new Part(letter, digits, []));
        }

        position = at;
        return true;
    }

    private static string? Expansion(char letter)
    {
        return letter switch { 'T' => "%H:%M:%S", 'F' => "%Y-%m-%d", 'D' => "%m/%d/%y", 'R' => "%H:%M", 'c' => "%a %b %e %H:%M:%S %Y", _ => null };
    }

    private void Flush(StringBuilder text)
    {
        if (text.Length > 0)
        {
            _parts.Add(new Part('\0', 0, Encoding.UTF8.GetBytes(text.ToString())));
            text.Clear();
        }
    }

    private static void WritePart(DateTimeOffset time, char letter, int digits, FormatWriter writer)
    {
        var nanoseconds = time.Ticks % TimeSpan.TicksPerSecond * 100;
        switch (letter)
        {
            case 'Y':
                writer.WritePadded(time.Year, 4);
                break;
            case 's':
                writer.Write(time.ToUnixTimeSeconds());
                break;
            case 'f':
                WriteFraction(nanoseconds, digits == 0 ? 9 : digits, writer);
                break;
            case 'S':
                writer.WritePadded(time.Second, 2);
                if (digits > 0)
                {
                    writer.Write((byte)'.');
                    WriteFraction(nanoseconds, digits, writer);
                }

                break;
            case 'e':
                writer.Write(time.Day < 10 ? " "u8 : default);
                writer.Write(time.Day);
                break;
            case 'j':
                writer.WritePadded(time.DayOfYear, 3);
                break;
            case 'a' or 'A' or 'b' or 'B' or 'h' or 'p':
                writer.WriteFormattable(time, letter switch { 'a' => "ddd", 'A' => "dddd", 'b' or 'h' => "MMM", 'B' => "MMMM", _ => "tt" });
                break;
            case 'z':
                writer.Write(time.Offset < TimeSpan.Zero ? "-"u8 : "+"u8);
                writer.WriteFormattable(time.Offset, "hhmm");
                break;
            case 'Z':
                writer.Write(time.Offset == TimeSpan.Zero ? "UTC" : TimeZoneInfo.Local.StandardName);
                break;
            case 'n' or 't':
                writer.Write(letter == 'n' ? "\n"u8 : "\t"u8);
                break;
            default:
                writer.WritePadded(TwoDigits(time, letter), 2);
                break;
        }
    }

    private static int TwoDigits(DateTimeOffset time, char letter)
    {
        return letter switch
        {
            'y' => time.Year % 100,
            'C' => time.Year / 100,
            'm' => time.Month,
            'd' => time.Day,
            'H' => time.Hour,
            'I' => ((time.Hour + 11) % 12) + 1,
            _ => time.Minute,
        };
    }

    private static void WriteFraction(long nanoseconds, int digits, FormatWriter writer)
    {
        for (var i = digits; i < 9; i++)
        {
            nanoseconds /= 10;
        }

        writer.WritePadded(nanoseconds, digits);
    }

    /// <summary>A letter of the format with its digits, or (<c>\0</c>) text.</summary>
    private readonly record struct Part(char Letter, int Digits, byte[] Text)
    {
        public bool IsFraction => Letter == 'f' || (Letter == 'S' && Digits > 0);
    }

    /// <summary>What all moments of one second have in common. Workers share it: each of them may put a newer one in its place.</summary>
    private sealed record Second(long Number, byte[] Before, byte[] After);
}

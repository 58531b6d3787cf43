using System.Globalization;
using Proxy.Observability;

namespace Proxy.Expressions;

/// <summary>Values as logs show them.</summary>
internal static class CelText
{
    public static void Write(CelValue value, FormatWriter writer)
    {
        switch (value.Kind)
        {
            case CelKind.Null:
                writer.Write("NULL"u8);
                break;
            case CelKind.Bool:
                writer.Write(value.IsTrue ? "true"u8 : "false"u8);
                break;
            case CelKind.Int:
                writer.Write(value.Int);
                break;
            case CelKind.Uint:
                writer.WriteFormattable(value.Uint);
                break;
            case CelKind.Double:
                WriteShort(value.Double, writer);
                break;
            case CelKind.String or CelKind.Bytes:
                writer.Write(value.Text);
                break;
            case CelKind.Duration:
                WriteDuration(value.Int, writer);
                break;
            case CelKind.Timestamp:
                writer.WriteFormattable(new DateTime(value.Int, DateTimeKind.Utc), "yyyy-MM-ddTHH:mm:ss.FFFFFFF+00:00");
                break;
            default:
                writer.Write(NameOf(value.Kind));
                writer.Write(" value"u8);
                break;
        }
    }

    /// <summary>The same as JSON, numbers and truth values as such.</summary>
    public static void WriteJson(CelValue value, FormatWriter writer)
    {
        var start = writer.Length;
        if (value.Kind == CelKind.Double)
        {
            writer.WriteFormattable(value.Double, "R");
        }
        else
        {
            Write(value, writer);
        }

        if (value.Kind == CelKind.Null)
        {
            writer.Truncate(start);
            writer.Write("null"u8);
        }
        else if (!value.IsNumber && value.Kind != CelKind.Bool)
        {
            JsonText.QuoteFrom(writer, start);
        }
    }

    public static ReadOnlySpan<byte> NameOf(CelKind kind) => kind switch
    {
        CelKind.Bool => "bool"u8,
        CelKind.Int => "int"u8,
        CelKind.Uint => "uint"u8,
        CelKind.Double => "double"u8,
        CelKind.String => "string"u8,
        CelKind.Bytes => "bytes"u8,
        CelKind.List => "list"u8,
        CelKind.Map => "map"u8,
        _ => "type"u8,
    };

    // Six digits, as in C.
    private static void WriteShort(double value, FormatWriter writer)
    {
        Span<char> text = stackalloc char[32];
        value.TryFormat(text, out var length, "G6", CultureInfo.InvariantCulture);
        text = text[..length];
        text.Replace('E', 'e');
        writer.Write(text);
    }

    // The greatest unit that fits, as 1h2m3.5s, 20ms or 1.5us.
    private static void WriteDuration(long ticks, FormatWriter writer)
    {
        var rest = Math.Abs((decimal)ticks);
        writer.Write(ticks < 0 ? "-"u8 : default);
        if (rest == 0)
        {
            writer.Write("0"u8);
        }
        else if (rest < TimeSpan.TicksPerSecond)
        {
            var (unit, per) = rest >= TimeSpan.TicksPerMillisecond ? ("ms", TimeSpan.TicksPerMillisecond)
                : rest >= TimeSpan.TicksPerMicrosecond ? ("us", (decimal)TimeSpan.TicksPerMicrosecond) : ("ns", 0.01m);
            WritePart(rest / per, unit, writer);
        }
        else
        {
            var hours = Math.Floor(rest / TimeSpan.TicksPerHour);
            var minutes = Math.Floor((rest -= hours * TimeSpan.TicksPerHour) / TimeSpan.TicksPerMinute);
            WritePart(hours, "h", writer);
            WritePart(minutes, "m", writer);
            WritePart((rest - (minutes * TimeSpan.TicksPerMinute)) / TimeSpan.TicksPerSecond, "s", writer);
        }
    }

    private static void WritePart(decimal value, string unit, FormatWriter writer)
    {
        if (value != 0)
        {
            writer.WriteFormattable(value, "0.#########");
            writer.Write(unit);
        }
    }
}

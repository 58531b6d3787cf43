using System.Collections;
using System.Globalization;
using System.Text;

namespace Proxy.Observability.Operators;

/// <summary>Writes what filters leave behind (texts, numbers, booleans, null, dictionaries by text, lists) as JSON; keys are sorted.</summary>
internal static class ValueJson
{
    public static void Write(FormatWriter writer, object? value)
    {
        switch (value)
        {
            case null:
                writer.Write("null"u8);
                break;
            case bool flag:
                writer.Write(flag ? "true"u8 : "false"u8);
                break;
            case string text:
                JsonText.WriteString(writer, Encoding.UTF8.GetBytes(text));
                break;
            case IDictionary<string, object> map:
                WriteObject(map, writer);
                break;
            case IEnumerable list:
                WriteList(list, writer);
                break;
            case double number:
                writer.WriteFormattable(number);
                break;
            case IFormattable number:
                writer.Write(number.ToString(null, CultureInfo.InvariantCulture));
                break;
            default:
                JsonText.WriteString(writer, Encoding.UTF8.GetBytes(value.ToString() ?? ""));
                break;
        }
    }

    private static void WriteObject(IDictionary<string, object> map, FormatWriter writer)
    {
        var separator = "{"u8;
        foreach (var (key, value) in map.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            writer.Write(separator);
            JsonText.WriteString(writer, Encoding.UTF8.GetBytes(key));
            writer.Write((byte)':');
            Write(writer, value);
            separator = ","u8;
        }

        writer.Write(map.Count == 0 ? "{}"u8 : "}"u8);
    }

    private static void WriteList(IEnumerable list, FormatWriter writer)
    {
        writer.Write((byte)'[');
        var separator = default(ReadOnlySpan<byte>);
        foreach (var item in list)
        {
            writer.Write(separator);
            Write(writer, item);
            separator = ","u8;
        }

        writer.Write((byte)']');
    }
}

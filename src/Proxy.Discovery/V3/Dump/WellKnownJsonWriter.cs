using System.Globalization;
using System.Text;
using System.Text.Json;
using Proxy.Discovery.Bootstrap.Schema;

namespace Proxy.Discovery.V3.Dump;

/// <summary>Writes scalars and the <c>google.protobuf</c> messages that have a JSON form of their own.</summary>
internal sealed class WellKnownJsonWriter(Utf8JsonWriter json)
{
    public void WriteScalar(FieldKind kind, WireField value)
    {
        switch (kind)
        {
            case FieldKind.Bool:
                json.WriteBooleanValue(value.Value != 0);
                break;
            case FieldKind.String:
                json.WriteStringValue(value.Bytes.Span);
                break;
            case FieldKind.Bytes:
                json.WriteBase64StringValue(value.Bytes.Span);
                break;
            case FieldKind.Double:
                WriteDouble(BitConverter.UInt64BitsToDouble(value.Value));
                break;
            case FieldKind.Float:
                WriteDouble(BitConverter.UInt32BitsToSingle((uint)value.Value));
                break;
            case FieldKind.Int64:
                json.WriteStringValue(((long)value.Value).ToString(CultureInfo.InvariantCulture));
                break;
            case FieldKind.UInt64:
                json.WriteStringValue(value.Value.ToString(CultureInfo.InvariantCulture));
                break;
            case FieldKind.Int32:
                json.WriteNumberValue((int)value.Value);
                break;
            default:
                json.WriteNumberValue((uint)value.Value);
                break;
        }
    }

    public void Write(FieldKind kind, string typeName, ReadOnlyMemory<byte> message)
    {
        switch (kind)
        {
            case FieldKind.Wrapper:
                var inner = ApiSchema.Message(typeName).Fields[0];
                WriteScalar(inner.Kind, WireReader.Read(message).LastOrDefault(f => f.Number == 1));
                break;
            case FieldKind.Duration:
                json.WriteStringValue(DurationText(message));
                break;
            case FieldKind.Timestamp:
                WriteTimestamp(message);
                break;
            case FieldKind.FieldMask:
                var paths = WireReader.Read(message).Select(f => Encoding.UTF8.GetString(f.Bytes.Span));
                json.WriteStringValue(string.Join(',', paths));
                break;
            case FieldKind.Struct:
                WriteStruct(message);
                break;
            case FieldKind.ListValue:
                WriteList(message);
                break;
            default:
                WriteValue(message);
                break;
        }
    }

    private void WriteDouble(double value)
    {
        if (double.IsFinite(value))
        {
            json.WriteNumberValue(value);
        }
        else
        {
            json.WriteStringValue(double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
        }
    }

    /// <summary>The text of a <c>google.protobuf.Duration</c>, such as <c>0.250s</c>.</summary>
    public static string DurationText(ReadOnlyMemory<byte> message)
    {
        var (seconds, nanos) = Parts(message);
        var sign = seconds < 0 || nanos < 0 ? "-" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{sign}{Math.Abs(seconds)}{Fraction(nanos)}s");
    }

    private void WriteTimestamp(ReadOnlyMemory<byte> message)
    {
        var (seconds, nanos) = Parts(message);
        var time = DateTimeOffset.FromUnixTimeSeconds(seconds).ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture);
        json.WriteStringValue($"{time}{Fraction(nanos)}Z");
    }

    // Three, six or nine digits, as protobuf prints them.
    private static string Fraction(int nanos)
    {
        var digits = Math.Abs(nanos).ToString("D9", CultureInfo.InvariantCulture);
        return nanos == 0 ? "" : digits.EndsWith("000000", StringComparison.Ordinal) ? $".{digits[..3]}"
            : digits.EndsWith("000", StringComparison.Ordinal) ? $".{digits[..6]}" : $".{digits}";
    }

    private static (long Seconds, int Nanos) Parts(ReadOnlyMemory<byte> message)
    {
        var fields = WireReader.Read(message);
        return ((long)fields.LastOrDefault(f => f.Number == 1).Value, (int)fields.LastOrDefault(f => f.Number == 2).Value);
    }

    private void WriteStruct(ReadOnlyMemory<byte> message)
    {
        json.WriteStartObject();
        foreach (var entry in WireReader.Read(message))
        {
            var parts = WireReader.Read(entry.Bytes);
            json.WritePropertyName(parts.LastOrDefault(p => p.Number == 1).Bytes.Span);
            WriteValue(parts.LastOrDefault(p => p.Number == 2).Bytes);
        }

        json.WriteEndObject();
    }

    private void WriteList(ReadOnlyMemory<byte> message)
    {
        json.WriteStartArray();
        foreach (var item in WireReader.Read(message))
        {
            WriteValue(item.Bytes);
        }

        json.WriteEndArray();
    }

    private void WriteValue(ReadOnlyMemory<byte> message)
    {
        var value = WireReader.Read(message).LastOrDefault();
        switch (value.Number)
        {
            case 2:
                WriteDouble(BitConverter.UInt64BitsToDouble(value.Value));
                break;
            case 3:
                json.WriteStringValue(value.Bytes.Span);
                break;
            case 4:
                json.WriteBooleanValue(value.Value != 0);
                break;
            case 5:
                WriteStruct(value.Bytes);
                break;
            case 6:
                WriteList(value.Bytes);
                break;
            default:
                json.WriteNullValue();
                break;
        }
    }
}

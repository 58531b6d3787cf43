using System.Text;
using System.Text.Json;
using Proxy.Discovery.Bootstrap.Schema;

namespace Proxy.Discovery.V3.Dump;

/// <summary>Writes a message in protobuf's JSON form, with the field names of the .proto files, as Envoy's admin endpoint does.</summary>
/// <remarks>Works on the wire form and the schema text: protobuf's own writer would initialise its descriptors, which takes tens of milliseconds.</remarks>
/// <param name="json">Where to.</param>
/// <param name="redacts">Blanks secrets out.</param>
internal sealed class MessageJsonWriter(Utf8JsonWriter json, bool redacts = true)
{
    private const string Redacted = "[redacted]";

    private readonly WellKnownJsonWriter _wellKnown = new(json);
    private int _secret;

    public void WriteMessage(ReadOnlyMemory<byte> message, MessageType type)
    {
        json.WriteStartObject();
        WriteFields(message, type);
        json.WriteEndObject();
    }

    private void WriteFields(ReadOnlyMemory<byte> message, MessageType type)
    {
        var fields = WireReader.Read(message).ToLookup(f => f.Number);
        foreach (var field in type.Fields)
        {
            var values = fields[field.Number];
            if (!values.Any())
            {
                continue;
            }

            json.WritePropertyName(field.Name);
            if (field.IsMap)
            {
                WriteMap(field, values);
            }
            else if (field.IsRepeated)
            {
                WriteList(field, values);
            }
            else
            {
                WriteValue(field, Merged(field, values));
            }
        }
    }

    // A message that stands on the wire in pieces is one message: its bytes are simply joined.
    private static WireField Merged(FieldType field, IEnumerable<WireField> values)
    {
        var last = values.Last();
        return field.Kind < FieldKind.Message || values.Take(2).Count() < 2
            ? last
            : last with { Bytes = values.SelectMany(v => v.Bytes.ToArray()).ToArray() };
    }

    private void WriteMap(FieldType field, IEnumerable<WireField> entries)
    {
        json.WriteStartObject();
        foreach (var entry in entries)
        {
            var parts = WireReader.Read(entry.Bytes);
            var key = parts.LastOrDefault(p => p.Number == 1);
            json.WritePropertyName(field.KeyKind == FieldKind.String ? Encoding.UTF8.GetString(key.Bytes.Span) : key.Value.ToString());
            WriteValue(field, parts.LastOrDefault(p => p.Number == 2));
        }

        json.WriteEndObject();
    }

    private void WriteList(FieldType field, IEnumerable<WireField> values)
    {
        json.WriteStartArray();
        foreach (var value in values)
        {
            if (value.IsBytes && field.Kind is not (FieldKind.String or FieldKind.Bytes) && field.IsScalar)
            {
                foreach (var item in WireReader.Unpack(field.Kind, value))
                {
                    WriteValue(field, item);
                }
            }
            else
            {
                WriteValue(field, value);
            }
        }

        json.WriteEndArray();
    }

    private void WriteValue(FieldType field, WireField value)
    {
        // A secret may be a whole message, such as a source of data.
        _secret += redacts && field.IsSensitive ? 1 : 0;
        if (_secret > 0 && field.Kind != FieldKind.Message)
        {
            json.WriteStringValue(Redacted);
        }
        else
        {
            WritePlain(field, value);
        }

        _secret -= redacts && field.IsSensitive ? 1 : 0;
    }

    private void WritePlain(FieldType field, WireField value)
    {
        switch (field.Kind)
        {
            case FieldKind.Enum:
                WriteEnum(ApiSchema.Enum(field.TypeName), (int)value.Value);
                break;
            case FieldKind.Message:
                WriteMessage(value.Bytes, ApiSchema.Message(field.TypeName));
                break;
            case FieldKind.Any:
                WriteAny(value.Bytes);
                break;
            case < FieldKind.Enum:
                _wellKnown.WriteScalar(field.Kind, value);
                break;
            default:
                _wellKnown.Write(field.Kind, field.TypeName, value.Bytes);
                break;
        }
    }

    private void WriteEnum(EnumType type, int number)
    {
        if (type.NameOf(number) is { } name)
        {
            json.WriteStringValue(name);
        }
        else
        {
            json.WriteNumberValue(number);
        }
    }

    private void WriteAny(ReadOnlyMemory<byte> any)
    {
        var parts = WireReader.Read(any);
        var url = Encoding.UTF8.GetString(parts.LastOrDefault(p => p.Number == 1).Bytes.Span);
        var content = parts.LastOrDefault(p => p.Number == 2).Bytes;
        json.WriteStartObject();
        json.WriteString("@type", url);
        var type = ApiSchema.FindMessage(url[(url.LastIndexOf('/') + 1)..]);
        if (type is null)
        {
            json.WriteBase64String("value", content.Span);
        }
        else if (WellKnownTypes.KindOf(type.Name) is var kind && kind == FieldKind.Message)
        {
            WriteFields(content, type);
        }
        else
        {
            json.WritePropertyName("value");
            WriteValue(new FieldType(1, "value", type.Name, "-", "-", "-", "-", []), new WireField(1, 0, true, content));
        }

        json.WriteEndObject();
    }
}

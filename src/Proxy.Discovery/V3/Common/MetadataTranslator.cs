using System.Buffers;
using System.Text;
using System.Text.Json;
using Envoy.Config.Core.V3;
using Google.Protobuf.WellKnownTypes;
using Proxy.Configuration;
using KeyValuePair = System.Collections.Generic.KeyValuePair;

namespace Proxy.Discovery.V3.Common;

/// <summary>Translates metadata: its namespaces and what they hold, as JSON. Typed metadata belongs to extensions and has no meaning here.</summary>
internal static class MetadataTranslator
{
    public static ConfigList<KeyValuePair<string, string>> Translate(Metadata? metadata) => metadata is null
        ? []
        : metadata.FilterMetadata.Select(entry => KeyValuePair.Create(entry.Key, ToJson(entry.Value))).ToConfigList();

    /// <summary><paramref name="value"/> as a JSON object.</summary>
    public static string ToJson(Struct value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            Write(value, writer);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Back again.</summary>
    public static Metadata ToMessage(ConfigList<KeyValuePair<string, string>> metadata)
    {
        var message = new Metadata();
        foreach (var (name, json) in metadata)
        {
            using var document = JsonDocument.Parse(json);
            message.FilterMetadata.Add(name, Read(document.RootElement).StructValue);
        }

        return message;
    }

    private static Value Read(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => new Value { StructValue = ReadStruct(element) },
        JsonValueKind.Array => new Value { ListValue = new ListValue { Values = { element.EnumerateArray().Select(Read) } } },
        JsonValueKind.String => new Value { StringValue = element.GetString() },
        JsonValueKind.Number => new Value { NumberValue = element.GetDouble() },
        JsonValueKind.True or JsonValueKind.False => new Value { BoolValue = element.GetBoolean() },
        _ => new Value { NullValue = NullValue.NullValue },
    };

    private static Struct ReadStruct(JsonElement element)
    {
        var map = new Struct();
        foreach (var property in element.EnumerateObject())
        {
            map.Fields[property.Name] = Read(property.Value);
        }

        return map;
    }

    private static void Write(Struct map, Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        foreach (var (key, value) in map.Fields)
        {
            writer.WritePropertyName(key);
            Write(value, writer);
        }

        writer.WriteEndObject();
    }

    private static void Write(Value value, Utf8JsonWriter writer)
    {
        switch (value.KindCase)
        {
            case Value.KindOneofCase.StructValue:
                Write(value.StructValue, writer);
                break;
            case Value.KindOneofCase.ListValue:
                writer.WriteStartArray();
                foreach (var item in value.ListValue.Values)
                {
                    Write(item, writer);
                }

                writer.WriteEndArray();
                break;
            case Value.KindOneofCase.StringValue:
                writer.WriteStringValue(value.StringValue);
                break;
            case Value.KindOneofCase.NumberValue:
                writer.WriteNumberValue(value.NumberValue);
                break;
            case Value.KindOneofCase.BoolValue:
                writer.WriteBooleanValue(value.BoolValue);
                break;
            default:
                writer.WriteNullValue();
                break;
        }
    }
}

using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Proxy.Discovery.Bootstrap.Faults;
using Proxy.Discovery.Bootstrap.Nodes;
using Proxy.Discovery.Bootstrap.Schema;

namespace Proxy.Discovery.V3.Dump;

/// <summary>Reads a message off the wire as the tree that its JSON form would be read as, so that what comes in binary is checked as texts are.</summary>
/// <remarks>Positions have no file: they number the values, to keep faults in their order.</remarks>
internal sealed class MessageNodeReader
{
    private static readonly JsonWriterOptions Deep = new() { MaxDepth = 4 * NodeLimits.MaxDepth };

    private int _values;

    private FaultPosition Next => new("", 1, ++_values);

    /// <summary>Reads a message.</summary>
    /// <exception cref="InvalidDataException">The bytes are no message.</exception>
    /// <exception cref="NodeSyntaxException">It nests too deep.</exception>
    public static ConfigNode Read(ReadOnlyMemory<byte> message, MessageType type) => new MessageNodeReader().ReadMessage(message, type, 1);

    private ConfigNode ReadMessage(ReadOnlyMemory<byte> message, MessageType type, int depth)
    {
        CheckDepth(depth);
        return ConfigNode.Map(Next, ReadFields(message, type, depth));
    }

    private List<ConfigEntry> ReadFields(ReadOnlyMemory<byte> message, MessageType type, int depth)
    {
        var fields = CollectionsMarshal.AsSpan(ByNumber(WireReader.Read(message)));
        var entries = new List<ConfigEntry>();
        while (!fields.IsEmpty)
        {
            var count = 1;
            while (count < fields.Length && fields[count].Number == fields[0].Number)
            {
                count++;
            }

            if (Find(type, fields[0].Number) is { } field)
            {
                entries.Add(new ConfigEntry(field.Name, ReadField(field, fields[..count], depth), Next));
            }
            else
            {
                var number = fields[0].Number.ToString(CultureInfo.InvariantCulture); // no name is like it
                entries.Add(new ConfigEntry(number, ConfigNode.Scalar(NodeKind.Null, Next, ""), Next));
            }

            fields = fields[count..];
        }

        return entries;
    }

    // Writers keep to this order; who does not is put in it.
    private static List<WireField> ByNumber(List<WireField> fields)
    {
        for (var i = 1; i < fields.Count; i++)
        {
            if (fields[i].Number < fields[i - 1].Number)
            {
                return [.. fields.OrderBy(static field => field.Number)];
            }
        }

        return fields;
    }

    private static FieldType? Find(MessageType type, int number)
    {
        foreach (var field in type.Fields)
        {
            if (field.Number == number)
            {
                return field;
            }
        }

        return null;
    }

    private ConfigNode ReadField(FieldType field, ReadOnlySpan<WireField> values, int depth)
    {
        if (field.IsMap)
        {
            return ReadMap(field, values, depth + 1);
        }

        return field.IsRepeated ? ReadList(field, values, depth + 1) : ReadValue(field, Merged(field, values), depth);
    }

    // A message that stands on the wire in pieces is one message: its bytes are simply joined.
    private static WireField Merged(FieldType field, ReadOnlySpan<WireField> values)
    {
        if (field.Kind < FieldKind.Message || values.Length == 1)
        {
            return values[^1];
        }

        var joined = new ArrayBufferWriter<byte>();
        foreach (var value in values)
        {
            joined.Write(value.Bytes.Span);
        }

        return values[^1] with { Bytes = joined.WrittenMemory };
    }

    private ConfigNode ReadMap(FieldType field, ReadOnlySpan<WireField> entries, int depth)
    {
        var read = new List<ConfigEntry>(entries.Length);
        var position = Next;
        foreach (var entry in entries)
        {
            var parts = WireReader.Read(entry.Bytes);
            var key = parts.LastOrDefault(static part => part.Number == 1);
            var name = field.KeyKind == FieldKind.String ? Text(key.Bytes) : key.Value.ToString(CultureInfo.InvariantCulture);
            read.Add(new ConfigEntry(name, ReadValue(field, parts.LastOrDefault(static part => part.Number == 2), depth), Next));
        }

        return ConfigNode.Map(position, read);
    }

    private ConfigNode ReadList(FieldType field, ReadOnlySpan<WireField> values, int depth)
    {
        var items = new List<ConfigNode>(values.Length);
        var position = Next;
        foreach (var value in values)
        {
            if (value.IsBytes && field.IsScalar && field.Kind is not (FieldKind.String or FieldKind.Bytes))
            {
                foreach (var item in WireReader.Unpack(field.Kind, value))
                {
                    items.Add(ReadValue(field, item, depth));
                }
            }
            else
            {
                items.Add(ReadValue(field, value, depth));
            }
        }

        return ConfigNode.List(position, items);
    }

    private ConfigNode ReadValue(FieldType field, WireField value, int depth) => field.Kind switch
    {
        FieldKind.Enum => ReadEnum(ApiSchema.Enum(field.TypeName), (int)value.Value),
        FieldKind.Message => ReadMessage(value.Bytes, ApiSchema.Message(field.TypeName), depth + 1),
        FieldKind.Any => ReadAny(value.Bytes, depth + 1),
        < FieldKind.Enum => ReadScalar(field.Kind, value),
        _ => ReadWellKnown(field.Kind, field.TypeName, value.Bytes),
    };

    private ConfigNode ReadScalar(FieldKind kind, WireField value) => kind switch
    {
        FieldKind.Bool => Scalar(NodeKind.Bool, value.Value != 0 ? "true" : "false"),
        FieldKind.String => Scalar(NodeKind.String, Text(value.Bytes)),
        FieldKind.Bytes => Scalar(NodeKind.String, Convert.ToBase64String(value.Bytes.Span)),
        FieldKind.Double => ReadDouble(BitConverter.UInt64BitsToDouble(value.Value)),
        FieldKind.Float => ReadDouble(BitConverter.UInt32BitsToSingle((uint)value.Value)),
        FieldKind.Int64 => Scalar(NodeKind.String, ((long)value.Value).ToString(CultureInfo.InvariantCulture)),
        FieldKind.UInt64 => Scalar(NodeKind.String, value.Value.ToString(CultureInfo.InvariantCulture)),
        FieldKind.Int32 => Scalar(NodeKind.Number, ((int)value.Value).ToString(CultureInfo.InvariantCulture)),
        _ => Scalar(NodeKind.Number, ((uint)value.Value).ToString(CultureInfo.InvariantCulture)),
    };

    private ConfigNode ReadDouble(double value)
    {
        return double.IsFinite(value)
            ? Scalar(NodeKind.Number, value.ToString("R", CultureInfo.InvariantCulture))
            : Scalar(NodeKind.String, double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
    }

    private ConfigNode ReadEnum(EnumType type, int number)
    {
        return type.NameOf(number) is { } name ? Scalar(NodeKind.String, name) : Scalar(NodeKind.Number, number.ToString(CultureInfo.InvariantCulture));
    }

    private ConfigNode ReadAny(ReadOnlyMemory<byte> any, int depth)
    {
        CheckDepth(depth);
        var parts = WireReader.Read(any);
        var url = Text(parts.LastOrDefault(static part => part.Number == 1).Bytes);
        var content = parts.LastOrDefault(static part => part.Number == 2).Bytes;
        var entries = new List<ConfigEntry> { new("@type", Scalar(NodeKind.String, url), Next) };
        if (ApiSchema.FindMessage(url[(url.LastIndexOf('/') + 1)..]) is not { } type)
        {
            entries.Add(new ConfigEntry("value", Scalar(NodeKind.String, Convert.ToBase64String(content.Span)), Next));
        }
        else if (WellKnownTypes.KindOf(type.Name) is var kind && kind == FieldKind.Message)
        {
            entries.AddRange(ReadFields(content, type, depth));
        }
        else
        {
            var value = kind == FieldKind.Any ? ReadAny(content, depth + 1) : ReadWellKnown(kind, type.Name, content);
            entries.Add(new ConfigEntry("value", value, Next));
        }

        return ConfigNode.Map(Next, entries);
    }

    private ConfigNode ReadWellKnown(FieldKind kind, string typeName, ReadOnlyMemory<byte> message)
    {
        switch (kind)
        {
            case FieldKind.Wrapper:
                return ReadScalar(ApiSchema.Message(typeName).Fields[0].Kind, WireReader.Read(message).LastOrDefault(static field => field.Number == 1));
            case FieldKind.Duration:
                return Scalar(NodeKind.String, WellKnownJsonWriter.DurationText(message));
            default:
                return ReadByJson(kind, typeName, message);
        }
    }

    // Rare ones, such as metadata, take the way over their text.
    private static ConfigNode ReadByJson(FieldKind kind, string typeName, ReadOnlyMemory<byte> message)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Deep))
        {
            new WellKnownJsonWriter(json).Write(kind, typeName, message);
        }

        return JsonNodeReader.Read("", Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    private void CheckDepth(int depth)
    {
        if (depth > NodeLimits.MaxDepth)
        {
            throw new NodeSyntaxException($"more than {NodeLimits.MaxDepth} levels deep", 1, _values);
        }
    }

    private ConfigNode Scalar(NodeKind kind, string text) => ConfigNode.Scalar(kind, Next, text);

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);
}

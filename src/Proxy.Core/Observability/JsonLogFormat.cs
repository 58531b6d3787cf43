using System.Text;
using Proxy.Configuration;

namespace Proxy.Observability;

/// <summary>A JSON line whose texts have command operators; a text that is one operator keeps the type of its value.</summary>
internal sealed class JsonLogFormat : LogFormat
{
    private readonly Node _root;

    private JsonLogFormat(Node root)
    {
        _root = root;
    }

    public static new JsonLogFormat? Compile(LogFormatConfig config, FormatEnvironment environment, string path, FaultList faults)
    {
        var before = faults.Count;
        if (config.Json is not JsonFormatObject)
        {
            faults.Add($"{path}.json_format", "must be an object");
            return null;
        }

        var root = Build(config.Json, config, environment, $"{path}.json_format", faults);
        return faults.Count == before ? new JsonLogFormat(root) : null;
    }

    public override void Write(in AccessLogEntry entry, FormatWriter writer)
    {
        if (!_root.TryWrite(entry, writer))
        {
            writer.Write("{}"u8);
        }

        writer.Write((byte)'\n');
    }

    private static Node Build(JsonFormatNode node, LogFormatConfig config, FormatEnvironment environment, string path, FaultList faults)
    {
        var omit = config.OmitEmptyValues;
        switch (node)
        {
            case JsonFormatObject map:
                var properties = map.Properties.Select(pair => (Key: Quoted(pair.Key), pair.Key, Value: Build(pair.Value, config, environment, $"{path}.{pair.Key}", faults)));
                var ordered = config.KeepOrder ? properties : properties.OrderBy(static property => property.Item2, StringComparer.Ordinal);
                return new ObjectNode([.. ordered.Select(static property => (property.Key, property.Value))], omit);
            case JsonFormatArray list:
                return new ListNode([.. list.Items.Select((item, i) => Build(item, config, environment, $"{path}[{i}]", faults))]);
            case JsonFormatText text:
                var format = TextFormat.TryCompile(text.Format, environment, omit, out var error);
                if (format is null)
                {
                    faults.Add(path, error);
                }

                return new TextNode(format ?? TextFormat.Empty, omit);
            case JsonFormatConstant { Json: "null" }:
                return new NullNode(omit);
            default:
                return new ConstantNode(Encoding.UTF8.GetBytes(((JsonFormatConstant)node).Json));
        }
    }

    private static byte[] Quoted(string key)
    {
        var writer = new FormatWriter();
        JsonText.WriteString(writer, Encoding.UTF8.GetBytes(key));
        writer.Write((byte)':');
        return writer.Written.ToArray();
    }

    /// <summary>Writes a value; answers false, having written nothing, when it is left out.</summary>
    private abstract class Node
    {
        public abstract bool TryWrite(in AccessLogEntry entry, FormatWriter writer);
    }

    private sealed class ConstantNode(byte[] json) : Node
    {
        public override bool TryWrite(in AccessLogEntry entry, FormatWriter writer)
        {
            writer.Write(json);
            return true;
        }
    }

    private sealed class NullNode(bool omit) : Node
    {
        public override bool TryWrite(in AccessLogEntry entry, FormatWriter writer)
        {
            writer.Write(omit ? default : "null"u8);
            return !omit;
        }
    }

    private sealed class TextNode(TextFormat format, bool omit) : Node
    {
        public override bool TryWrite(in AccessLogEntry entry, FormatWriter writer)
        {
            if (format.Parts.Length == 1)
            {
                if (format.Parts[0].TryWriteJson(entry, writer))
                {
                    return true;
                }

                writer.Write(omit ? default : "null"u8);
                return !omit;
            }

            var start = writer.Length;
            format.Write(entry, writer);
            JsonText.QuoteFrom(writer, start);
            return true;
        }
    }

    private sealed class ObjectNode((byte[] Key, Node Value)[] properties, bool omit) : Node
    {
        public override bool TryWrite(in AccessLogEntry entry, FormatWriter writer)
        {
            var start = writer.Length;
            var separator = "{"u8;
            foreach (var (key, value) in properties)
            {
                var before = writer.Length;
                writer.Write(separator);
                writer.Write(key);
                if (value.TryWrite(entry, writer))
                {
                    separator = ","u8;
                }
                else
                {
                    writer.Truncate(before);
                }
            }

            var empty = writer.Length == start;
            if (empty && omit)
            {
                return false;
            }

            writer.Write(empty ? "{}"u8 : "}"u8);
            return true;
        }
    }

    private sealed class ListNode(Node[] items) : Node
    {
        public override bool TryWrite(in AccessLogEntry entry, FormatWriter writer)
        {
            writer.Write((byte)'[');
            var first = true;
            foreach (var item in items)
            {
                var before = writer.Length;
                writer.Write(first ? default : ","u8);
                if (item.TryWrite(entry, writer))
                {
                    first = false;
                }
                else
                {
                    writer.Truncate(before);
                }
            }

            writer.Write((byte)']');
            return true;
        }
    }
}

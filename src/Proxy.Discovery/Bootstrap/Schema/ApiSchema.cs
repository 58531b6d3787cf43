using System.Globalization;
using System.Text;
using Proxy.Api;

namespace Proxy.Discovery.Bootstrap.Schema;

/// <summary>All messages and enums of the API that we serve, read from the schema text when first asked for.</summary>
/// <remarks>Any thread. The index is built on first use; a message costs nothing until a configuration uses it.</remarks>
internal static class ApiSchema
{
    private static readonly Lock Gate = new();
    private static readonly Dictionary<string, MessageType?> Messages = new(StringComparer.Ordinal);
    private static readonly Dictionary<string, EnumType> Enums = new(StringComparer.Ordinal);
    private static readonly Lazy<Dictionary<string, Block>> Index = new(BuildIndex);

    /// <summary>Names of all messages of the schema, without those of <c>google.protobuf</c>.</summary>
    public static IEnumerable<string> MessageNames => Index.Value.Where(b => b.Value.Kind == 'M').Select(b => b.Key);

    /// <summary>Names of all extensions that Envoy has, whether we serve them or not.</summary>
    public static IEnumerable<string> ExtensionNames => Index.Value.Where(b => b.Value.Kind != 'E').Select(b => b.Key);

    /// <summary>The message of this full name, or null.</summary>
    public static MessageType? FindMessage(string name)
    {
        lock (Gate)
        {
            if (!Messages.TryGetValue(name, out var message))
            {
                message = WellKnownTypes.TryMessage(name) ?? TryParseMessage(name);
                Messages[name] = message;
            }

            return message;
        }
    }

    public static MessageType Message(string name) =>
        FindMessage(name) ?? throw new InvalidOperationException($"{name} is not in the schema");

    public static EnumType Enum(string name)
    {
        lock (Gate)
        {
            if (!Enums.TryGetValue(name, out var known))
            {
                var values = Lines(name).Skip(1).Select(l => l.Split('\t')).Select(c => (Int(c[0]), c[1]));
                known = new EnumType(name, values);
                Enums[name] = known;
            }

            return known;
        }
    }

    /// <summary>Whether Envoy has an extension of this message name, though we do not serve it.</summary>
    public static bool IsForeignExtension(string name) => Index.Value.TryGetValue(name, out var block) && block.Kind == 'X';

    private static MessageType? TryParseMessage(string name)
    {
        if (!Index.Value.TryGetValue(name, out var block) || block.Kind != 'M')
        {
            return null;
        }

        var lines = Lines(name);
        var head = lines[0].Split('\t');
        var fields = new FieldType[lines.Length - 1];
        for (var i = 0; i < fields.Length; i++)
        {
            var c = lines[i + 1].Split('\t');
            fields[i] = new FieldType(Int(c[0]), c[1], c[2], c[3], c[4], c[5], c[6], c[7..]);
            if (Index.Value.TryGetValue(fields[i].TypeName, out var type) && type.Kind == 'E')
            {
                fields[i].IsReallyAnEnum();
            }
        }

        return new MessageType(name, head[2] == "-" ? [] : head[2].Split(','), fields);
    }

    private static string[] Lines(string name)
    {
        var block = Index.Value[name];
        return Encoding.UTF8.GetString(SchemaText.Utf8.Slice(block.Start, block.Length)).Split('\n');
    }

    private static Dictionary<string, Block> BuildIndex()
    {
        var index = new Dictionary<string, Block>(1024, StringComparer.Ordinal);
        var text = SchemaText.Utf8;
        string? name = null;
        var (kind, start) = ('\0', 0);
        for (var at = 0; at < text.Length;)
        {
            var length = text[at..].IndexOf((byte)'\n');
            if (text[at] is (byte)'M' or (byte)'E' or (byte)'X')
            {
                Close(at);
                (kind, start) = ((char)text[at], at);
                var line = text.Slice(at + 2, length - 2);
                var tab = line.IndexOf((byte)'\t');
                name = Encoding.UTF8.GetString(tab < 0 ? line : line[..tab]);
            }

            at += length + 1;
        }

        Close(text.Length);
        return index;

        void Close(int end)
        {
            if (name is not null)
            {
                index[name] = new Block(kind, start, end - start - 1);
            }
        }
    }

    private static int Int(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>Where a type's lines stand: <c>M</c> message, <c>E</c> enum, <c>X</c> extension that we do not serve.</summary>
    private readonly record struct Block(char Kind, int Start, int Length);
}

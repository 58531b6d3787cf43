using System.Globalization;
using System.Text;

namespace Proxy.Discovery.Bootstrap.Schema;

/// <summary>All messages and enums of the API that we serve, read from the schema text when first asked for.</summary>
/// <remarks>
/// Any thread. A message costs nothing until a configuration uses it. Start-up waits for this code: it keeps to loops, since each
/// kind of LINQ query costs a native binary tens of microseconds the first time.
/// </remarks>
internal static class ApiSchema
{
    private static readonly Lock Gate = new();
    private static readonly Dictionary<string, MessageType?> Messages = new(StringComparer.Ordinal);
    private static readonly Dictionary<string, EnumType> Enums = new(StringComparer.Ordinal);

    /// <summary>Names of all messages of the schema, without those of <c>google.protobuf</c>.</summary>
    public static IEnumerable<string> MessageNames => SchemaIndex.Names('M');

    /// <summary>Names that may follow <c>@type</c>: our messages, and the extensions of Envoy that we do not serve.</summary>
    public static IEnumerable<string> ExtensionNames => MessageNames.Concat(SchemaIndex.Names('X'));

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
                known = name == WellKnownTypes.NullValue ? new EnumType(name, [(0, "NULL_VALUE")]) : ParseEnum(name);
                Enums[name] = known;
            }

            return known;
        }
    }

    /// <summary>Whether Envoy has an extension of this message name, though we do not serve it.</summary>
    public static bool IsForeignExtension(string name) => SchemaIndex.IsForeign(name);

    private static MessageType? TryParseMessage(string name)
    {
        var lines = Lines(name);
        if (lines.Length == 0 || lines[0][0] != 'M')
        {
            return null;
        }

        var fields = new FieldType[lines.Length - 1];
        for (var i = 0; i < fields.Length; i++)
        {
            var c = lines[i + 1].Split('\t');
            fields[i] = new FieldType(Int(c[0]), c[1], c[2], c[3], c[4], c[5], c[6], c[7..]);
        }

        var categories = lines[0].Split('\t')[2];
        return new MessageType(name, categories == "-" ? [] : categories.Split(','), fields);
    }

    private static EnumType ParseEnum(string name)
    {
        var lines = Lines(name);
        var values = new (int Number, string Name)[lines.Length - 1];
        for (var i = 0; i < values.Length; i++)
        {
            var tab = lines[i + 1].IndexOf('\t', StringComparison.Ordinal);
            values[i] = (Int(lines[i + 1][..tab]), lines[i + 1][(tab + 1)..]);
        }

        return new EnumType(name, values);
    }

    private static string[] Lines(string name)
    {
        var block = SchemaIndex.Find(name);
        return block.IsEmpty ? [] : Encoding.UTF8.GetString(block[..^1]).Split('\n');
    }

    private static int Int(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}

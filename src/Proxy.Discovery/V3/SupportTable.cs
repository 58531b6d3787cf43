using Proxy.Discovery.Bootstrap.Messages;
using Proxy.Discovery.Bootstrap.Nodes;
using Proxy.Discovery.Bootstrap.Schema;

namespace Proxy.Discovery.V3;

/// <summary>
/// Which fields of which messages the translators use. A message takes a line: its full name, a colon and its fields;
/// <c>*</c> for all of them, <c>field=A|B</c> for a field of which only some values have an effect.
/// </summary>
internal sealed class SupportTable : ISupport
{
    private const string NotYet = "not supported yet";

    private readonly Dictionary<string, string> _lines = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dictionary<string, string[]?>> _fields = new(StringComparer.Ordinal);

    public SupportTable(IEnumerable<string> texts)
    {
        foreach (var text in texts)
        {
            foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                var colon = line.IndexOf(':', StringComparison.Ordinal);
                _lines[line[..colon].Trim()] = line[(colon + 1)..].Trim();
            }
        }
    }

    /// <summary>All lines: message and fields.</summary>
    public IReadOnlyDictionary<string, string> Lines => _lines;

    public string? Refusal(MessageType message, FieldType field, ConfigNode value)
    {
        var fields = FieldsOf(message.Name);
        if (fields.ContainsKey("*"))
        {
            return null;
        }

        if (!fields.TryGetValue(field.Name, out var values))
        {
            return NotYet;
        }

        if (values is null || ValueOf(field, value) is not { } given || values.Contains(given, StringComparer.OrdinalIgnoreCase))
        {
            return null;
        }

        return $"{given} is {NotYet}; {string.Join(" and ", values)} {(values.Length == 1 ? "is" : "are")}";
    }

    private Dictionary<string, string[]?> FieldsOf(string message)
    {
        lock (_fields)
        {
            if (!_fields.TryGetValue(message, out var fields))
            {
                fields = new Dictionary<string, string[]?>(StringComparer.Ordinal);
                foreach (var word in _lines.GetValueOrDefault(message, "").Split(' ', StringSplitOptions.RemoveEmptyEntries))
                {
                    var equals = word.IndexOf('=', StringComparison.Ordinal);
                    fields[equals < 0 ? word : word[..equals]] = equals < 0 ? null : word[(equals + 1)..].Split('|');
                }

                _fields[message] = fields;
            }

            return fields;
        }
    }

    /// <summary>The value in the words of the table, or null when it is none, which is a fault of another kind.</summary>
    private static string? ValueOf(FieldType field, ConfigNode value)
    {
        var kind = field.Kind == FieldKind.Wrapper ? FieldKind.Bool : field.Kind;
        if (!ScalarReader.TryRead(kind, field.TypeName, value, out var scalar, out _))
        {
            return null;
        }

        return kind == FieldKind.Enum ? ApiSchema.Enum(field.TypeName).NameOf((int)scalar.Integer) : scalar.Integer != 0 ? "true" : "false";
    }
}

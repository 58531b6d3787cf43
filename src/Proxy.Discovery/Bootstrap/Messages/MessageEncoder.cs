using Proxy.Discovery.Bootstrap.Faults;
using Proxy.Discovery.Bootstrap.Nodes;
using Proxy.Discovery.Bootstrap.Schema;

namespace Proxy.Discovery.Bootstrap.Messages;

/// <summary>
/// Turns a text's node tree into the wire form of a message and finds all that is wrong with it on the way:
/// names, types, oneofs, validation rules, settings without effect.
/// </summary>
/// <remarks>The wire form spares the start-up of protobuf's reflection; generated parsers read it without.</remarks>
internal sealed class MessageEncoder
{
    private readonly EncodeContext _context;
    private readonly RuleChecker _rules;
    private readonly WellKnownEncoder _wellKnown;
    private int _depth;
    private ConfigNode?[] _values = new ConfigNode?[256]; // by field, of all messages that are open
    private int _open;

    private MessageEncoder(EncodeContext context)
    {
        _context = context;
        _rules = new RuleChecker(context);
        _wellKnown = new WellKnownEncoder(context, _rules, this);
    }

    /// <summary>The message's wire form; when there are faults, without the faulty parts.</summary>
    public static ReadOnlyMemory<byte> Encode(ConfigNode node, MessageType type, EncodeOptions options, FaultList faults)
    {
        var context = new EncodeContext(options, faults);
        new MessageEncoder(context).WriteMessage(node, type);
        return context.Wire.Written;
    }

    public void WriteMessage(ConfigNode node, MessageType type)
    {
        if (node.Kind != NodeKind.Map)
        {
            _context.Fault(node.Position, "wrong_type", $"must be a map of settings, not {node.Describe()}");
            return;
        }

        _context.Visit(node, _depth++);
        var first = Collect(node, type);
        CheckOneofs(node, type, _values.AsSpan(first));
        for (var i = 0; i < type.Fields.Length; i++)
        {
            if (_values[first + i] is { } value)
            {
                WriteField(type, type.Fields[i], value);
            }
            else
            {
                CheckAbsent(node, type.Fields[i]);
            }
        }

        _open = first;
        _depth--;
    }

    // Where the values are: nested messages may move them to a larger array.
    private int Collect(ConfigNode node, MessageType type)
    {
        var first = _open;
        _open += type.Fields.Length;
        if (_open > _values.Length)
        {
            Array.Resize(ref _values, 2 * _open);
        }

        var values = _values.AsSpan(first, type.Fields.Length);
        values.Clear();
        foreach (var entry in node.Entries)
        {
            var index = type.IndexOf(entry.Name);
            if (index < 0)
            {
                _context.UnknownField(entry, Suggestion.DidYouMean(entry.Name, type.Fields.Select(f => f.Name)));
            }
            else if (entry.Value.As(EmptyOf(type.Fields[index])) is var value && (!value.IsNull || type.Fields[index] is { Kind: FieldKind.Value, IsRepeated: false, IsMap: false }))
            {
                var field = type.Fields[index];
                values[index] = values[index] is { } known ? NodeMerger.Merge(field, known, value) : value;
            }
        }

        return first;
    }

    private static NodeKind EmptyOf(FieldType field) => field switch
    {
        { IsRepeated: true } => NodeKind.List,
        { IsMap: true } or { Kind: FieldKind.Message or FieldKind.Struct or FieldKind.Any } => NodeKind.Map,
        { Kind: FieldKind.String or FieldKind.Bytes } => NodeKind.String,
        _ => NodeKind.Null,
    };

    private void CheckOneofs(ConfigNode node, MessageType type, ReadOnlySpan<ConfigNode?> values)
    {
        foreach (var oneof in type.Oneofs)
        {
            var (count, last, isRequired) = (0, -1, false);
            foreach (var field in oneof)
            {
                isRequired |= type.Fields[field].Rules.OneofRequired;
                (count, last) = values[field] is null ? (count, last) : (count + 1, field);
            }

            if (count > 1)
            {
                var names = NamesOf(type, WithValue(oneof, values), " and ");
                _context.FieldFault(type.Fields[last].Name, values[last]!.Position, "oneof", $"only one of {names} may be set");
            }
            else if (count == 0 && isRequired)
            {
                var names = NamesOf(type, oneof, ", ");
                _context.Fault(node.Position, "oneof.required", $"one of {names} must be set");
            }
        }
    }

    private static string NamesOf(MessageType type, IEnumerable<int> fields, string separator) =>
        string.Join(separator, fields.Select(field => type.Fields[field].Name));

    private static List<int> WithValue(int[] fields, ReadOnlySpan<ConfigNode?> values)
    {
        var set = new List<int>();
        foreach (var field in fields)
        {
            if (values[field] is not null)
            {
                set.Add(field);
            }
        }

        return set;
    }

    private void CheckAbsent(ConfigNode node, FieldType field)
    {
        if (!field.HasRules)
        {
            return;
        }

        var rules = field.Rules;
        if ((rules.Required && field.Oneof is null) || (field is { Kind: FieldKind.String or FieldKind.Bytes, HasImplicitDefault: true }
            && rules.Value is { MinLength: > 0, IgnoreEmpty: false } or { MinBytes: > 0, IgnoreEmpty: false }))
        {
            _context.FieldFault(field.Name, node.Position, "required", "required", Requirement.Of(field));
            return;
        }

        _context.Path.Push(field.Name);
        if (field.IsRepeated || field.IsMap)
        {
            _rules.CheckCount(rules, 0, node.Position);
        }
        else if (field.HasImplicitDefault && rules.Value is not null)
        {
            CheckScalar(field, rules.Value, new ScalarValue(field.Kind), node.Position);
        }

        _context.Path.Pop();
    }

    private void WriteField(MessageType type, FieldType field, ConfigNode value)
    {
        _context.Path.Push(field.Name);
        var (muted, slots) = (_context.Muted, _context.Slots);
        if (field.IsDisallowed)
        {
            _context.Fault(value.Position, "disallowed", "retired from the API and refused");
        }
        else if (_context.Options.Support.Refusal(type, field, value) is { } refusal && !IsWithoutMeaning(field, value))
        {
            _context.Unsupported(value.Position, refusal);
            _context.Muted++;
        }

        _context.Slots = SlotsOf(field, slots);
        if (field.IsMap)
        {
            WriteMap(field, value);
        }
        else if (field.IsRepeated)
        {
            WriteList(field, value);
        }
        else
        {
            WriteValue(field, field.Number, field.Rules.Value, value, isElement: false);
        }

        (_context.Muted, _context.Slots) = (muted, slots);
        _context.Path.Pop();
    }

    // An extension point may hold the Any itself or a message around it (name and typed_config), whose own word on what fits is the more general one.
    private static string[] SlotsOf(FieldType field, string[] outer)
    {
        return field.Kind == FieldKind.Any && outer.Length > 0 ? outer : field.Slots;
    }

    /// <summary>An empty list, or a scalar that says what is the default anyway.</summary>
    private static bool IsWithoutMeaning(FieldType field, ConfigNode value)
    {
        if (field.IsRepeated || field.IsMap)
        {
            return (value.Kind == NodeKind.List && value.Items.Count == 0) || (value.Kind == NodeKind.Map && value.Entries.Count == 0);
        }

        return field.HasImplicitDefault && ScalarReader.TryRead(field.Kind, field.TypeName, value, out var scalar, out _) && scalar.IsDefault;
    }

    private void WriteList(FieldType field, ConfigNode value)
    {
        // Protobuf's parser takes a lone value for a list of one.
        var items = value.Kind == NodeKind.List ? value.Items : [value];
        _rules.CheckCount(field.Rules, items.Count, value.Position);
        var seen = field.Rules.Unique ? new HashSet<string>(StringComparer.Ordinal) : null;
        for (var i = 0; i < items.Count; i++)
        {
            _context.Path.PushIndex(i);
            WriteValue(field, field.Number, field.Rules.Items, items[i], isElement: true);
            if (seen?.Add(items[i].Text) == false)
            {
                _context.Fault(items[i].Position, "repeated.unique", $"{items[i].Describe()} is listed twice");
            }

            _context.Path.Pop();
        }
    }

    private void WriteMap(FieldType field, ConfigNode value)
    {
        if (value.Kind != NodeKind.Map)
        {
            _context.Fault(value.Position, "wrong_type", $"must be a map, not {value.Describe()}");
            return;
        }

        _rules.CheckCount(field.Rules, value.Entries.Count, value.Position);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in value.Entries)
        {
            _context.Path.PushKey(entry.Name);
            if (!seen.Add(entry.Name))
            {
                _context.Fault(entry.Position, "duplicate_key", "stands here twice");
            }

            WriteEntry(field, entry);
            _context.Path.Pop();
        }
    }

    private void WriteEntry(FieldType field, ConfigEntry entry)
    {
        var name = ConfigNode.Scalar(NodeKind.String, entry.Position, entry.Name);
        if (!ScalarReader.TryRead(field.KeyKind, "", name, out var key, out var wrong))
        {
            _context.Fault(entry.Position, wrong.Rule, wrong.Message, wrong.Hint);
            return;
        }

        _rules.Check(field.Rules.Keys, key, entry.Position);
        if (entry.Value.IsNull && field.Kind is not (FieldKind.Struct or FieldKind.Value))
        {
            _context.Fault(entry.Value.Position, "wrong_type", "must not be null");
            return;
        }

        var start = _context.Wire.Begin(field.Number);
        key.WriteTo(_context.Wire, 1);
        WriteValue(field, 2, field.Rules.Items, entry.Value, isElement: true);
        _context.Wire.End(start);
    }

    private void WriteValue(FieldType field, int number, ValueRules? rules, ConfigNode value, bool isElement)
    {
        _context.Visit(value, _depth);
        if (field.IsScalar)
        {
            WriteScalar(field, number, rules, value, isElement);
        }
        else if (field.Kind == FieldKind.Message)
        {
            var start = _context.Wire.Begin(number);
            WriteMessage(value.IsNull ? ConfigNode.Map(value.Position, []) : value, ApiSchema.Message(field.TypeName));
            _context.Wire.End(start);
        }
        else
        {
            var start = _context.Wire.Begin(number);
            _depth++;
            _wellKnown.Write(field.Kind, field.TypeName, rules, value);
            _depth--;
            _context.Wire.End(start);
        }
    }

    private void WriteScalar(FieldType field, int number, ValueRules? rules, ConfigNode value, bool isElement)
    {
        if (isElement && value.IsNull)
        {
            new ScalarValue(field.Kind).WriteTo(_context.Wire, number);
        }
        else if (!ScalarReader.TryRead(field.Kind, field.TypeName, value, out var scalar, out var wrong))
        {
            _context.Fault(value.Position, wrong.Rule, wrong.Message, wrong.Hint);
        }
        else
        {
            CheckScalar(field, rules, scalar, value.Position);
            if (isElement || !field.HasImplicitDefault || !scalar.IsDefault)
            {
                scalar.WriteTo(_context.Wire, number);
            }
        }
    }

    private void CheckScalar(FieldType field, ValueRules? rules, in ScalarValue scalar, FaultPosition position)
    {
        if (field.Kind == FieldKind.Enum)
        {
            _rules.CheckEnum(rules, ApiSchema.Enum(field.TypeName), (int)scalar.Integer, position);
        }
        else
        {
            _rules.Check(rules, scalar, position);
        }
    }
}

using Proxy.Discovery.Bootstrap.Nodes;
using Proxy.Discovery.Bootstrap.Schema;

namespace Proxy.Discovery.Bootstrap.Messages;

/// <summary>Writes the bodies of <c>google.protobuf</c> messages, which have text forms of their own.</summary>
internal sealed class WellKnownEncoder(EncodeContext context, RuleChecker rules, MessageEncoder messages)
{
    private const string TypeKey = "@type";

    private readonly StructEncoder _structs = new(context);

    public void Write(FieldKind kind, string typeName, ValueRules? valueRules, ConfigNode node)
    {
        switch (kind)
        {
            case FieldKind.Any:
                WriteAny(node);
                break;
            case FieldKind.Wrapper:
                WriteWrapper(typeName, valueRules, node);
                break;
            case FieldKind.Duration:
                WriteDuration(valueRules, node);
                break;
            case FieldKind.Timestamp:
                WriteTimestamp(node);
                break;
            case FieldKind.FieldMask:
                WriteFieldMask(node);
                break;
            case FieldKind.Struct:
                _structs.WriteStruct(node);
                break;
            case FieldKind.ListValue:
                _structs.WriteList(node);
                break;
            default:
                _structs.WriteValue(node);
                break;
        }
    }

    private void WriteWrapper(string typeName, ValueRules? valueRules, ConfigNode node)
    {
        var field = ApiSchema.Message(typeName).Fields[0];
        var inner = node.Kind == NodeKind.Map ? Unwrap(node) : node;
        if (inner.IsNull)
        {
            rules.Check(valueRules, new ScalarValue(field.Kind), node.Position);
        }
        else if (!ScalarReader.TryRead(field.Kind, "", inner, out var scalar, out var wrong))
        {
            context.Fault(inner.Position, wrong.Rule, wrong.Message, wrong.Hint);
        }
        else
        {
            rules.Check(valueRules, scalar, inner.Position);
            if (!scalar.IsDefault)
            {
                scalar.WriteTo(context.Wire, 1);
            }
        }
    }

    /// <summary>The value of <c>{value: 5}</c>, which Envoy takes beside the bare <c>5</c>.</summary>
    private ConfigNode Unwrap(ConfigNode node)
    {
        var value = ConfigNode.Scalar(NodeKind.Null, node.Position, "");
        foreach (var entry in node.Entries)
        {
            if (entry.Name == "value")
            {
                value = entry.Value;
            }
            else
            {
                context.UnknownField(entry, Suggestion.DidYouMean(entry.Name, ["value"]));
            }
        }

        return value;
    }

    private void WriteDuration(ValueRules? valueRules, ConfigNode node)
    {
        if (node.Kind == NodeKind.Map)
        {
            var (seconds, nanos) = WriteSecondsAndNanos(node);
            rules.CheckDuration(valueRules, seconds, nanos, node.Position);
        }
        else if (node.Kind == NodeKind.String && TimeText.TryDuration(node.Text, out var seconds, out var nanos))
        {
            rules.CheckDuration(valueRules, seconds, nanos, node.Position);
            WriteParts(seconds, nanos);
        }
        else
        {
            context.Fault(node.Position, "wrong_type", $"must be a duration, not {node.Describe()}", "seconds with an s, such as 5s or 0.25s");
        }
    }

    private void WriteTimestamp(ConfigNode node)
    {
        if (node.Kind == NodeKind.Map)
        {
            WriteSecondsAndNanos(node);
        }
        else if (node.Kind == NodeKind.String && TimeText.TryTimestamp(node.Text, out var seconds, out var nanos))
        {
            WriteParts(seconds, nanos);
        }
        else
        {
            context.Fault(node.Position, "wrong_type", $"must be a point in time, not {node.Describe()}", "such as 2026-01-31T12:00:00Z");
        }
    }

    private (long Seconds, int Nanos) WriteSecondsAndNanos(ConfigNode node)
    {
        var (seconds, nanos) = (0L, 0);
        foreach (var entry in node.Entries)
        {
            if (entry.Name is not ("seconds" or "nanos"))
            {
                context.UnknownField(entry, Suggestion.DidYouMean(entry.Name, ["seconds", "nanos"]));
                continue;
            }

            var kind = entry.Name == "seconds" ? FieldKind.Int64 : FieldKind.Int32;
            if (entry.Value.IsNull)
            {
                continue;
            }

            if (!ScalarReader.TryRead(kind, "", entry.Value, out var value, out var wrong))
            {
                context.FieldFault(entry.Name, entry.Value.Position, wrong.Rule, wrong.Message, wrong.Hint);
            }
            else
            {
                (seconds, nanos) = kind == FieldKind.Int64 ? ((long)value.Integer, nanos) : (seconds, (int)value.Integer);
            }
        }

        WriteParts(seconds, nanos);
        return (seconds, nanos);
    }

    private void WriteParts(long seconds, int nanos)
    {
        if (seconds != 0)
        {
            context.Wire.VarintField(1, unchecked((ulong)seconds));
        }

        if (nanos != 0)
        {
            context.Wire.VarintField(2, unchecked((ulong)(long)nanos));
        }
    }

    private void WriteFieldMask(ConfigNode node)
    {
        if (node.Kind != NodeKind.String)
        {
            context.Fault(node.Position, "wrong_type", $"must be names with commas between, not {node.Describe()}");
            return;
        }

        foreach (var path in node.Text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var name = string.Concat(path.Select(c => char.IsAsciiLetterUpper(c) ? $"_{char.ToLowerInvariant(c)}" : c.ToString()));
            context.Wire.StringField(1, name);
        }
    }

    private void WriteAny(ConfigNode node)
    {
        if (node.Kind != NodeKind.Map)
        {
            context.Fault(node.Position, "wrong_type", $"must be a map with {TypeKey}, not {node.Describe()}");
            return;
        }

        if (TypeUrl(node) is not { } url)
        {
            return;
        }

        context.Wire.StringField(1, url);
        var name = url[(url.LastIndexOf('/') + 1)..];
        var type = ApiSchema.FindMessage(name);
        if (type is null)
        {
            RefuseType(node, name);
            return;
        }

        CheckSlot(type, node);
        var slots = context.Slots;
        context.Slots = [];
        var start = context.Wire.Begin(2);
        WriteContent(type, node);
        context.Wire.End(start);
        context.Slots = slots;
    }

    private string? TypeUrl(ConfigNode node)
    {
        var urls = node.Entries.FindAll(e => e.Name == TypeKey);
        if (urls.Count != 1 || urls[0].Value.Kind != NodeKind.String)
        {
            var position = urls.Count == 0 ? node.Position : urls[^1].Position;
            context.FieldFault(
                TypeKey, position, "any.type", urls.Count == 0 ? "required" : "must be one string", "type.googleapis.com/ and the full name of a message");
            return null;
        }

        var url = urls[0].Value.Text;
        var slash = url.LastIndexOf('/');
        if (slash <= 0 || slash == url.Length - 1)
        {
            context.FieldFault(TypeKey, urls[0].Value.Position, "any.type", $"\"{url}\" is no type URL", "type.googleapis.com/ and the full name of a message");
            return null;
        }

        return url;
    }

    private void RefuseType(ConfigNode node, string name)
    {
        var position = node.Entries.Find(e => e.Name == TypeKey).Value.Position;
        if (ApiSchema.IsForeignExtension(name))
        {
            context.Unsupported(position, $"extension {name} is not supported yet");
        }
        else
        {
            context.FieldFault(TypeKey, position, "unknown_extension", $"unknown extension {name}", Suggestion.DidYouMean(name, ApiSchema.ExtensionNames));
        }
    }

    private void CheckSlot(MessageType type, ConfigNode node)
    {
        if (context.Slots.Length > 0 && !Array.Exists(context.Slots, s => Array.IndexOf(type.Categories, s) >= 0))
        {
            var position = node.Entries.Find(e => e.Name == TypeKey).Value.Position;
            context.FieldFault(
                TypeKey, position, "any.category", $"{type.Name} cannot be used here", $"wanted: {string.Join(" or ", context.Slots)}");
        }
    }

    private void WriteContent(MessageType type, ConfigNode node)
    {
        var entries = node.Entries.FindAll(e => e.Name != TypeKey);
        var kind = WellKnownTypes.KindOf(type.Name);
        if (kind == FieldKind.Message)
        {
            messages.WriteMessage(ConfigNode.Map(node.Position, entries), type);
            return;
        }

        // Types with a text form of their own keep it under "value".
        var value = ConfigNode.Scalar(NodeKind.Null, node.Position, "");
        foreach (var entry in entries)
        {
            if (entry.Name == "value")
            {
                value = entry.Value;
            }
            else
            {
                context.UnknownField(entry, "the value of such a type stands under value");
            }
        }

        if (!value.IsNull || kind == FieldKind.Value)
        {
            Write(kind, type.Name, null, value);
        }
    }
}

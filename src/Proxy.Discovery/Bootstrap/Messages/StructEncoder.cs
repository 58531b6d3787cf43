using Proxy.Discovery.Bootstrap.Nodes;

namespace Proxy.Discovery.Bootstrap.Messages;

/// <summary>Writes free-form values: <c>google.protobuf.Struct</c>, <c>Value</c> and <c>ListValue</c>.</summary>
internal sealed class StructEncoder(EncodeContext context)
{
    private int _depth;

    public void WriteStruct(ConfigNode node)
    {
        if (node.Kind != NodeKind.Map && !node.IsNull)
        {
            context.Fault(node.Position, "wrong_type", $"must be a map, not {node.Describe()}");
            return;
        }

        context.Visit(node, _depth++);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in node.Entries)
        {
            if (!seen.Add(entry.Name))
            {
                context.FieldFault(entry.Name, entry.Position, "duplicate_key", "stands here twice");
            }

            context.Path.Push(entry.Name);
            var pair = context.Wire.Begin(1);
            context.Wire.StringField(1, entry.Name);
            var value = context.Wire.Begin(2);
            WriteValue(entry.Value);
            context.Wire.End(value);
            context.Wire.End(pair);
            context.Path.Pop();
        }

        _depth--;
    }

    public void WriteList(ConfigNode node)
    {
        if (node.Kind != NodeKind.List)
        {
            context.Fault(node.Position, "wrong_type", $"must be a list, not {node.Describe()}");
            return;
        }

        context.Visit(node, _depth++);
        for (var i = 0; i < node.Items.Count; i++)
        {
            context.Path.PushIndex(i);
            var value = context.Wire.Begin(1);
            WriteValue(node.Items[i]);
            context.Wire.End(value);
            context.Path.Pop();
        }

        _depth--;
    }

    public void WriteValue(ConfigNode node)
    {
        context.Visit(node, _depth);
        switch (node.Kind)
        {
            case NodeKind.Null or NodeKind.Empty:
                context.Wire.VarintField(1, 0);
                break;
            case NodeKind.Number:
                WriteNumber(node);
                break;
            case NodeKind.String:
                context.Wire.StringField(3, node.Text);
                break;
            case NodeKind.Bool:
                context.Wire.VarintField(4, node.Text == "true" ? 1u : 0u);
                break;
            case NodeKind.Map:
                WriteNested(5, node, WriteStruct);
                break;
            default:
                WriteNested(6, node, WriteList);
                break;
        }
    }

    private void WriteNumber(ConfigNode node)
    {
        if (NumberText.TryDouble(node.Text, out var number))
        {
            context.Wire.DoubleField(2, number);
        }
        else
        {
            context.Fault(node.Position, "out_of_range", $"{node.Text} is too large a number");
        }
    }

    private void WriteNested(int number, ConfigNode node, Action<ConfigNode> write)
    {
        var start = context.Wire.Begin(number);
        write(node);
        context.Wire.End(start);
    }
}

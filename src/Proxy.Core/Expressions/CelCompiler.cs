using System.Text;
using Proxy.Configuration;
using Proxy.Configuration.Matching;
using Proxy.Expressions.Attributes;
using Proxy.Routing.Matching;

namespace Proxy.Expressions;

/// <summary>Makes nodes of an expression, adding faults: unknown functions, and attributes that are not served, are found here.</summary>
internal sealed class CelCompiler(CelConfig config, string path, FaultList faults)
{
    // Evaluation goes down the stack.
    private const int MaxDepth = 200;
    private const int MaxNodes = 10_000;

    private static readonly string[] Types = ["bool", "int", "uint", "double", "string", "bytes", "list", "map", "null_type", "type"];
    private static readonly ErrorNode Wrong = new([]);

    private int _nodes;

    public CelNode Compile() => Compile(config.Root, MaxDepth);

    private CelNode Compile(ExpressionConfig expression, int depth)
    {
        if (depth == 0 || ++_nodes > MaxNodes)
        {
            return Fault(depth == 0 ? $"is nested more than {MaxDepth} deep" : $"has more than {MaxNodes} parts");
        }

        return expression switch
        {
            ExpressionTextConfig text => Parse(text.Text, depth),
            ExpressionConstantConfig constant => new ConstantNode(constant.Value),
            ExpressionNameConfig name => Name(name.Name),
            ExpressionSelectConfig select => Select(select, depth),
            ExpressionCallConfig call => Call(call, depth),
            ExpressionListConfig list => new ListNode(Each(list.Items, depth)),
            ExpressionMapConfig map => new MapNode([.. map.Entries.Select(entry => (Compile(entry.Key, depth - 1), Compile(entry.Value, depth - 1)))]),
            _ => throw new ConfigException(path, $"unknown expression {expression.GetType().Name}"),
        };
    }

    private CelNode Parse(string text, int depth) => CelParser.Parse(text, out var error) is { } parsed ? Compile(parsed, depth) : Fault($"'{text}': {error}");

    private CelNode[] Each(ConfigList<ExpressionConfig> items, int depth) => [.. items.Select(item => Compile(item, depth - 1))];

    private CelNode Name(string name)
    {
        if (AttributeMap.Roots.TryGetValue(name, out var root))
        {
            return new AttributeNode((in CelContext _) => CelValue.OfMap(root));
        }

        if (name == "upstream_filter_state")
        {
            return Fault($"{name} is not supported yet");
        }

        var bytes = Encoding.UTF8.GetBytes(name);
        return Array.IndexOf(Types, name) >= 0 ? new AttributeNode((in CelContext _) => CelValue.OfType(bytes)) : new ErrorNode([.. "no such attribute "u8, .. bytes]);
    }

    private CelNode Select(ExpressionSelectConfig select, int depth)
    {
        if (!select.TestOnly && select.Operand is ExpressionNameConfig { Name: var name } && AttributeMap.Roots.TryGetValue(name, out var root) && root is AttributeMap map)
        {
            if (map.Refuses(select.Field))
            {
                return Fault($"attribute {name}.{select.Field} is not supported yet");
            }

            return map.Node(select.Field);
        }

        var operand = Compile(select.Operand, depth - 1);
        var field = new ConstantNode(select.Field);
        return select.TestOnly ? new PresenceNode(operand, field) : Index(operand, field);
    }

    // A header by its name is found without looking at the name again.
    private static CelNode Index(CelNode container, CelNode key) => container is HeadersNode headers && key is ConstantNode { Text: { } name }
        ? headers.Of(name)
        : new BinaryNode(CelContainers.Index, container, key);

    private CelNode Call(ExpressionCallConfig call, int depth)
    {
        switch (call.Function)
        {
            case "_&&_":
                return new AllNode(Each(Flatten(call), depth));
            case "_||_":
                return new AnyNode(Each(Flatten(call), depth));
        }

        var operands = Each(call.Target is { } target ? [target, .. call.Arguments] : call.Arguments, depth);
        return (call.Function, operands) switch
        {
            ("_?_:_", [var condition, var whenTrue, var whenFalse]) => new ChoiceNode(condition, whenTrue, whenFalse),
            ("_[_]", [var container, var key]) => Index(container, key),
            ("matches", [var text, var pattern]) => Matches(text, pattern),
            ("replace", [var text, var old, var replacement]) when config.StringFunctions => new ReplaceNode(text, old, replacement),
            (_, [var one]) when CelFunctions.OfOne(call.Function, config) is { } function => new UnaryNode(function, one),
            (_, [var left, var right]) when CelFunctions.OfTwo(call.Function, config) is { } function => new BinaryNode(function, left, right),
            (_, [var time, ConstantNode { Text: { } zone }]) when CelTimes.Zone(zone) is { } known && CelTimes.Part(call.Function, known) is { } part => new UnaryNode(part, time),
            _ => Fault($"there is no function {call.Function} of {operands.Length} values here"),
        };
    }

    // A long chain is a tree as deep as it is long.
    private static ConfigList<ExpressionConfig> Flatten(ExpressionCallConfig call)
    {
        var parts = new List<ExpressionConfig>();
        var rest = new Stack<ExpressionConfig>();
        rest.Push(call);
        while (rest.TryPop(out var next))
        {
            if (next is ExpressionCallConfig { Arguments: [var left, var right] } same && same.Function == call.Function)
            {
                rest.Push(right);
                rest.Push(left);
            }
            else
            {
                parts.Add(next);
            }
        }

        return parts.ToConfigList();
    }

    private CelNode Matches(CelNode text, CelNode pattern)
    {
        if (pattern is not ConstantNode { Text: { } constant })
        {
            return Fault("matches takes an expression that is written out: it is compiled once");
        }

        return ByteRegex.Compile(constant, path, faults) is { } regex ? new RegexNode(text, regex) : Wrong;
    }

    private ErrorNode Fault(string fault)
    {
        faults.Add(path, fault);
        return Wrong;
    }
}

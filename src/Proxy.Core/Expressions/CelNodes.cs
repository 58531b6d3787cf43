using System.Text;

namespace Proxy.Expressions;

/// <summary>A value of the configuration.</summary>
internal sealed class ConstantNode : CelNode
{
    private readonly object? _value;
    private readonly byte[] _text;

    public ConstantNode(object? value)
    {
        _value = value;
        _text = value switch
        {
            string text => Encoding.UTF8.GetBytes(text),
            IEnumerable<byte> bytes => [.. bytes],
            _ => [],
        };
    }

    /// <summary>The text; null when it is none.</summary>
    public string? Text => _value as string;

    public override CelValue Evaluate(in CelContext context) => _value switch
    {
        null => CelValue.Null,
        bool flag => CelValue.Of(flag),
        long number => CelValue.Of(number),
        ulong number => CelValue.Of(number),
        double number => CelValue.Of(number),
        string text => CelValue.OfText(_text, text),
        _ => CelValue.OfBytes(_text),
    };
}

/// <summary>An error whatever is asked, such as a name that nobody knows.</summary>
internal sealed class ErrorNode(byte[] reason) : CelNode
{
    public override CelValue Evaluate(in CelContext context) => CelValue.Error(reason);
}

/// <summary>An attribute.</summary>
internal sealed class AttributeNode(AttributeFunction read) : CelNode
{
    public override CelValue Evaluate(in CelContext context) => read(context);
}

/// <summary>True when all are; one that is false decides, whatever is wrong with others.</summary>
internal sealed class AllNode(CelNode[] parts) : CelNode
{
    public override CelValue Evaluate(in CelContext context)
    {
        var isTrue = true;
        foreach (var part in parts)
        {
            var value = part.Evaluate(context);
            if (value.IsFalse)
            {
                return CelValue.Of(false);
            }

            isTrue &= value.IsTrue;
        }

        return isTrue ? CelValue.Of(true) : CelValue.NoSuchOverload;
    }
}

/// <summary>True when one is, whatever is wrong with others.</summary>
internal sealed class AnyNode(CelNode[] parts) : CelNode
{
    public override CelValue Evaluate(in CelContext context)
    {
        var isFalse = true;
        foreach (var part in parts)
        {
            var value = part.Evaluate(context);
            if (value.IsTrue)
            {
                return CelValue.Of(true);
            }

            isFalse &= value.IsFalse;
        }

        return isFalse ? CelValue.Of(false) : CelValue.NoSuchOverload;
    }
}

/// <summary>One of two values; the other one is not evaluated.</summary>
internal sealed class ChoiceNode(CelNode condition, CelNode whenTrue, CelNode whenFalse) : CelNode
{
    public override CelValue Evaluate(in CelContext context)
    {
        var chosen = condition.Evaluate(context);
        if (chosen.IsTrue)
        {
            return whenTrue.Evaluate(context);
        }

        return chosen.IsFalse ? whenFalse.Evaluate(context) : chosen.IsError ? chosen : CelValue.NoSuchOverload;
    }
}

/// <summary>A function of one value; an error passes through.</summary>
internal sealed class UnaryNode(UnaryFunction function, CelNode operand) : CelNode
{
    public override CelValue Evaluate(in CelContext context)
    {
        var value = operand.Evaluate(context);
        return value.IsError ? value : function(context, value);
    }
}

/// <summary>A function of two values; an error passes through.</summary>
internal sealed class BinaryNode(BinaryFunction function, CelNode left, CelNode right) : CelNode
{
    public override CelValue Evaluate(in CelContext context)
    {
        var first = left.Evaluate(context);
        if (first.IsError)
        {
            return first;
        }

        var second = right.Evaluate(context);
        return second.IsError ? second : function(context, first, second);
    }
}

/// <summary>Whether a field is there.</summary>
internal sealed class PresenceNode(CelNode operand, CelNode field) : CelNode
{
    public override CelValue Evaluate(in CelContext context)
    {
        var value = operand.Evaluate(context);
        if (value.IsError || value.Kind != CelKind.Map)
        {
            return value.IsError ? value : CelValue.NoSuchOverload;
        }

        return CelValue.Of(!CelContainers.Find(context, value, field.Evaluate(context)).IsError);
    }
}

/// <summary>A list written out; its items are evaluated when they are asked for.</summary>
internal sealed class ListNode(CelNode[] items) : CelNode
{
    public int Count => items.Length;

    public CelValue Item(in CelContext context, int index) => items[index].Evaluate(context);

    public override CelValue Evaluate(in CelContext context) => CelValue.OfList(this);
}

/// <summary>A map written out.</summary>
internal sealed class MapNode((CelNode Key, CelNode Value)[] entries) : CelNode
{
    public int Count => entries.Length;

    public override CelValue Evaluate(in CelContext context) => CelValue.OfMap(this);

    public CelValue Find(in CelContext context, CelValue key)
    {
        foreach (var (known, value) in entries)
        {
            if (CelComparison.AreEqual(context, known.Evaluate(context), key))
            {
                return value.Evaluate(context);
            }
        }

        return CelValue.NoSuchKey;
    }
}

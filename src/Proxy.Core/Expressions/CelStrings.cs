using Proxy.Routing.Matching;

namespace Proxy.Expressions;

/// <summary>Functions of texts.</summary>
internal static class CelStrings
{
    public static CelValue ToLower(in CelContext context, CelValue value) => Map(context, value, static b => b is >= (byte)'A' and <= (byte)'Z' ? (byte)(b | 0x20) : b);

    public static CelValue ToUpper(in CelContext context, CelValue value) => Map(context, value, static b => b is >= (byte)'a' and <= (byte)'z' ? (byte)(b & ~0x20) : b);

    public static CelValue Trim(in CelContext context, CelValue value) =>
        value.Kind == CelKind.String ? CelValue.OfText(value.Text.Trim(" \t\n\v\f\r"u8)) : CelValue.NoSuchOverload;

    private static CelValue Map(in CelContext context, CelValue value, Func<byte, byte> map)
    {
        if (value.Kind != CelKind.String)
        {
            return CelValue.NoSuchOverload;
        }

        var start = context.Room.Length;
        foreach (var b in value.Text)
        {
            context.Room.Write(map(b));
        }

        return context.Written(start);
    }
}

/// <summary><c>text.matches(expression)</c>: whether the expression matches anywhere in the text.</summary>
internal sealed class RegexNode(CelNode operand, ByteRegex regex) : CelNode
{
    public override CelValue Evaluate(in CelContext context)
    {
        var value = operand.Evaluate(context);
        return value.Kind == CelKind.String ? CelValue.Of(regex.IsMatchAnywhere(value.Text)) : value.IsError ? value : CelValue.NoSuchOverload;
    }
}

/// <summary><c>text.replace(old, new)</c>: everywhere.</summary>
internal sealed class ReplaceNode(CelNode operand, CelNode old, CelNode replacement) : CelNode
{
    public override CelValue Evaluate(in CelContext context)
    {
        var text = operand.Evaluate(context);
        var from = old.Evaluate(context);
        var to = replacement.Evaluate(context);
        if (text.Kind != CelKind.String || from.Kind != CelKind.String || to.Kind != CelKind.String)
        {
            return CelValue.NoSuchOverload;
        }

        if (from.Text.IsEmpty)
        {
            return text;
        }

        var start = context.Room.Length;
        var rest = text.Text;
        for (var at = rest.IndexOf(from.Text); at >= 0 && !context.IsFull; at = rest.IndexOf(from.Text))
        {
            context.Room.Write(rest[..at]);
            context.Room.Write(to.Text);
            rest = rest[(at + from.Text.Length)..];
        }

        context.Room.Write(rest);
        return context.Written(start);
    }
}

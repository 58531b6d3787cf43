using System.Globalization;
using Proxy.Discovery.Bootstrap.Nodes;
using Proxy.Discovery.Bootstrap.Schema;

namespace Proxy.Discovery.Bootstrap.Messages;

/// <summary>Reads the scalars of a text in the spellings that Envoy takes.</summary>
internal static class ScalarReader
{
    /// <summary>Reads one scalar, or says in <paramref name="wrong"/> what it should have been.</summary>
    public static bool TryRead(FieldKind kind, string typeName, ConfigNode node, out ScalarValue value, out ScalarFault wrong)
    {
        value = new ScalarValue(kind);
        wrong = default;
        switch (kind)
        {
            case FieldKind.Bool:
                return TryBool(node, ref value, ref wrong);
            case FieldKind.String:
                return TryString(node, ref value, ref wrong);
            case FieldKind.Bytes:
                return TryBytes(node, ref value, ref wrong);
            case FieldKind.Enum:
                return TryEnum(ApiSchema.Enum(typeName), node, ref value, ref wrong);
            case FieldKind.Double or FieldKind.Float:
                return TryDouble(node, ref value, ref wrong);
            default:
                return TryInteger(node, ref value, ref wrong);
        }
    }

    private static bool TryBool(ConfigNode node, ref ScalarValue value, ref ScalarFault wrong)
    {
        bool? read = (node.Kind, node.Text.ToLowerInvariant()) switch
        {
            (NodeKind.Bool, var word) => word == "true",
            (NodeKind.String, "true" or "t" or "yes" or "y" or "1") => true,
            (NodeKind.String, "false" or "f" or "no" or "n" or "0") => false,
            _ => null,
        };
        wrong = new ScalarFault("wrong_type", $"must be true or false, not {node.Describe()}");
        value = value with { Integer = read == true ? 1 : 0 };
        return read is not null;
    }

    private static bool TryString(ConfigNode node, ref ScalarValue value, ref ScalarFault wrong)
    {
        if (node.Kind == NodeKind.String)
        {
            value = value with { Text = node.Text };
            return true;
        }

        var hint = node.Kind is NodeKind.Bool or NodeKind.Number ? "put it in quotes" : null;
        wrong = new ScalarFault("wrong_type", $"must be a string, not {node.Describe()}", hint);
        return false;
    }

    private static bool TryBytes(ConfigNode node, ref ScalarValue value, ref ScalarFault wrong)
    {
        if (node.Kind == NodeKind.String && Base64Text.TryDecode(node.Text, out var bytes))
        {
            value = value with { Bytes = bytes };
            return true;
        }

        wrong = new ScalarFault("wrong_type", $"must be a string in base64, not {node.Describe()}");
        return false;
    }

    private static bool TryEnum(EnumType type, ConfigNode node, ref ScalarValue value, ref ScalarFault wrong)
    {
        if (node.Kind == NodeKind.String && type.TryNumber(node.Text, out var number))
        {
            value = value with { Integer = number };
            return true;
        }

        var isNumber = node.Kind == NodeKind.Number
            || (node.Kind == NodeKind.String && int.TryParse(node.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _));
        if (isNumber && NumberText.TryInteger(node.Text, out var integer) && integer >= int.MinValue && integer <= int.MaxValue)
        {
            value = value with { Integer = integer };
            return true;
        }

        var names = string.Join(", ", type.ValueNames);
        wrong = node.Kind == NodeKind.String
            ? new ScalarFault("unknown_enum", $"unknown value {node.Describe()}", Suggestion.DidYouMean(node.Text, type.ValueNames) ?? $"one of {names}")
            : new ScalarFault("wrong_type", $"must be one of {names}, not {node.Describe()}");
        return false;
    }

    private static bool TryDouble(ConfigNode node, ref ScalarValue value, ref ScalarFault wrong)
    {
        if (node.Kind is NodeKind.Number or NodeKind.String && NumberText.TryDouble(node.Text, out var number))
        {
            value = value with { Number = number };
            return true;
        }

        wrong = new ScalarFault("wrong_type", $"must be a number, not {node.Describe()}");
        return false;
    }

    private static bool TryInteger(ConfigNode node, ref ScalarValue value, ref ScalarFault wrong)
    {
        var (least, most) = Range(value.Kind);
        if (node.Kind is NodeKind.Number or NodeKind.String && NumberText.TryInteger(node.Text, out var integer))
        {
            value = value with { Integer = integer };
            wrong = new ScalarFault("out_of_range", $"must be between {least} and {most}, not {node.Text}");
            return integer >= least && integer <= most;
        }

        wrong = new ScalarFault("wrong_type", $"must be a whole number, not {node.Describe()}");
        return false;
    }

    private static (Int128 Least, Int128 Most) Range(FieldKind kind) => kind switch
    {
        FieldKind.Int32 => (int.MinValue, int.MaxValue),
        FieldKind.UInt32 => (0, uint.MaxValue),
        FieldKind.Int64 => (long.MinValue, long.MaxValue),
        _ => (0, ulong.MaxValue),
    };
}

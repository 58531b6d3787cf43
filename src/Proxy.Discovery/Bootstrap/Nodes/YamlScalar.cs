using System.Globalization;
using Proxy.Discovery.Bootstrap.Faults;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Proxy.Discovery.Bootstrap.Nodes;

/// <summary>Decides what a YAML scalar is. YAML 1.1 words and numbers, whole numbers only: fractions stay text and are read as numbers where a field wants one.</summary>
internal static class YamlScalar
{
    public static ConfigNode ToNode(Scalar scalar, FaultPosition position)
    {
        var text = scalar.Value;
        var quoted = scalar.Style != ScalarStyle.Plain;
        var tagged = !scalar.Tag.IsEmpty && scalar.Tag.Value != "!";
        if ((quoted && !tagged) || (!scalar.Tag.IsEmpty && scalar.Tag.Value == "!"))
        {
            return ConfigNode.Scalar(NodeKind.String, position, text);
        }

        if (!quoted && text is "" or "~" or "null" or "Null" or "NULL")
        {
            return ConfigNode.Scalar(NodeKind.Null, position, "");
        }

        if (TryBool(text, out var value))
        {
            return ConfigNode.Scalar(NodeKind.Bool, position, value ? "true" : "false");
        }

        if (!TryInteger(text, out var number))
        {
            return ConfigNode.Scalar(NodeKind.String, position, text);
        }

        // Larger ones are text, so that they do not lose digits on their way through a double.
        var kind = number is >= int.MinValue and <= int.MaxValue ? NodeKind.Number : NodeKind.String;
        return ConfigNode.Scalar(kind, position, number.ToString(CultureInfo.InvariantCulture));
    }

    private static bool TryBool(string text, out bool value)
    {
        value = false;
        if (text.Length > 5 || !IsFlexibleCase(text))
        {
            return false;
        }

        switch (text.ToLowerInvariant())
        {
            case "y" or "yes" or "true" or "on":
                value = true;
                return true;
            case "n" or "no" or "false" or "off":
                return true;
            default:
                return false;
        }
    }

    /// <summary>All lower, all upper, or a capital first.</summary>
    private static bool IsFlexibleCase(string text)
    {
        if (text.Length == 0)
        {
            return false;
        }

        var rest = text.AsSpan(1);
        return !rest.ContainsAnyInRange('A', 'Z') || (text[0] is >= 'A' and <= 'Z' && !rest.ContainsAnyInRange('a', 'z'));
    }

    private static bool TryInteger(string text, out long value)
    {
        value = 0;
        var digits = text.AsSpan();
        var negative = digits.StartsWith("-");
        if (negative || digits.StartsWith("+"))
        {
            digits = digits[1..];
        }

        if (digits.Length == 0 || !char.IsAsciiHexDigit(digits[0]))
        {
            return false;
        }

        var numberBase = 10;
        if (digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            numberBase = 16;
            digits = digits[2..];
        }
        else if (digits.Length > 1 && digits[0] == '0')
        {
            numberBase = 8;
            digits = digits[1..];
        }

        return TryDigits(digits, numberBase, negative, out value);
    }

    private static bool TryDigits(ReadOnlySpan<char> digits, int numberBase, bool negative, out long value)
    {
        Int128 sum = 0;
        foreach (var c in digits)
        {
            var digit = char.IsAsciiDigit(c) ? c - '0' : char.IsAsciiHexDigit(c) ? (c | 0x20) - 'a' + 10 : 99;
            sum = (sum * numberBase) + digit;
            if (digit >= numberBase || sum > (Int128)long.MaxValue + 1)
            {
                value = 0;
                return false;
            }
        }

        sum = negative ? -sum : sum;
        value = sum <= long.MaxValue ? (long)sum : 0;
        return digits.Length > 0 && sum <= long.MaxValue;
    }
}

using System.Globalization;

namespace Proxy.Discovery.Bootstrap.Messages;

/// <summary>Reads numbers in every spelling that Envoy takes: <c>5</c>, <c>5.0</c>, <c>50e-1</c>, <c>+5</c>, <c>05</c>, <c>0x5</c>.</summary>
internal static class NumberText
{
    // Longer ones are zeros or nonsense; bounds the work on a hostile text.
    private const int LongestInteger = 400;

    public static bool TryInteger(string text, out Int128 value)
    {
        value = 0;
        if (text.Length is 0 or > LongestInteger || char.IsWhiteSpace(text[0]) || char.IsWhiteSpace(text[^1]))
        {
            return false;
        }

        if (TryHex(text, out value))
        {
            return true;
        }

        if (Int128.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value))
        {
            return true;
        }

        const NumberStyles floating = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (!double.TryParse(text, floating, CultureInfo.InvariantCulture, out var number)
            || !double.IsInteger(number) || Math.Abs(number) > 2e19)
        {
            return false;
        }

        value = (Int128)number;
        return true;
    }

    public static bool TryDouble(string text, out double value)
    {
        var trimmed = text.AsSpan().Trim();
        if (TryHex(trimmed, out var hex))
        {
            value = (double)hex;
            return true;
        }

        switch (trimmed)
        {
            case "NaN":
                value = double.NaN;
                return true;
            case "Infinity":
                value = double.PositiveInfinity;
                return true;
            case "-Infinity":
                value = double.NegativeInfinity;
                return true;
        }

        const NumberStyles floating = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return double.TryParse(trimmed, floating, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
    }

    private static bool TryHex(ReadOnlySpan<char> text, out Int128 value)
    {
        var negative = text.StartsWith("-");
        if (negative || text.StartsWith("+"))
        {
            text = text[1..];
        }

        value = 0;
        if (!text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) || text.Length is < 3 or > 18
            || !ulong.TryParse(text[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var bits))
        {
            return false;
        }

        value = negative ? -(Int128)bits : bits;
        return true;
    }
}

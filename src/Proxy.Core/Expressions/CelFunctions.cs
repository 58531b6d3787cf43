using Proxy.Configuration.Matching;

namespace Proxy.Expressions;

/// <summary>Functions and operators by name. A function in front of whose name a value stands takes it as the first argument.</summary>
internal static class CelFunctions
{
    private static readonly Dictionary<string, UnaryFunction> Unary = new(StringComparer.Ordinal)
    {
        ["!_"] = CelArithmetic.Not,
        ["-_"] = CelArithmetic.Negate,
        ["size"] = CelConversions.Size,
        ["int"] = CelConversions.ToInt,
        ["uint"] = CelConversions.ToUint,
        ["double"] = CelConversions.ToDouble,
        ["bytes"] = CelConversions.ToBytes,
        ["type"] = CelConversions.ToType,
        ["dyn"] = static (in CelContext _, CelValue value) => value,
        ["timestamp"] = CelTimes.ToTimestamp,
        ["duration"] = CelTimes.ToDuration,
    };

    private static readonly Dictionary<string, BinaryFunction> Binary = new(StringComparer.Ordinal)
    {
        ["_==_"] = static (in CelContext context, CelValue left, CelValue right) => CelValue.Of(CelComparison.AreEqual(context, left, right)),
        ["_!=_"] = static (in CelContext context, CelValue left, CelValue right) => CelValue.Of(!CelComparison.AreEqual(context, left, right)),
        ["_<_"] = static (in CelContext _, CelValue left, CelValue right) => CelComparison.Order(left, right, static order => order < 0),
        ["_<=_"] = static (in CelContext _, CelValue left, CelValue right) => CelComparison.Order(left, right, static order => order <= 0),
        ["_>_"] = static (in CelContext _, CelValue left, CelValue right) => CelComparison.Order(left, right, static order => order > 0),
        ["_>=_"] = static (in CelContext _, CelValue left, CelValue right) => CelComparison.Order(left, right, static order => order >= 0),
        ["_+_"] = CelArithmetic.Add,
        ["_-_"] = CelArithmetic.Subtract,
        ["_*_"] = CelArithmetic.Multiply,
        ["_/_"] = CelArithmetic.Divide,
        ["_%_"] = CelArithmetic.Modulo,
        ["_[_]"] = CelContainers.Index,
        ["@in"] = CelContainers.Contains,
        ["_in_"] = CelContainers.Contains,
        ["in"] = CelContainers.Contains,
        ["contains"] = static (in CelContext _, CelValue text, CelValue part) => AreTexts(text, part) ? CelValue.Of(text.Text.IndexOf(part.Text) >= 0) : CelValue.NoSuchOverload,
        ["startsWith"] = static (in CelContext _, CelValue text, CelValue part) => AreTexts(text, part) ? CelValue.Of(text.Text.StartsWith(part.Text)) : CelValue.NoSuchOverload,
        ["endsWith"] = static (in CelContext _, CelValue text, CelValue part) => AreTexts(text, part) ? CelValue.Of(text.Text.EndsWith(part.Text)) : CelValue.NoSuchOverload,
    };

    /// <summary>The function of one value; null when there is none of that name.</summary>
    public static UnaryFunction? OfOne(string name, CelConfig config) => name switch
    {
        "string" when config.StringConversion => CelConversions.ToText,
        "lowerAscii" when config.StringFunctions => CelStrings.ToLower,
        "upperAscii" when config.StringFunctions => CelStrings.ToUpper,
        "trim" when config.StringFunctions => CelStrings.Trim,
        _ => Unary.GetValueOrDefault(name) ?? CelTimes.Part(name, TimeZoneInfo.Utc),
    };

    /// <summary>The function of two values; null when there is none of that name.</summary>
    public static BinaryFunction? OfTwo(string name, CelConfig config) =>
        name == "_+_" && config.StringConcatenation ? CelArithmetic.AddOrJoin : Binary.GetValueOrDefault(name);

    private static bool AreTexts(CelValue text, CelValue part) => text.Kind == CelKind.String && part.Kind == CelKind.String;
}

namespace Proxy.Configuration.Matching;

/// <summary>An expression in CEL, the Common Expression Language, over the attributes of a request.</summary>
/// <param name="Root">The expression.</param>
public sealed record CelConfig(ExpressionConfig Root)
{
    /// <summary>Lets <c>string(…)</c> turn values into text (Envoy <c>enable_string_conversion</c>). Default false.</summary>
    public bool StringConversion { get; init; }

    /// <summary>Lets <c>+</c> join texts (Envoy <c>enable_string_concat</c>). Default false.</summary>
    public bool StringConcatenation { get; init; }

    /// <summary>Offers <c>lowerAscii</c>, <c>upperAscii</c>, <c>replace</c> and <c>trim</c> (Envoy <c>enable_string_functions</c>). Default false.</summary>
    public bool StringFunctions { get; init; }
}

/// <summary>A part of an expression, as its parser leaves it (CEL's <c>Expr</c>).</summary>
public abstract record ExpressionConfig;

/// <summary>An expression that is still to be parsed.</summary>
/// <param name="Text">What is written, such as <c>request.method == "GET"</c>.</param>
public sealed record ExpressionTextConfig(string Text) : ExpressionConfig;

/// <summary>A value.</summary>
/// <param name="Value">A <see cref="bool"/>, <see cref="long"/>, <see cref="ulong"/>, <see cref="double"/>, <see cref="string"/>, a list of bytes, or null.</param>
public sealed record ExpressionConstantConfig(object? Value) : ExpressionConfig;

/// <summary>A variable, such as <c>request</c>.</summary>
/// <param name="Name">Its name.</param>
public sealed record ExpressionNameConfig(string Name) : ExpressionConfig;

/// <summary>A field of a value: <c>a.b</c>.</summary>
/// <param name="Operand">The value.</param>
/// <param name="Field">The field.</param>
/// <param name="TestOnly">Asks only whether it is there: <c>has(a.b)</c>.</param>
public sealed record ExpressionSelectConfig(ExpressionConfig Operand, string Field, bool TestOnly = false) : ExpressionConfig;

/// <summary>A call of a function; operators are functions with names such as <c>_==_</c>.</summary>
/// <param name="Function">Its name.</param>
/// <param name="Target">What stands in front of the dot; null for none.</param>
/// <param name="Arguments">The arguments.</param>
public sealed record ExpressionCallConfig(string Function, ExpressionConfig? Target, ConfigList<ExpressionConfig> Arguments) : ExpressionConfig;

/// <summary>A list: <c>[a, b]</c>.</summary>
/// <param name="Items">Its items.</param>
public sealed record ExpressionListConfig(ConfigList<ExpressionConfig> Items) : ExpressionConfig;

/// <summary>A map: <c>{a: b}</c>.</summary>
/// <param name="Entries">Keys and values.</param>
public sealed record ExpressionMapConfig(ConfigList<KeyValuePair<ExpressionConfig, ExpressionConfig>> Entries) : ExpressionConfig;

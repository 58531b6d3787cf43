using System.Globalization;

namespace Proxy.Discovery.V1.Schema;

/// <summary>
/// What may stand behind a v1 key: <c>text</c>, <c>bool</c>, <c>int</c>, <c>1..</c>, <c>0..100</c>, <c>one|of|these</c>, <c>=word</c>, <c>any</c>, <c>texts</c>,
/// the name of an object, <c>by type NAMES</c> (the object <c>NAMES/type</c>), <c>config NAMES</c> (the object <c>NAMES/name</c> by the key <c>name</c> beside it),
/// <c>list TYPE</c>; <c>nonempty</c> and <c>unique</c> before the type.
/// </summary>
internal sealed record V1Type(V1Kind Kind)
{
    /// <summary>The words, or the name of the object, or the first part of the objects' names.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>The key that picks the object.</summary>
    public string Key { get; init; } = "";

    public long Least { get; init; } = long.MinValue;

    public long Most { get; init; } = long.MaxValue;

    /// <summary>No upper bound stands in the schema: <see cref="Most"/> is what the proxy can hold.</summary>
    public bool IsOpen { get; init; }

    public bool IsNonEmpty { get; init; }

    public bool IsUnique { get; init; }

    /// <summary>Of the items of a list.</summary>
    public V1Type? Items { get; init; }

    public static V1Type Parse(ReadOnlySpan<string> words) => words switch
    {
        ["nonempty", .. var rest] => Parse(rest) with { IsNonEmpty = true },
        ["unique", .. var rest] => Parse(rest) with { IsUnique = true },
        ["list", .. var rest] => new V1Type(V1Kind.List) { Items = Parse(rest) },
        ["by", var key, var names] => new V1Type(V1Kind.Tagged) { Key = key, Names = [names] },
        ["config", var names] => new V1Type(V1Kind.ConfigOf) { Key = "name", Names = [names] },
        [var word] => Parse(word),
        _ => throw new FormatException($"no type of the v1 schema: {string.Join(' ', words)}"),
    };

    private static V1Type Parse(string word) => word switch
    {
        "any" => new V1Type(V1Kind.Any),
        "text" => new V1Type(V1Kind.Text),
        "texts" => new V1Type(V1Kind.Texts),
        "bool" => new V1Type(V1Kind.Bool),
        "int" => new V1Type(V1Kind.Integer),
        _ when word.Contains("..", StringComparison.Ordinal) => Range(word),
        _ when word.Contains('|', StringComparison.Ordinal) => new V1Type(V1Kind.Words) { Names = word.Split('|') },
        ['=', ..] => new V1Type(V1Kind.Words) { Names = [word[1..]] },
        _ => new V1Type(V1Kind.Object) { Names = [word] },
    };

    private static V1Type Range(string word)
    {
        var dots = word.IndexOf("..", StringComparison.Ordinal);
        var most = word[(dots + 2)..];
        return new V1Type(V1Kind.Integer)
        {
            Least = long.Parse(word[..dots], CultureInfo.InvariantCulture),
            Most = most.Length == 0 ? uint.MaxValue : long.Parse(most, CultureInfo.InvariantCulture),
            IsOpen = most.Length == 0,
        };
    }
}

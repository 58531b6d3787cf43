using System.Text;
using Proxy.Configuration;
using Proxy.Configuration.Http;
using Proxy.Http;
using Proxy.Matching;

namespace Proxy.Routing.Matching;

/// <summary>A compiled comparison with a text (Envoy <c>StringMatcher</c>). Immutable; compares bytes.</summary>
internal sealed class TextMatcher
{
    private readonly StringMatchKind _kind;
    private readonly byte[] _pattern;
    private readonly ByteRegex? _regex;
    private readonly bool _ignoreCase;

    private TextMatcher(StringMatchKind kind, byte[] pattern, ByteRegex? regex, bool ignoreCase)
    {
        _kind = kind;
        _pattern = pattern;
        _regex = regex;
        _ignoreCase = ignoreCase;
    }

    /// <summary>Compiles <paramref name="config"/>; null, and a fault added, when it breaks a rule.</summary>
    public static TextMatcher? Compile(StringMatcherConfig config, string path, FaultList faults)
    {
        if (config.Kind == StringMatchKind.Regex)
        {
            if (config.IgnoreCase)
            {
                faults.Add(path, "ignore_case has no effect on an expression: use (?i)");
            }

            return ByteRegex.Compile(config.Pattern, path, faults) is { } regex
                ? new TextMatcher(config.Kind, [], regex, ignoreCase: false)
                : null;
        }

        if (config.Pattern.Length == 0 && config.Kind != StringMatchKind.Exact)
        {
            faults.Add(path, "must not be empty");
        }

        var pattern = Encoding.UTF8.GetBytes(config.Pattern);
        if (config.IgnoreCase)
        {
            AsciiBytes.ToLower(pattern, pattern);
        }

        return new TextMatcher(config.Kind, pattern, null, config.IgnoreCase);
    }

    /// <summary>True when <paramref name="value"/> compares as configured.</summary>
    public bool Matches(ReadOnlySpan<byte> value)
    {
        return _kind switch
        {
            StringMatchKind.Exact => Same(value),
            StringMatchKind.Prefix => value.Length >= _pattern.Length && Same(value[.._pattern.Length]),
            StringMatchKind.Suffix => value.Length >= _pattern.Length && Same(value[^_pattern.Length..]),
            StringMatchKind.Contains => Contains(value),
            _ => _regex!.IsMatch(value),
        };
    }

    /// <summary>True when <paramref name="value"/> compares as configured.</summary>
    public bool Matches(string value)
    {
        Span<byte> room = stackalloc byte[256];
        return Matches(Utf8.GetBytes(value, room));
    }

    private bool Same(ReadOnlySpan<byte> value) => _ignoreCase ? AsciiBytes.EqualsIgnoreCase(value, _pattern) : value.SequenceEqual(_pattern);

    private bool Contains(ReadOnlySpan<byte> value)
    {
        if (!_ignoreCase)
        {
            return value.IndexOf(_pattern) >= 0;
        }

        for (var i = 0; i + _pattern.Length <= value.Length; i++)
        {
            if (AsciiBytes.EqualsIgnoreCase(value.Slice(i, _pattern.Length), _pattern))
            {
                return true;
            }
        }

        return false;
    }
}

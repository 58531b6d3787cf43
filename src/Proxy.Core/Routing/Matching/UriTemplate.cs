using System.Buffers;
using System.Text;
using Proxy.Configuration;

namespace Proxy.Routing.Matching;

/// <summary>
/// A path template (Envoy <c>UriTemplateMatchConfig</c>): literals, <c>*</c> for one segment, <c>**</c> for any rest, <c>{name}</c> and
/// <c>{name=pattern}</c> for parts that a rewrite may use. Compiled to an expression that matches the whole path.
/// </summary>
internal sealed class UriTemplate
{
    private const int MaxLength = 256;
    private const int MaxVariables = 5;
    private const int MaxNameLength = 16;
    private const string LiteralClass = @"a-zA-Z0-9\-._~%!$&'()*+,;:@=";

    private const string LiteralCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~%!$&'()*+,;:@=";

    private static readonly SearchValues<char> Literals = SearchValues.Create(LiteralCharacters);
    private static readonly SearchValues<char> RewriteLiterals = SearchValues.Create(LiteralCharacters + "/");

    private readonly List<string> _names = [];
    private readonly StringBuilder _pattern = new("^");
    private bool _sawRest; // ** stood before: nothing variable may follow

    private UriTemplate()
    {
    }

    /// <summary>Matches the path that fits; group n is variable n.</summary>
    public ByteRegex? Regex { get; private set; }

    /// <summary>Compiles <paramref name="template"/>; null, and a fault added, when it is none.</summary>
    public static UriTemplate? Compile(string template, string path, FaultList faults)
    {
        var result = new UriTemplate();
        if (template.Length > MaxLength || !template.StartsWith('/') || !result.Parse(template.AsSpan(1)))
        {
            faults.Add(path, $"'{template}' is no path template");
            return null;
        }

        result.Regex = ByteRegex.Compile(result._pattern.Append('$').ToString(), path, faults);
        return result.Regex is null ? null : result;
    }

    /// <summary>What a path becomes by <paramref name="rewrite"/>, which names variables in braces; null, and a fault added, when it cannot be.</summary>
    public RegexSubstitution? CompileRewrite(string rewrite, string path, FaultList faults)
    {
        var hasSegments = rewrite.StartsWith('/') && !rewrite.Contains("//", StringComparison.Ordinal);
        if (hasSegments && rewrite.Length <= MaxLength && SubstitutionOf(rewrite) is { } substitution)
        {
            return RegexSubstitution.Compile(substitution, path, faults);
        }

        faults.Add(path, $"'{rewrite}' must be a path without empty segments, with variables of the template in braces, of at most {MaxLength} characters");
        return null;
    }

    // Variable n becomes \n; null when something is neither a variable nor a character of a path.
    private string? SubstitutionOf(ReadOnlySpan<char> rest)
    {
        var text = new StringBuilder();
        while (!rest.IsEmpty)
        {
            var open = rest.IndexOf('{');
            var literal = open < 0 ? rest : rest[..open];
            if (literal.ContainsAnyExcept(RewriteLiterals))
            {
                return null;
            }

            text.Append(literal);
            rest = rest[literal.Length..];
            if (rest.IsEmpty)
            {
                break;
            }

            var close = rest.IndexOf('}');
            var number = close < 0 ? 0 : _names.IndexOf(rest[1..close].ToString()) + 1;
            if (number == 0)
            {
                return null;
            }

            text.Append('\\').Append(number);
            rest = rest[(close + 1)..];
        }

        return text.ToString();
    }

    private bool Parse(ReadOnlySpan<char> rest)
    {
        _pattern.Append('/');
        while (!rest.IsEmpty)
        {
            if (!(rest[0] == '{' ? TryVariable(ref rest) : TryPart(ref rest)))
            {
                return false;
            }

            if (!rest.IsEmpty && rest[0] != '/')
            {
                return TryLiteral(ref rest) && rest.IsEmpty; // a suffix is the end
            }

            if (!rest.IsEmpty)
            {
                _pattern.Append('/');
                rest = rest[1..];
            }
        }

        return true;
    }

    private bool TryVariable(ref ReadOnlySpan<char> rest)
    {
        var close = rest.IndexOf('}');
        if (close < 0)
        {
            return false;
        }

        var inside = rest[1..close];
        rest = rest[(close + 1)..];
        var equals = inside.IndexOf('=');
        var name = equals < 0 ? inside : inside[..equals];
        if (!TryName(name))
        {
            return false;
        }

        ReadOnlySpan<char> pattern = equals < 0 ? "*" : inside[(equals + 1)..];
        _pattern.Append('(');
        do
        {
            if (!TryPart(ref pattern) || (!pattern.IsEmpty && pattern is not ['/', _, ..]))
            {
                return false;
            }

            _pattern.Append(pattern.IsEmpty ? ")" : "/");
            pattern = pattern.IsEmpty ? pattern : pattern[1..];
        }
        while (!pattern.IsEmpty);
        return true;
    }

    private bool TryName(ReadOnlySpan<char> name)
    {
        var isValid = name.Length is > 0 and <= MaxNameLength && char.IsAsciiLetter(name[0]) && _names.Count < MaxVariables;
        foreach (var c in name)
        {
            isValid &= char.IsAsciiLetterOrDigit(c) || c == '_';
        }

        if (!isValid || _names.Contains(name.ToString()))
        {
            return false;
        }

        _names.Add(name.ToString());
        return true;
    }

    // A star, two stars or a literal.
    private bool TryPart(ref ReadOnlySpan<char> rest)
    {
        if (rest is not ['*', ..])
        {
            return TryLiteral(ref rest);
        }

        if (_sawRest)
        {
            return false;
        }

        _sawRest = rest is ['*', '*', ..];
        _pattern.Append('[').Append(LiteralClass).Append(_sawRest ? "/]*" : "]+");
        rest = rest[(_sawRest ? 2 : 1)..];
        return true;
    }

    private bool TryLiteral(ref ReadOnlySpan<char> rest)
    {
        var end = rest.IndexOf('/');
        var literal = end < 0 ? rest : rest[..end];
        if (literal.IsEmpty || literal.ContainsAnyExcept(Literals))
        {
            return false;
        }

        for (var i = 0; i < literal.Length; i++)
        {
            // As in Envoy, a star behind a character repeats that character.
            var repeats = literal[i] == '*' && i > 0 && literal[i - 1] != '*';
            _pattern.Append(repeats || literal[i] == '_' || char.IsAsciiLetterOrDigit(literal[i]) ? "" : @"\").Append(literal[i]);
        }

        rest = rest[literal.Length..];
        return true;
    }
}

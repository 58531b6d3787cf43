using System.Globalization;
using System.Text;

namespace Proxy.Routing.Matching;

/// <summary>
/// Rewrites an expression in RE2's syntax (over bytes) to one of .NET that matches the same texts: classes become explicit sets, flags are resolved, and
/// what RE2 does not know is refused even where .NET would take it.
/// </summary>
internal sealed partial class Re2Translator
{
    private const int MaxRepeat = 1000;
    private const int MaxDepth = 200;
    private const int MaxDigits = 8;
    private const string AnyByte = @"[\u0000-\uFFFE]";

    private readonly string _text; // one character a byte
    private readonly StringBuilder _output = new();
    private Flags _flags;
    private int _position;
    private int _depth;
    private string _error = "";

    private Re2Translator(string text)
    {
        _text = text;
    }

    [Flags]
    private enum Flags
    {
        None = 0,
        IgnoreCase = 1,
        MultiLine = 2,
        DotAll = 4,
        Ungreedy = 8,
    }

    /// <summary>Translates <paramref name="pattern"/>, whose characters above 0x7F stand for their UTF-8 bytes.</summary>
    public static bool TryTranslate(string pattern, out string translated, out string error)
    {
        var translator = new Re2Translator(Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(pattern)));
        var good = translator.Alternation() && (translator.AtEnd || translator.Fail("unexpected )"));
        translated = translator._output.ToString();
        error = translator._error;
        return good;
    }

    private bool AtEnd => _position >= _text.Length;

    private char Current => _text[_position];

    private bool Alternation()
    {
        if (!Sequence())
        {
            return false;
        }

        while (!AtEnd && Current == '|')
        {
            _position++;
            _output.Append('|');
            if (!Sequence())
            {
                return false;
            }
        }

        return true;
    }

    private bool Sequence()
    {
        while (!AtEnd && Current is not ('|' or ')'))
        {
            var start = _output.Length;
            if (!Atom(out var repeatable) || !Quantifiers(start, repeatable))
            {
                return false;
            }
        }

        return true;
    }

    // Writes one atom, complete in itself so that a quantifier can follow; flags alone write nothing and cannot be repeated.
    private bool Atom(out bool repeatable)
    {
        repeatable = true;
        var c = _text[_position++];
        switch (c)
        {
            case '(':
                return Group(out repeatable);
            case '[':
                return Class();
            case '.':
                return Set(_flags.HasFlag(Flags.DotAll) ? new ByteSet().Add(0, 255) : new ByteSet().Add('\n', '\n').Invert(), fold: false);
            case '^':
                return Append(_flags.HasFlag(Flags.MultiLine) ? "(?m:^)" : @"(?:\A)");
            case '$':
                return Append(_flags.HasFlag(Flags.MultiLine) ? "(?m:$)" : @"(?:\z)");
            case '\\':
                return Escape(out repeatable);
            case '*' or '+' or '?':
                return Fail($"no argument for repetition operator: {c}");
            case '{' when --_position >= 0 && TryCount(out _, out _):
                return Fail("no argument for repetition operator: {");
            case '{':
                _position++;
                return Literal(c);
            default:
                return Literal(c);
        }
    }

    private bool Group(out bool repeatable)
    {
        repeatable = true;
        if (++_depth > MaxDepth)
        {
            return Fail("nested too deeply");
        }

        var outer = _flags;
        if (!AtEnd && Current == '?')
        {
            _position++;
            if (!GroupKind(out var opened))
            {
                return false;
            }

            if (!opened)
            {
                repeatable = false;
                _depth--;
                return true; // flags for the rest of the enclosing group
            }
        }
        else
        {
            _output.Append('(');
        }

        if (!Alternation() || AtEnd)
        {
            return Fail("missing closing )");
        }

        _position++;
        _output.Append(')');
        _flags = outer;
        _depth--;
        return true;
    }

    private bool GroupKind(out bool opened)
    {
        opened = true;
        var rest = _text.AsSpan(_position);
        var name = rest.StartsWith("P<") ? 2 : rest.StartsWith("<") ? 1 : 0;
        if (name > 0)
        {
            var end = rest.IndexOf('>');
            if (end <= name || !IsName(rest[name..end]))
            {
                return Fail("invalid named capture group");
            }

            _position += end + 1;
            return Append("("); // numbered: names play no part in what is matched, and .NET would number named groups last
        }

        var on = true;
        var flags = _flags;
        while (_position < _text.Length)
        {
            var c = _text[_position++];
            switch (c)
            {
                case ':':
                    _flags = flags;
                    return Append("(?:");
                case ')' when _text[_position - 2] is not ('?' or '-'):
                    _flags = flags;
                    opened = false;
                    return true;
                case '-' when on:
                    on = false;
                    break;
                case 'i' or 'm' or 's' or 'U':
                    var flag = c switch { 'i' => Flags.IgnoreCase, 'm' => Flags.MultiLine, 's' => Flags.DotAll, _ => Flags.Ungreedy };
                    flags = on ? flags | flag : flags & ~flag;
                    break;
                default:
                    return Fail("invalid or unsupported group syntax");
            }
        }

        return Fail("missing closing )");
    }

    private bool Quantifiers(int start, bool repeatable)
    {
        if (AtEnd || !TryQuantifier(out var minimum, out var maximum))
        {
            return _error.Length == 0;
        }

        if (!repeatable)
        {
            return Fail("no argument for repetition operator");
        }

        if (minimum > MaxRepeat || maximum > MaxRepeat || (maximum >= 0 && minimum > maximum))
        {
            return Fail("bad repetition size");
        }

        var lazy = !AtEnd && Current == '?';
        _position += lazy ? 1 : 0;
        var before = _position;
        if (!AtEnd && TryQuantifier(out _, out _))
        {
            _position = before;
            return Fail("bad repetition operator: one follows another");
        }

        _output.Insert(start, "(?:").Append(')').Append('{').Append(minimum.ToString(CultureInfo.InvariantCulture)).Append(',');
        _output.Append(maximum < 0 ? "" : maximum.ToString(CultureInfo.InvariantCulture)).Append('}');
        _output.Append(lazy != _flags.HasFlag(Flags.Ungreedy) ? "?" : "");
        return true;
    }

    private bool TryQuantifier(out int minimum, out int maximum)
    {
        (minimum, maximum) = Current switch { '*' => (0, -1), '+' => (1, -1), '?' => (0, 1), _ => (-1, -1) };
        if (minimum >= 0)
        {
            _position++;
            return true;
        }

        return Current == '{' && TryCount(out minimum, out maximum);
    }

    // Anything but {n}, {n,} and {n,m} is literal text.
    private bool TryCount(out int minimum, out int maximum)
    {
        var at = _position + 1;
        maximum = -1;
        if (!TryNumber(ref at, out minimum))
        {
            return false;
        }

        if (at < _text.Length && _text[at] == ',')
        {
            at++;
            if (at < _text.Length && _text[at] != '}' && !TryNumber(ref at, out maximum))
            {
                return false;
            }
        }
        else
        {
            maximum = minimum;
        }

        if (at >= _text.Length || _text[at] != '}')
        {
            return false;
        }

        _position = at + 1;
        return true;
    }

    private bool TryNumber(ref int at, out int number)
    {
        var start = at;
        number = 0;
        while (at < _text.Length && char.IsAsciiDigit(_text[at]))
        {
            number = Math.Min((number * 10) + (_text[at++] - '0'), MaxRepeat + 1);
        }

        return at > start && at - start <= MaxDigits; // what is no number at all is literal text
    }

    private bool Literal(int value)
    {
        var set = new ByteSet();
        set[value] = true;
        return Set(set, fold: true);
    }

    private bool Set(ByteSet set, bool fold)
    {
        if (fold && _flags.HasFlag(Flags.IgnoreCase))
        {
            set.FoldCase();
        }

        set.AppendTo(_output);
        return true;
    }

    private bool Append(string text)
    {
        _output.Append(text);
        return true;
    }

    private bool Fail(string error)
    {
        if (_error.Length == 0)
        {
            _error = error;
        }

        return false;
    }

    private static bool IsName(ReadOnlySpan<char> name)
    {
        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != '_')
            {
                return false;
            }
        }

        return true;
    }
}

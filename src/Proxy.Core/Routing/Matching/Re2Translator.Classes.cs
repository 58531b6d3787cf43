using System.Globalization;

namespace Proxy.Routing.Matching;

internal sealed partial class Re2Translator
{
    private bool Escape(out bool repeatable)
    {
        repeatable = true;
        if (AtEnd)
        {
            return Fail("trailing \\");
        }

        var c = Current;
        switch (c)
        {
            case 'A':
                _position++;
                return Append(@"(?:\A)");
            case 'z':
                _position++;
                return Append(@"(?:\z)");
            case 'b' or 'B':
                _position++;
                return Append($@"(?:\{c})");
            case 'C':
                _position++;
                return Append(AnyByte);
            case 'Q':
                _position++;
                return Quoted(out repeatable);
        }

        if (ByteSet.Perl(c) is { } perl)
        {
            _position++;
            return Set(perl, fold: false);
        }

        if (c is 'p' or 'P')
        {
            return TryCategory(out var category) && Set(category, fold: true);
        }

        return TryEscapedByte(out var value) && Literal(value);
    }

    // \Q…\E: everything in between is literal; a quantifier behind it belongs to the last character.
    private bool Quoted(out bool repeatable)
    {
        var end = _text.IndexOf(@"\E", _position, StringComparison.Ordinal);
        var stop = end < 0 ? _text.Length : end;
        repeatable = stop > _position;
        for (; _position < stop - 1; _position++)
        {
            Literal(Current);
        }

        if (repeatable)
        {
            var start = _output.Length;
            Literal(_text[stop - 1]);
            _position = end < 0 ? stop : stop + 2;
            repeatable = false;
            return AtEnd || Quantifiers(start, repeatable: true);
        }

        _position = end < 0 ? stop : stop + 2;
        return true;
    }

    private bool Class()
    {
        var set = new ByteSet();
        var negated = !AtEnd && Current == '^';
        _position += negated ? 1 : 0;
        for (var first = true; first || AtEnd || Current != ']'; first = false)
        {
            if (AtEnd)
            {
                return Fail("missing closing ]");
            }

            if (!ClassItem(set))
            {
                return false;
            }
        }

        _position++;
        if (_flags.HasFlag(Flags.IgnoreCase))
        {
            set.FoldCase();
        }

        return Set(negated ? set.Invert() : set, fold: false);
    }

    private bool ClassItem(ByteSet set)
    {
        if (_text.AsSpan(_position).StartsWith("[:") && _text.IndexOf(":]", _position + 2, StringComparison.Ordinal) is var close and > 0)
        {
            return PosixClass(set, close);
        }

        if (Current == '\\' && _position + 1 < _text.Length)
        {
            var letter = _text[_position + 1];
            if (ByteSet.Perl(letter) is { } perl)
            {
                _position += 2;
                set.Add(perl);
                return true;
            }

            if (letter is 'p' or 'P')
            {
                _position++;
                if (!TryCategory(out var category))
                {
                    return false;
                }

                set.Add(category);
                return true;
            }
        }

        return Range(set);
    }

    private bool PosixClass(ByteSet set, int close)
    {
        var name = _text[(_position + 2)..close];
        var negated = name.StartsWith('^');
        if (ByteSet.Posix(negated ? name[1..] : name) is not { } posix)
        {
            return Fail($"invalid character class: [:{name}:]");
        }

        _position = close + 2;
        set.Add(negated ? posix.Invert() : posix);
        return true;
    }

    private bool Range(ByteSet set)
    {
        if (!ClassByte(out var from))
        {
            return false;
        }

        var to = from;
        if (_position + 1 < _text.Length && Current == '-' && _text[_position + 1] != ']')
        {
            _position++;
            if (!ClassByte(out to))
            {
                return false;
            }
        }

        if (to < from)
        {
            return Fail("invalid character class range");
        }

        set.Add(from, to);
        return true;
    }

    private bool ClassByte(out int value)
    {
        value = Current;
        _position++;
        return value != '\\' || TryEscapedByte(out value);
    }

    // Behind the backslash.
    private bool TryEscapedByte(out int value)
    {
        value = 0;
        if (AtEnd)
        {
            return Fail("trailing \\");
        }

        var c = _text[_position++];
        switch (c)
        {
            case 'a':
                value = 7;
                return true;
            case 'f':
                value = 12;
                return true;
            case 'n':
                value = 10;
                return true;
            case 'r':
                value = 13;
                return true;
            case 't':
                value = 9;
                return true;
            case 'v':
                value = 11;
                return true;
            case 'x':
                return TryHex(out value);
            case >= '0' and <= '7':
                return TryOctal(c, out value);
        }

        value = c;
        return (c < 0x80 && !char.IsAsciiLetterOrDigit(c) && c != '_') || Fail($"invalid escape sequence: \\{c}");
    }

    private bool TryHex(out int value)
    {
        value = 0;
        var braced = !AtEnd && Current == '{';
        var end = braced ? _text.IndexOf('}', _position) : _position + 2;
        var digits = end < 0 || end > _text.Length ? default : _text.AsSpan((_position + (braced ? 1 : 0))..end);
        if (!int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value) || value > 255)
        {
            return Fail("invalid escape sequence: \\x");
        }

        _position = braced ? end + 1 : end;
        return true;
    }

    // \1 … \7 alone would be references to groups, which RE2 does not have.
    private bool TryOctal(char first, out int value)
    {
        value = first - '0';
        if (first != '0' && (AtEnd || Current is < '0' or > '7'))
        {
            return Fail($"invalid escape sequence: \\{first}");
        }

        for (var i = 0; i < 2 && !AtEnd && Current is >= '0' and <= '7'; i++)
        {
            value = (value * 8) + (_text[_position++] - '0');
        }

        return value <= 255 || Fail("invalid escape sequence");
    }

    // At the p of \pN, \p{Greek}, \P{^L}.
    private bool TryCategory(out ByteSet set)
    {
        set = new ByteSet();
        var negated = _text[_position++] == 'P';
        if (AtEnd)
        {
            return Fail("invalid character class range: \\p");
        }

        var name = Current.ToString();
        _position++;
        if (name == "{")
        {
            var end = _text.IndexOf('}', _position);
            if (end < 0)
            {
                return Fail("invalid character class range: \\p");
            }

            name = _text[_position..end];
            _position = end + 1;
        }

        if (name.StartsWith('^'))
        {
            negated = !negated;
            name = name[1..];
        }

        if ((ByteSet.Category(name) ?? ByteSet.Script(name)) is not { } category)
        {
            return Fail($"invalid or unsupported character class: \\p{{{name}}}");
        }

        set = negated ? category.Invert() : category;
        return true;
    }
}

using System.Globalization;

namespace Proxy.Expressions;

/// <summary>What a token is.</summary>
internal enum CelTokenKind
{
    End,
    Name,
    Symbol,
    Value,
}

/// <summary>A token: a name or symbol by its text, or a value.</summary>
internal readonly record struct CelToken(CelTokenKind Kind, string Text, object? Value, int Position);

/// <summary>Takes the text of an expression apart.</summary>
internal sealed class CelLexer(string text)
{
    private static readonly string[] Symbols = ["==", "!=", "<=", ">=", "&&", "||", "<", ">", "+", "-", "*", "/", "%", "!", "?", ":", "(", ")", "[", "]", "{", "}", ".", ","];

    private int _at;

    /// <summary>The next token; its text tells what is wrong when the answer is false.</summary>
    public bool TryRead(out CelToken token)
    {
        SkipBlanks();
        var start = _at;
        if (_at == text.Length)
        {
            token = new CelToken(CelTokenKind.End, "the end", null, start);
            return true;
        }

        if (TryStartString(out var isRaw, out var isBytes))
        {
            return TryReadString(isRaw, isBytes, start, out token);
        }

        if (char.IsAsciiDigit(text[_at]) || (text[_at] == '.' && _at + 1 < text.Length && char.IsAsciiDigit(text[_at + 1])))
        {
            return TryReadNumber(start, out token);
        }

        if (char.IsAsciiLetter(text[_at]) || text[_at] == '_')
        {
            while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] == '_'))
            {
                _at++;
            }

            token = OfName(text[start.._at], start);
            return true;
        }

        var symbol = Array.Find(Symbols, candidate => string.CompareOrdinal(text, start, candidate, 0, candidate.Length) == 0);
        _at += symbol?.Length ?? 0;
        token = new CelToken(CelTokenKind.Symbol, symbol ?? $"unexpected '{text[start]}'", null, start);
        return symbol is not null;
    }

    private static CelToken OfName(string name, int start) => name switch
    {
        "true" => new CelToken(CelTokenKind.Value, name, true, start),
        "false" => new CelToken(CelTokenKind.Value, name, false, start),
        "null" => new CelToken(CelTokenKind.Value, name, null, start),
        "in" => new CelToken(CelTokenKind.Symbol, name, null, start),
        _ => new CelToken(CelTokenKind.Name, name, null, start),
    };

    private void SkipBlanks()
    {
        while (_at < text.Length && (text[_at] is ' ' or '\t' or '\n' or '\r' or '\f' || IsComment()))
        {
            _at++;
        }
    }

    // A comment reaches to the end of its line; the loop above takes the line's end.
    private bool IsComment()
    {
        if (string.CompareOrdinal(text, _at, "//", 0, 2) != 0)
        {
            return false;
        }

        var end = text.IndexOf('\n', _at);
        _at = (end < 0 ? text.Length : end) - 1;
        return true;
    }

    private bool TryReadNumber(int start, out CelToken token)
    {
        if (string.Compare(text, _at, "0x", 0, 2, StringComparison.OrdinalIgnoreCase) == 0)
        {
            _at += 2;
            TakeWhile(char.IsAsciiHexDigit);
            return TryEndInteger(start, text[(start + 2).._at], NumberStyles.AllowHexSpecifier, out token);
        }

        TakeWhile(char.IsAsciiDigit);
        var isWhole = true;
        if (_at + 1 < text.Length && text[_at] == '.' && char.IsAsciiDigit(text[_at + 1]))
        {
            isWhole = false;
            _at++;
            TakeWhile(char.IsAsciiDigit);
        }

        if (_at < text.Length && text[_at] is 'e' or 'E')
        {
            isWhole = false;
            _at++;
            _at += _at < text.Length && text[_at] is '+' or '-' ? 1 : 0;
            TakeWhile(char.IsAsciiDigit);
        }

        if (isWhole)
        {
            return TryEndInteger(start, text[start.._at], NumberStyles.None, out token);
        }

        var isNumber = double.TryParse(text.AsSpan(start, _at - start), NumberStyles.Float, CultureInfo.InvariantCulture, out var value);
        token = new CelToken(CelTokenKind.Value, isNumber ? text[start.._at] : "no number", value, start);
        return isNumber;
    }

    // 9223372036854775808 is good behind a minus only: it is kept as Int128 for the parser to tell.
    private bool TryEndInteger(int start, string digits, NumberStyles style, out CelToken token)
    {
        var isNumber = ulong.TryParse(digits, style, CultureInfo.InvariantCulture, out var value);
        if (_at < text.Length && text[_at] is 'u' or 'U')
        {
            _at++;
            token = new CelToken(CelTokenKind.Value, isNumber ? digits : "number is too large", value, start);
            return isNumber;
        }

        isNumber &= value <= (ulong)long.MaxValue + 1;
        token = new CelToken(CelTokenKind.Value, isNumber ? digits : "number is too large", value <= long.MaxValue ? (object)(long)value : (Int128)value, start);
        return isNumber;
    }

    private void TakeWhile(Func<char, bool> predicate)
    {
        while (_at < text.Length && predicate(text[_at]))
        {
            _at++;
        }
    }

    private bool TryStartString(out bool isRaw, out bool isBytes)
    {
        isRaw = isBytes = false;
        var at = _at;
        for (; at < text.Length && at - _at < 2 && text[at] is 'r' or 'R' or 'b' or 'B'; at++)
        {
            isRaw |= text[at] is 'r' or 'R';
            isBytes |= text[at] is 'b' or 'B';
        }

        if (at >= text.Length || text[at] is not ('"' or '\''))
        {
            return false;
        }

        _at = at;
        return true;
    }

    private bool TryReadString(bool isRaw, bool isBytes, int start, out CelToken token)
    {
        var isGood = CelStringReader.TryRead(text, ref _at, isRaw, isBytes, out var value);
        token = new CelToken(CelTokenKind.Value, isGood ? "" : "text is not well written", value, start);
        return isGood;
    }
}

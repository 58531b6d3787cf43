namespace Proxy.Http.H1;

/// <summary>Comma-separated tokens, as in <c>connection</c>, without the blanks around each.</summary>
internal ref struct TokenList
{
    private ReadOnlySpan<byte> _rest;
    private bool _ended;

    /// <summary>Walks <paramref name="value"/>.</summary>
    public TokenList(ReadOnlySpan<byte> value)
    {
        _rest = value;
    }

    /// <summary>The token reached; may be empty.</summary>
    public ReadOnlySpan<byte> Current { get; private set; }

    /// <summary>True when <paramref name="value"/> has <paramref name="token"/>, in any case.</summary>
    public static bool Contains(ReadOnlySpan<byte> value, ReadOnlySpan<byte> token)
    {
        if (value.Length == token.Length)
        {
            return AsciiBytes.EqualsIgnoreCase(value, token);
        }

        foreach (var part in new TokenList(value))
        {
            if (AsciiBytes.EqualsIgnoreCase(part, token))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>For <c>foreach</c>.</summary>
    public readonly TokenList GetEnumerator() => this;

    /// <summary>Goes to the next token.</summary>
    public bool MoveNext()
    {
        if (_ended)
        {
            return false;
        }

        var comma = _rest.IndexOf((byte)',');
        _ended = comma < 0;
        Current = FieldReader.TrimBlanks(_ended ? _rest : _rest[..comma]);
        _rest = _ended ? default : _rest[(comma + 1)..];
        return true;
    }
}

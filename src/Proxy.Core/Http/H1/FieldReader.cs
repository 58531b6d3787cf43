using System.Runtime.CompilerServices;

namespace Proxy.Http.H1;

/// <summary>What a look for the next line or field found.</summary>
internal enum FieldResult
{
    /// <summary>The bytes end before the line does.</summary>
    NeedMore,

    /// <summary>A line or field.</summary>
    Found,

    /// <summary>The empty line behind the last field.</summary>
    End,

    /// <summary>A line of a section that is broken.</summary>
    Skipped,

    /// <summary>See <see cref="FieldReader.Fault"/>.</summary>
    Fault,
}

/// <summary>
/// Reads the lines of a head or of a trailer section, one at a time and each once: an unfinished line is remembered as searched, so that input of any
/// grain costs linear time.
/// </summary>
/// <remarks>
/// <para>Every line ends in CR LF; a lone CR or LF is a fault, as is a line that continues the one before it (RFC 9112 sections 2.2 and 5.2).</para>
/// <para>A broken field is told when the section is over: before that the peer may still be sending, and would not read an answer.</para>
/// </remarks>
internal struct FieldReader
{
    private bool _broken;
    private bool _lenient;
    private int _searched; // bytes of the unfinished line that are known to hold no LF
    private int _size;
    private int _limit;

    /// <summary>What was wrong, after <see cref="FieldResult.Fault"/>.</summary>
    public Http1Fault Fault { get; private set; }

    /// <summary>True once a line that ends in LF alone was let through.</summary>
    public bool WasLenient { get; private set; }

    /// <summary>Begins a section of at most <paramref name="limit"/> bytes.</summary>
    /// <param name="limit">Most bytes.</param>
    /// <param name="lenient">Takes lines that end in LF alone.</param>
    public void Begin(int limit, bool lenient = false)
    {
        _broken = false;
        _lenient = lenient;
        WasLenient = false;
        _searched = 0;
        _size = 0;
        _limit = limit;
        Fault = Http1Fault.None;
    }

    /// <summary>The first line of a message, without its CR LF.</summary>
    public FieldResult ReadLine(ReadOnlySpan<byte> data, out ReadOnlySpan<byte> line, out int consumed)
    {
        line = default;
        consumed = 0;
        var end = data[_searched..].IndexOf((byte)'\n');
        if (end < 0)
        {
            return Incomplete(data.Length);
        }

        end += _searched;
        if (end == 0 || data[end - 1] != '\r')
        {
            return Fail(Http1Fault.Malformed);
        }

        line = data[..(end - 1)];
        consumed = end + 1;
        return Accept(consumed, FieldResult.Found);
    }

    /// <summary>The next field, or the end of the section. The value is without the blanks around it.</summary>
    public FieldResult ReadField(ReadOnlySpan<byte> data, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value, out int consumed)
    {
        name = default;
        value = default;
        if (_broken)
        {
            return SkipLine(data, out consumed);
        }

        consumed = 0;
        if (_searched > 0 && data[_searched..].IndexOf((byte)'\n') < 0)
        {
            return Incomplete(data.Length);
        }

        var colon = data.IndexOfAnyExcept(Http1Chars.Token);
        if (colon < 0)
        {
            return Incomplete(data.Length);
        }

        if (colon == 0 || data[colon] != ':')
        {
            return colon == 0 ? ReadEnd(data, out consumed) : Break(Http1Fault.Malformed, data, out consumed);
        }

        var rest = data[(colon + 1)..];
        var end = rest.IndexOfAny(Http1Chars.NotInValue);
        if (end < 0 || (rest[end] == '\r' && end + 1 == rest.Length))
        {
            return Incomplete(data.Length);
        }

        var lineFeed = rest[end] == '\r' ? end + 1 : end;
        if (rest[lineFeed] != '\n' || (lineFeed == end && !_lenient))
        {
            return Break(rest[end] is (byte)'\r' or (byte)'\n' ? Http1Fault.Malformed : Http1Fault.InvalidCharacters, data, out consumed);
        }

        WasLenient |= lineFeed == end;
        name = data[..colon];
        value = TrimBlanks(rest[..end]);
        consumed = colon + 1 + lineFeed + 1;
        return Accept(consumed, FieldResult.Found);
    }

    /// <summary>A span without the blanks around it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ReadOnlySpan<byte> TrimBlanks(ReadOnlySpan<byte> text)
    {
        while (text.Length > 0 && text[0] is (byte)' ' or (byte)'\t')
        {
            text = text[1..];
        }

        while (text.Length > 0 && text[^1] is (byte)' ' or (byte)'\t')
        {
            text = text[..^1];
        }

        return text;
    }

    private FieldResult ReadEnd(ReadOnlySpan<byte> data, out int consumed)
    {
        consumed = 0;
        if (data[0] == '\n' && _lenient)
        {
            WasLenient = true;
            consumed = 1;
            return Accept(1, FieldResult.End);
        }

        if (data[0] == '\r' && data.Length == 1)
        {
            return Incomplete(1);
        }

        if (data[0] != '\r' || data[1] != '\n')
        {
            return Break(Http1Fault.Malformed, data, out consumed);
        }

        consumed = 2;
        return Accept(2, FieldResult.End);
    }

    private FieldResult Break(Http1Fault fault, ReadOnlySpan<byte> data, out int consumed)
    {
        _broken = true;
        _searched = 0;
        Fault = fault;
        return SkipLine(data, out consumed);
    }

    // Up to the line that would end the section for anybody.
    private FieldResult SkipLine(ReadOnlySpan<byte> data, out int consumed)
    {
        consumed = 0;
        var end = data[_searched..].IndexOf((byte)'\n');
        if (end < 0)
        {
            return Incomplete(data.Length);
        }

        end += _searched;
        consumed = end + 1;
        return Accept(consumed, end == 0 || (end == 1 && data[0] == '\r') ? FieldResult.Fault : FieldResult.Skipped);
    }

    private FieldResult Accept(int length, FieldResult result)
    {
        _searched = 0;
        _size += length;
        return _size > _limit ? Fail(Http1Fault.HeadersTooLarge) : result;
    }

    private FieldResult Incomplete(int length)
    {
        _searched = length;
        return _size + length > _limit ? Fail(Http1Fault.HeadersTooLarge) : FieldResult.NeedMore;
    }

    private FieldResult Fail(Http1Fault fault)
    {
        Fault = fault;
        return FieldResult.Fault;
    }
}

namespace Proxy.Http.H1;

/// <summary>How the body of a message ends (RFC 9112 section 6.3).</summary>
internal enum BodyKind : byte
{
    /// <summary>There is none.</summary>
    None,

    /// <summary>After as many bytes as content-length says.</summary>
    Length,

    /// <summary>With the last chunk.</summary>
    Chunked,

    /// <summary>With the connection: a response without a length, or a tunnel.</summary>
    UntilClose,
}

/// <summary>What a look at the next bytes of a body found.</summary>
internal enum BodyResult
{
    /// <summary>All bytes are used up; the body goes on.</summary>
    NeedMore,

    /// <summary>A piece of the body.</summary>
    Data,

    /// <summary>The last piece; it may be empty.</summary>
    LastData,

    /// <summary>The last chunk is read; the trailer section follows.</summary>
    Trailers,

    /// <summary>The framing is broken.</summary>
    Fault,
}

/// <summary>Takes a body out of its framing. Chunk sizes and extensions are never buffered.</summary>
internal struct BodyReader
{
    private const int MaxChunkLine = 128 * 1024;

    private State _state;
    private bool _digits;
    private bool _lenient;
    private int _lineLength;
    private ulong _remaining;

    private enum State : byte
    {
        None,
        Length,
        UntilClose,
        Size,
        SizeBlank,
        Extension,
        SizeLineFeed,
        Data,
        DataReturn,
        DataLineFeed,
        Junk,
        Trailers,
    }

    /// <summary>How the body ends.</summary>
    public BodyKind Kind { get; private set; }

    /// <summary>True once bytes between a chunk and the end of its line were let through.</summary>
    public bool WasLenient { get; private set; }

    /// <summary>Begins a body.</summary>
    /// <param name="kind">How it ends.</param>
    /// <param name="length">Its length, where that is known.</param>
    /// <param name="lenient">Drops bytes between a chunk and the end of its line.</param>
    public void Begin(BodyKind kind, ulong length = 0, bool lenient = false)
    {
        Kind = kind;
        _lenient = lenient;
        WasLenient = false;
        _remaining = kind == BodyKind.Length ? length : 0;
        _lineLength = 0;
        _digits = false;
        _state = kind switch
        {
            BodyKind.Length => State.Length,
            BodyKind.Chunked => State.Size,
            BodyKind.UntilClose => State.UntilClose,
            _ => State.None,
        };
    }

    /// <summary>Looks at the next bytes.</summary>
    /// <param name="data">All bytes at hand.</param>
    /// <param name="piece">The body in them, without framing.</param>
    /// <param name="consumed">How many of the bytes are done with, framing included.</param>
    public BodyResult Read(ReadOnlySpan<byte> data, out ReadOnlySpan<byte> piece, out int consumed)
    {
        piece = default;
        consumed = 0;
        if (_state is State.Length or State.UntilClose)
        {
            return ReadPlain(data, out piece, out consumed);
        }

        while (_state != State.Trailers)
        {
            if (consumed == data.Length)
            {
                return BodyResult.NeedMore;
            }

            if (_state == State.Data)
            {
                piece = data[consumed..];
                piece = (ulong)piece.Length > _remaining ? piece[..(int)_remaining] : piece;
                consumed += piece.Length;
                _remaining -= (ulong)piece.Length;
                _state = _remaining == 0 ? State.DataReturn : State.Data;
                return BodyResult.Data;
            }

            if (!ReadFraming(data, ref consumed))
            {
                return BodyResult.Fault;
            }
        }

        return BodyResult.Trailers;
    }

    private BodyResult ReadPlain(ReadOnlySpan<byte> data, out ReadOnlySpan<byte> piece, out int consumed)
    {
        piece = data;
        if (_state == State.Length)
        {
            piece = (ulong)data.Length > _remaining ? data[..(int)_remaining] : data;
            _remaining -= (ulong)piece.Length;
        }

        consumed = piece.Length;
        if (_state == State.Length && _remaining == 0)
        {
            return BodyResult.LastData;
        }

        return piece.IsEmpty ? BodyResult.NeedMore : BodyResult.Data;
    }

    private bool ReadFraming(ReadOnlySpan<byte> data, ref int consumed)
    {
        if (_state == State.Extension)
        {
            return SkipExtension(data, ref consumed);
        }

        var next = data[consumed++];
        switch (_state)
        {
            case State.Size:
            case State.SizeBlank:
                return ++_lineLength <= MaxChunkLine && ReadSize(next);
            case State.SizeLineFeed:
                _state = _remaining == 0 ? State.Trailers : State.Data;
                return next == '\n';
            case State.DataReturn when next == '\r':
                _state = State.DataLineFeed;
                return true;
            case State.DataLineFeed when next == '\n':
                BeginSize();
                return true;
            default:
                return _lenient && SkipJunk(next);
        }
    }

    private void BeginSize()
    {
        _state = State.Size;
        _digits = false;
        _lineLength = 0;
    }

    private bool SkipJunk(byte next)
    {
        WasLenient = true;
        if (next == '\n')
        {
            BeginSize();
        }
        else
        {
            _state = State.Junk;
        }

        return ++_lineLength <= MaxChunkLine;
    }

    private bool ReadSize(byte next)
    {
        var digit = Http1Chars.HexValue(next);
        if (digit >= 0)
        {
            if (_state == State.SizeBlank || _remaining >> 60 != 0)
            {
                return false;
            }

            _remaining = (_remaining << 4) | (uint)digit;
            _digits = true;
            return true;
        }

        _state = next switch
        {
            (byte)'\r' => State.SizeLineFeed,
            (byte)';' => State.Extension,
            _ => State.SizeBlank,
        };
        return _digits && (_state != State.SizeBlank || next is (byte)' ' or (byte)'\t');
    }

    private bool SkipExtension(ReadOnlySpan<byte> data, ref int consumed)
    {
        var rest = data[consumed..];
        var end = rest.IndexOfAny((byte)'\r', (byte)'\n');
        var length = end < 0 ? rest.Length : end;
        _lineLength += length;
        if (_lineLength > MaxChunkLine || (end >= 0 && rest[end] == '\n'))
        {
            return false;
        }

        consumed += end < 0 ? length : length + 1;
        _state = end < 0 ? State.Extension : State.SizeLineFeed;
        return true;
    }
}

namespace Proxy.Http.H1;

/// <summary>Puts a body into its framing on the way out. It never sends more than was announced.</summary>
internal struct BodyWriter
{
    /// <summary>A chunk up to this size leaves in one write with its framing.</summary>
    private const int MaxCopied = 2048;

    private Mode _mode;
    private ulong _remaining;

    private enum Mode : byte
    {
        /// <summary>Nothing may be sent, as in the answer to HEAD.</summary>
        None,
        Length,
        Chunked,
        Raw,
    }

    /// <summary>True when the body ended before it was as long as announced.</summary>
    public readonly bool IsShort => _mode == Mode.Length && _remaining > 0;

    /// <summary>True when the body is sent in chunks.</summary>
    public readonly bool IsChunked => _mode == Mode.Chunked;

    /// <summary>The message has no body.</summary>
    public void BeginNone() => _mode = Mode.None;

    /// <summary>A body as it comes, ended by the connection.</summary>
    public void BeginRaw() => _mode = Mode.Raw;

    /// <summary>A body in chunks.</summary>
    public void BeginChunked() => _mode = Mode.Chunked;

    /// <summary>A body of the length in <paramref name="value"/>; one without meaning is nobody's to check.</summary>
    public void BeginLength(ReadOnlySpan<byte> value)
    {
        _mode = ContentLength.TryParse(value, out _remaining) ? Mode.Length : Mode.Raw;
    }

    /// <summary>Sends a piece; returns the bytes that left.</summary>
    public long Write(ICodecTransport transport, ReadOnlySpan<byte> data, bool last)
    {
        switch (_mode)
        {
            case Mode.None:
                return 0;
            case Mode.Chunked:
                return WriteChunk(transport, data, last);
            case Mode.Length:
                data = (ulong)data.Length > _remaining ? data[..(int)_remaining] : data;
                _remaining -= (ulong)data.Length;
                break;
            default:
                break;
        }

        if (!data.IsEmpty)
        {
            transport.Write(data);
        }

        return data.Length;
    }

    /// <summary>Ends a chunked body, with trailers where they are wanted; returns the bytes that left.</summary>
    public readonly long WriteTrailers(ICodecTransport transport, HeaderMap? trailers, bool properCase)
    {
        if (_mode != Mode.Chunked)
        {
            return 0;
        }

        var head = trailers is null ? new HeadWriter(16) : new HeadWriter(HeadWriter.SizeFor(trailers), trailers, properCase);
        head.Add("0\r\n"u8);
        if (trailers is null)
        {
            head.Add("\r\n"u8);
        }
        else
        {
            head.AddTrailers(trailers);
        }

        transport.Write(head.Written);
        return head.Written.Length;
    }

    private static long WriteChunk(ICodecTransport transport, ReadOnlySpan<byte> data, bool last)
    {
        if (data.IsEmpty && !last)
        {
            return 0;
        }

        var end = data.IsEmpty ? "0\r\n\r\n"u8 : last ? "\r\n0\r\n\r\n"u8 : "\r\n"u8;
        var head = new HeadWriter(MaxCopied + 64);
        if (!data.IsEmpty)
        {
            head.AddChunkSize(data.Length);
        }

        if (data.Length <= MaxCopied)
        {
            head.Add(data);
            head.Add(end);
            transport.Write(head.Written);
            return head.Written.Length;
        }

        var size = head.Written.Length;
        transport.Write(head.Written);
        transport.Write(data);
        transport.Write(end);
        return size + data.Length + end.Length;
    }
}

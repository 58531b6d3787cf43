using Proxy.Http.H1;
using Proxy.Http.H2.Hpack;

namespace Proxy.Http.H2;

/// <summary>What is in a header block.</summary>
internal enum BlockKind : byte
{
    Request,
    Response,
    Trailers,

    /// <summary>Decoded for the sake of the compression state; nobody wants it.</summary>
    Dropped,
}

/// <summary>What is wrong with a header block.</summary>
internal enum BlockFault : byte
{
    None,

    /// <summary>It breaks RFC 9113 section 8.</summary>
    Malformed,

    /// <summary>More bytes or fields than allowed.</summary>
    TooLarge,

    /// <summary>A name with an underscore where none may be.</summary>
    Underscore,
}

/// <summary>Puts the fields of a block into a map and checks them on the way (RFC 9113 section 8.2 and 8.3).</summary>
/// <remarks>After the first fault the rest of the block is decoded, because of the compression state, and not kept.</remarks>
internal sealed class FieldBlockReader(Http2Options options) : IFieldSink
{
    private HeaderMap? _headers;
    private BlockKind _kind;
    private int _bytes;
    private int _count;
    private bool _hasRegular;

    /// <summary>The first fault found.</summary>
    public BlockFault Fault { get; private set; }

    /// <summary>Names with underscores that were left out.</summary>
    public int DroppedUnderscores { get; private set; }

    /// <summary>Bytes of names and values, and three for each field.</summary>
    public int CountedBytes => _bytes + (3 * _count);

    /// <summary>The content-length; -1 when there is none.</summary>
    public long ContentLength { get; private set; }

    /// <summary>Begins a block.</summary>
    public void Begin(BlockKind kind, HeaderMap? headers)
    {
        _kind = kind;
        _headers = headers;
        _bytes = _count = DroppedUnderscores = 0;
        _hasRegular = false;
        Fault = BlockFault.None;
        ContentLength = -1;
        headers?.Clear();
    }

    void IFieldSink.OnField(KnownHeader id, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        _bytes += name.Length + value.Length;
        _count++;
        if (_bytes > options.MaxHeadBytes || _count > options.MaxHeadersCount)
        {
            Fault = BlockFault.TooLarge;
        }
        else if (Fault == BlockFault.None && _headers is { } headers && !TryAdd(headers, id, name, value) && Fault == BlockFault.None)
        {
            Fault = BlockFault.Malformed;
        }
    }

    private bool TryAdd(HeaderMap headers, KnownHeader id, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (name.IsEmpty || value.ContainsAny(Http1Chars.NotInValue))
        {
            return false;
        }

        if (name[0] == ':')
        {
            return TryAddPseudo(headers, id, name, value);
        }

        _hasRegular = true;
        if (id == KnownHeader.None)
        {
            if (name.ContainsAnyExcept(Http2Chars.Name))
            {
                return false;
            }

            if (options.HeadersWithUnderscores != HeadersWithUnderscoresAction.Allow && name.Contains((byte)'_'))
            {
                return RefuseUnderscore();
            }

            id = KnownHeaders.Classify(name);
        }

        return id == KnownHeader.None ? Add(headers, name, value) : TryAddKnown(headers, id, name, value);
    }

    private bool TryAddPseudo(HeaderMap headers, KnownHeader id, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        id = id == KnownHeader.None ? KnownHeaders.Classify(name) : id;
        var isAllowed = _kind switch
        {
            BlockKind.Request => id is KnownHeader.Method or KnownHeader.Path or KnownHeader.Scheme or KnownHeader.Authority or KnownHeader.Protocol,
            BlockKind.Response => id == KnownHeader.Status,
            _ => false,
        };
        if (!isAllowed || _hasRegular || headers.Contains(id))
        {
            return false;
        }

        headers.Add(id, value);
        return true;
    }

    private bool TryAddKnown(HeaderMap headers, KnownHeader id, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        switch (id)
        {
            case KnownHeader.Connection or KnownHeader.KeepAlive or KnownHeader.ProxyConnection or KnownHeader.TransferEncoding or KnownHeader.Upgrade:
                return false; // RFC 9113 section 8.2.2
            case KnownHeader.Te when !value.SequenceEqual("trailers"u8):
                return AsciiBytes.EqualsIgnoreCase(value, "trailers"u8); // allowed in that spelling, and of no use
            case KnownHeader.ContentLength:
                return _kind != BlockKind.Trailers && TryAddLength(headers, value);
            case KnownHeader.Cookie:
                if (!value.IsEmpty || headers.Contains(KnownHeader.Cookie))
                {
                    headers.Append(KnownHeader.Cookie, value, "; "u8); // RFC 9113 section 8.2.3
                }

                return true;
            default:
                return Add(headers, name, value);
        }
    }

    private bool TryAddLength(HeaderMap headers, ReadOnlySpan<byte> value)
    {
        if (!H1.ContentLength.TryParse(value, out var length) || length > long.MaxValue)
        {
            return false;
        }

        if (ContentLength >= 0)
        {
            return ContentLength == (long)length;
        }

        ContentLength = (long)length;
        headers.Add(KnownHeader.ContentLength, value);
        return true;
    }

    private bool RefuseUnderscore()
    {
        if (options.HeadersWithUnderscores == HeadersWithUnderscoresAction.DropHeader)
        {
            DroppedUnderscores++;
            return true;
        }

        Fault = BlockFault.Underscore;
        return false;
    }

    private static bool Add(HeaderMap headers, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        headers.AddReceived(name, value);
        return true;
    }
}

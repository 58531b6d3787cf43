namespace Proxy.Http.H1;

/// <summary>What a head says about the length of its message, gathered while the fields come in.</summary>
internal struct MessageFraming
{
    private ulong _length;
    private bool _endsChunked;
    private bool _lengthIsInvalid;

    /// <summary>True when there is a content-length.</summary>
    public bool HasLength { get; private set; }

    /// <summary>True when the body comes in chunks.</summary>
    public bool IsChunked { get; private set; }

    /// <summary>The content-length.</summary>
    public readonly ulong Length => _length;

    /// <summary>Takes a header that was received; false for a second content-length and for one that is no number.</summary>
    /// <param name="id">The header.</param>
    /// <param name="value">Its value.</param>
    /// <param name="mayBeChunked">Puts the verdict on a length that is no number off: behind chunked it does not count.</param>
    public bool TryAdd(KnownHeader id, ReadOnlySpan<byte> value, bool mayBeChunked = false)
    {
        if (id == KnownHeader.TransferEncoding)
        {
            _endsChunked = AsciiBytes.EqualsIgnoreCase(value, "chunked"u8);
            return true;
        }

        if (id != KnownHeader.ContentLength)
        {
            return true;
        }

        if (HasLength)
        {
            return false;
        }

        HasLength = true;
        _lengthIsInvalid = !ContentLength.TryParse(value, out _length);
        return !_lengthIsInvalid || mayBeChunked;
    }

    /// <summary>The content-length does not count.</summary>
    public void DropLength(HeaderMap headers)
    {
        headers.Remove(KnownHeader.ContentLength);
        HasLength = _lengthIsInvalid = false;
        _length = 0;
    }

    /// <summary>Looks at transfer-encoding once all fields are there. Both lengths together are refused: the two ends could understand them differently.</summary>
    public Http1Fault ResolveCoding(HeaderMap headers, bool allowChunkedLength)
    {
        if (!headers.TryGet(KnownHeader.TransferEncoding, out var coding))
        {
            return _lengthIsInvalid ? Http1Fault.Malformed : Http1Fault.None;
        }

        IsChunked = AsciiBytes.EqualsIgnoreCase(coding, "chunked"u8);
        if (HasLength)
        {
            if (!_endsChunked || !allowChunkedLength)
            {
                return Http1Fault.ChunkedContentLength;
            }

            DropLength(headers);
        }

        return IsChunked ? Http1Fault.None : Http1Fault.InvalidTransferEncoding;
    }
}

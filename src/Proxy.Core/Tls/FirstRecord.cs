using System.Runtime.CompilerServices;

namespace Proxy.Tls;

/// <summary>Looks at the first bytes that a client sends, in however many pieces they come: are they a record of TLS?</summary>
internal struct FirstRecord
{
    private const int HeaderLength = 5;
    private const byte Alert = 21;

    private Header _header;
    private int _have;

    /// <summary>What all bytes so far are.</summary>
    /// <param name="input">The bytes after those of the last call.</param>
    public Kind Look(ReadOnlySpan<byte> input)
    {
        var count = Math.Min(HeaderLength - _have, input.Length);
        if (count > 0)
        {
            input[..count].CopyTo(((Span<byte>)_header)[_have..]);
            _have += count;
        }

        return _have < HeaderLength ? Kind.Unknown : Judge(_header);
    }

    // The engine knows requests of HTTP, and says nothing to those who send them.
    private static Kind Judge(ReadOnlySpan<byte> header)
    {
        var isRecord = header[1] == 3;
        if (isRecord && header[0] == Alert)
        {
            return Kind.Farewell;
        }

        var isOldHello = (header[0] & 0x80) != 0 && header[2] == 1 && header[3] == 3;
        return isRecord || isOldHello || header.StartsWith("GET "u8) || header.StartsWith("POST "u8) || header.StartsWith("HEAD "u8) || header.StartsWith("PUT "u8) || header.StartsWith("CONNE"u8)
            ? Kind.ForEngine
            : Kind.Foreign;
    }

    /// <summary>What it may be.</summary>
    public enum Kind
    {
        /// <summary>Too few bytes to tell.</summary>
        Unknown,

        /// <summary>A record, or what the engine tells apart itself.</summary>
        ForEngine,

        /// <summary>An alert: the client leaves before it has said hello, and is not answered.</summary>
        Farewell,

        /// <summary>Another protocol, or none: the client is told <c>protocol_version</c>.</summary>
        Foreign,
    }

    [InlineArray(HeaderLength)]
    private struct Header
    {
        private byte _first;
    }
}

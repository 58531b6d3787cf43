using System.Buffers.Text;
using Proxy.Http;
using Proxy.Workers;

namespace Proxy.Filters.Network;

/// <summary>Makes <c>x-request-id</c>: a random UUID (RFC 9562, version 4), written without a string in between.</summary>
internal static class RequestIds
{
    /// <summary>Bytes of an id.</summary>
    public const int TextLength = 36;

    private const int TraceDigit = 14; // the version of the UUID

    public static void Set(HeaderMap headers, IRandomSource random)
    {
        Span<byte> text = stackalloc byte[TextLength];
        Write(random, text);
        headers.Set(KnownHeader.XRequestId, text);
    }

    /// <summary>Writes a new id.</summary>
    public static void Write(IRandomSource random, Span<byte> text)
    {
        Span<byte> bytes = stackalloc byte[16];
        random.Fill(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        Utf8Formatter.TryFormat(new Guid(bytes, bigEndian: true), text, out _);
    }

    /// <summary>The digit that tells whether the request is traced says no, whatever the client wrote there.</summary>
    public static void MarkUntraced(HeaderMap headers, ReadOnlySpan<byte> id)
    {
        if (id.Length != TextLength || id[TraceDigit] == '4')
        {
            return;
        }

        Span<byte> text = stackalloc byte[TextLength];
        id.CopyTo(text);
        text[TraceDigit] = (byte)'4';
        headers.Set(KnownHeader.XRequestId, text);
    }
}

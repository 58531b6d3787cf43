using System.Buffers;
using Proxy.Http.H1;
using Proxy.Observability;

namespace Proxy.Filters.Http.HeaderMutation;

/// <summary>Escapes in queries (RFC 3986 section 2.1).</summary>
internal static class PercentEncoding
{
    private static readonly SearchValues<byte> Unreserved = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"u8);

    /// <summary>Resolves every escape; what is none stays as it is.</summary>
    public static void Decode(ReadOnlySpan<byte> text, FormatWriter writer)
    {
        while (!text.IsEmpty)
        {
            writer.Write(Next(text, out var length));
            text = text[length..];
        }
    }

    /// <summary>Resolves the escapes of visible ASCII characters that have no meaning of their own in a query; those in <paramref name="kept"/> stay too.</summary>
    public static void Normalize(ReadOnlySpan<byte> text, ReadOnlySpan<char> kept, FormatWriter writer)
    {
        while (!text.IsEmpty)
        {
            var value = Next(text, out var length);
            if (length == 1 || (value is > (byte)' ' and < 0x7F and not ((byte)'&' or (byte)'#' or (byte)'+' or (byte)'%') && !kept.Contains((char)value)))
            {
                writer.Write(value);
            }
            else
            {
                writer.Write(text[..length]);
            }

            text = text[length..];
        }
    }

    /// <summary>Escapes everything that is not unreserved.</summary>
    public static void Encode(ReadOnlySpan<byte> text, FormatWriter writer)
    {
        foreach (var value in text)
        {
            Write(value, escape: !Unreserved.Contains(value), writer);
        }
    }

    /// <summary>Escapes what cannot stand in a request line.</summary>
    public static void EscapeControls(ReadOnlySpan<byte> text, FormatWriter writer)
    {
        foreach (var value in text)
        {
            Write(value, escape: value is <= (byte)' ' or 0x7F, writer);
        }
    }

    private static byte Next(ReadOnlySpan<byte> text, out int length)
    {
        if (text is [(byte)'%', var high, var low, ..] && char.IsAsciiHexDigit((char)high) && char.IsAsciiHexDigit((char)low))
        {
            length = 3;
            return (byte)((Http1Chars.HexValue(high) << 4) | Http1Chars.HexValue(low));
        }

        length = 1;
        return text[0];
    }

    private static void Write(byte value, bool escape, FormatWriter writer)
    {
        if (!escape)
        {
            writer.Write(value);
            return;
        }

        writer.Write((byte)'%');
        writer.Write("0123456789ABCDEF"u8[value >> 4]);
        writer.Write("0123456789ABCDEF"u8[value & 0xF]);
    }
}

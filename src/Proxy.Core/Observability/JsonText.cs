namespace Proxy.Observability;

/// <summary>Writes JSON strings (RFC 8259, section 7). Bytes above 0x7F pass as they are: what is logged need not be UTF-8.</summary>
internal static class JsonText
{
    /// <summary>Writes <paramref name="text"/> in quotes.</summary>
    public static void WriteString(FormatWriter writer, ReadOnlySpan<byte> text)
    {
        writer.Write((byte)'"');
        WriteEscaped(writer, text);
        writer.Write((byte)'"');
    }

    /// <summary>Puts what was written from <paramref name="start"/> on in quotes.</summary>
    public static void QuoteFrom(FormatWriter writer, int start)
    {
        Span<byte> small = stackalloc byte[256];
        var text = writer.Written[start..];
        var copy = text.Length <= small.Length ? small[..text.Length] : new byte[text.Length];
        text.CopyTo(copy);
        writer.Truncate(start);
        WriteString(writer, copy);
    }

    public static void WriteEscaped(FormatWriter writer, ReadOnlySpan<byte> text)
    {
        foreach (var b in text)
        {
            switch (b)
            {
                case (byte)'"':
                    writer.Write("\\\""u8);
                    break;
                case (byte)'\\':
                    writer.Write("\\\\"u8);
                    break;
                case (byte)'\n':
                    writer.Write("\\n"u8);
                    break;
                case (byte)'\r':
                    writer.Write("\\r"u8);
                    break;
                case (byte)'\t':
                    writer.Write("\\t"u8);
                    break;
                case (byte)'\b':
                    writer.Write("\\b"u8);
                    break;
                case (byte)'\f':
                    writer.Write("\\f"u8);
                    break;
                case < 0x20 or 0x7F:
                    writer.Write("\\u00"u8);
                    writer.Write("0123456789abcdef"u8[b >> 4]);
                    writer.Write("0123456789abcdef"u8[b & 15]);
                    break;
                default:
                    writer.Write(b);
                    break;
            }
        }
    }
}

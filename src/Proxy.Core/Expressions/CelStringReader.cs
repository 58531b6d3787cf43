using System.Globalization;
using System.Text;
using Proxy.Configuration;

namespace Proxy.Expressions;

/// <summary>Reads texts and bytes between quotes.</summary>
internal static class CelStringReader
{
    /// <summary>Reads from the first quote to behind the last one.</summary>
    public static bool TryRead(string text, ref int at, bool isRaw, bool isBytes, out object? value)
    {
        value = null;
        var quote = new string(text[at], 3);
        var isLong = string.CompareOrdinal(text, at, quote, 0, 3) == 0;
        quote = isLong ? quote : quote[..1];
        at += quote.Length;
        var read = new List<byte>();
        while (string.CompareOrdinal(text, at, quote, 0, quote.Length) != 0)
        {
            if (at >= text.Length || (!isLong && text[at] is '\n' or '\r'))
            {
                return false;
            }

            if (text[at] == '\\' && !isRaw)
            {
                if (!TryReadEscape(text, ref at, isBytes, read))
                {
                    return false;
                }
            }
            else if (!TryReadCharacter(text, ref at, read))
            {
                return false;
            }
        }

        at += quote.Length;
        value = isBytes ? read.ToConfigList() : Encoding.UTF8.GetString([.. read]);
        return true;
    }

    private static bool TryReadCharacter(string text, ref int at, List<byte> read)
    {
        if (Rune.DecodeFromUtf16(text.AsSpan(at), out var rune, out var length) != System.Buffers.OperationStatus.Done)
        {
            return false;
        }

        at += length;
        Add(rune, read);
        return true;
    }

    private static bool TryReadEscape(string text, ref int at, bool isBytes, List<byte> read)
    {
        if (at + 1 >= text.Length)
        {
            return false;
        }

        var kind = text[at + 1];
        at += 2;
        switch (kind)
        {
            case '\\' or '\'' or '"' or '`' or '?':
                read.Add((byte)kind);
                return true;
            case 'a' or 'b' or 'f' or 'n' or 'r' or 't' or 'v':
                read.Add("\a\b\f\n\r\t\v"u8["abfnrtv".IndexOf(kind, StringComparison.Ordinal)]);
                return true;
            case 'x' or 'X':
                return TryReadCode(text, ref at, 2, 16, isBytes, read);
            case 'u' when !isBytes:
                return TryReadCode(text, ref at, 4, 16, isByte: false, read);
            case 'U' when !isBytes:
                return TryReadCode(text, ref at, 8, 16, isByte: false, read);
            case >= '0' and <= '3':
                at--;
                return TryReadCode(text, ref at, 3, 8, isBytes, read);
            default:
                return false;
        }
    }

    // In bytes the code is a byte, in texts a character.
    private static bool TryReadCode(string text, ref int at, int digits, int numberBase, bool isByte, List<byte> read)
    {
        if (at + digits > text.Length)
        {
            return false;
        }

        var code = 0L;
        foreach (var c in text.AsSpan(at, digits))
        {
            if (!int.TryParse([c], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var digit) || digit >= numberBase)
            {
                return false;
            }

            code = (code * numberBase) + digit;
        }

        at += digits;
        if (isByte)
        {
            read.Add((byte)code);
            return code <= byte.MaxValue;
        }

        if (code > int.MaxValue || !Rune.IsValid((int)code))
        {
            return false;
        }

        Add(new Rune((int)code), read);
        return true;
    }

    private static void Add(Rune rune, List<byte> read)
    {
        Span<byte> bytes = stackalloc byte[4];
        read.AddRange(bytes[..rune.EncodeToUtf8(bytes)]);
    }
}

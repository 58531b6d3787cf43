namespace Proxy.Http.H2.Hpack;

/// <summary>The Huffman code of HPACK (RFC 7541 section 5.2 and appendix B).</summary>
/// <remarks>The code is canonical, so the lengths of its words say all about it.</remarks>
internal static class HuffmanCode
{
    private const int Symbols = 257;
    private const int EndOfString = 256;
    private const int MaxLength = 30;
    private const int ShortLength = 9; // words up to here are found with one look
    private const uint WindowMask = (1u << MaxLength) - 1;

    private static readonly uint[] Words = new uint[Symbols];
    private static readonly ushort[] ShortWords = new ushort[1 << ShortLength]; // symbol << 4 | length; 0 for longer words
    private static readonly uint[] Limits = new uint[MaxLength + 1]; // windows below it have words of that length, or shorter ones
    private static readonly int[] Offsets = new int[MaxLength + 1]; // into Order, less the first word of that length
    private static readonly ushort[] Order = new ushort[Symbols]; // symbols by word

    static HuffmanCode()
    {
        var word = 0u;
        var rank = 0;
        for (var length = 1; length <= MaxLength; length++)
        {
            Offsets[length] = rank - (int)word;
            for (var symbol = 0; symbol < Symbols; symbol++)
            {
                if (Lengths[symbol] == length)
                {
                    AddWord(symbol, word++, length);
                    Order[rank++] = (ushort)symbol;
                }
            }

            Limits[length] = word << (MaxLength - length);
            word <<= 1;
        }
    }

    private static ReadOnlySpan<byte> Lengths =>
    [
        13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
        6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
        13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
        15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
        20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
        22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
        26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
        20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
        30,
    ];

    /// <summary>Bytes that <see cref="Encode"/> makes of <paramref name="text"/>.</summary>
    public static int EncodedLength(ReadOnlySpan<byte> text)
    {
        var bits = 0;
        foreach (var value in text)
        {
            bits += Lengths[value];
        }

        return (bits + 7) / 8;
    }

    /// <summary>Encodes; the destination has room for <see cref="EncodedLength"/> bytes.</summary>
    public static void Encode(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        var waiting = 0UL;
        var bits = 0;
        var at = 0;
        foreach (var value in text)
        {
            var length = Lengths[value];
            waiting = (waiting << length) | Words[value];
            bits += length;
            while (bits >= 8)
            {
                bits -= 8;
                destination[at++] = (byte)(waiting >> bits);
            }
        }

        if (bits > 0)
        {
            destination[at] = (byte)((waiting << (8 - bits)) | (0xFFu >> bits));
        }
    }

    /// <summary>
    /// Decodes; the destination has room for the longest text possible, 8 bytes for 5. False for what no encoder makes: the end-of-string word, padding
    /// of a byte or more, padding that is not all ones (RFC 7541 section 5.2).
    /// </summary>
    public static bool TryDecode(ReadOnlySpan<byte> source, Span<byte> destination, out int written)
    {
        written = 0;
        var waiting = 0UL;
        var bits = 0;
        var next = 0;
        while (true)
        {
            while (bits <= 56 && next < source.Length)
            {
                waiting = (waiting << 8) | source[next++];
                bits += 8;
            }

            if (bits == 0)
            {
                return true;
            }

            var window = (bits >= MaxLength ? (uint)(waiting >> (bits - MaxLength)) : (uint)(waiting << (MaxLength - bits)) | (WindowMask >> bits)) & WindowMask;
            var length = Find(window, out var symbol);
            if (length > bits)
            {
                return bits < 8 && window == WindowMask;
            }

            if (symbol == EndOfString)
            {
                return false;
            }

            destination[written++] = (byte)symbol;
            bits -= length;
        }
    }

    private static int Find(uint window, out int symbol)
    {
        var found = ShortWords[window >> (MaxLength - ShortLength)];
        if (found != 0)
        {
            symbol = found >> 4;
            return found & 0xF;
        }

        var length = ShortLength + 1;
        while (window >= Limits[length])
        {
            length++;
        }

        symbol = Order[(int)(window >> (MaxLength - length)) + Offsets[length]];
        return length;
    }

    private static void AddWord(int symbol, uint word, int length)
    {
        Words[symbol] = word;
        if (length <= ShortLength)
        {
            var free = ShortLength - length;
            ShortWords.AsSpan((int)word << free, 1 << free).Fill((ushort)((symbol << 4) | length));
        }
    }
}

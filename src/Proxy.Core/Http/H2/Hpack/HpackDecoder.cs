namespace Proxy.Http.H2.Hpack;

/// <summary>Decodes header blocks of one connection (RFC 7541 section 3.2).</summary>
/// <remarks>A block that cannot be decoded leaves the table in an unknown state: the connection must end (RFC 9113 section 4.3).</remarks>
internal sealed class HpackDecoder
{
    /// <summary>Size of the table before anyone has said anything (RFC 9113 section 6.5.2).</summary>
    public const int DefaultTableBytes = 4096;

    private readonly DynamicTable _table = new(DefaultTableBytes);
    private byte[] _scratch = new byte[512];
    private int _limit = DefaultTableBytes; // what the peer may use
    private bool _mustShrink; // the next block has to begin with an update

    /// <summary>The peer has acknowledged a table of that many bytes.</summary>
    public void Limit(int tableBytes)
    {
        _limit = tableBytes;
        _mustShrink |= tableBytes < _table.MaxBytes;
    }

    /// <summary>Decodes a whole block.</summary>
    /// <returns>False when it breaks the rules of RFC 7541.</returns>
    public bool TryDecode(ReadOnlySpan<byte> block, IFieldSink sink)
    {
        var at = 0;
        if (!TryReadUpdates(block, ref at))
        {
            return false;
        }

        while (at < block.Length)
        {
            var first = block[at];
            var done = first >= 0x80 ? TryIndexed(block, ref at, sink)
                : first >= 0x40 ? TryLiteral(block, 6, ref at, sink, add: true)
                : first < 0x20 && TryLiteral(block, 4, ref at, sink, add: false);
            if (!done)
            {
                return false;
            }
        }

        return true;
    }

    private bool TryReadUpdates(ReadOnlySpan<byte> block, ref int at)
    {
        while (at < block.Length && (block[at] & 0xE0) == 0x20)
        {
            if (!HpackInteger.TryRead(block, 5, ref at, out var size) || size > Math.Max(_limit, _mustShrink ? 0 : _table.MaxBytes))
            {
                return false;
            }

            _table.Resize(size);
            _mustShrink = false;
        }

        return !_mustShrink;
    }

    private bool TryIndexed(ReadOnlySpan<byte> block, ref int at, IFieldSink sink)
    {
        if (!HpackInteger.TryRead(block, 7, ref at, out var index) || index < 1 || index > StaticTable.Count + _table.Count)
        {
            return false;
        }

        if (index <= StaticTable.Count)
        {
            sink.OnField(StaticTable.HeaderAt(index), StaticTable.NameAt(index), StaticTable.ValueAt(index));
        }
        else
        {
            index -= StaticTable.Count + 1;
            sink.OnField(KnownHeader.None, _table.NameAt(index), _table.ValueAt(index));
        }

        return true;
    }

    private bool TryLiteral(ReadOnlySpan<byte> block, int prefixBits, ref int at, IFieldSink sink, bool add)
    {
        if (!HpackInteger.TryRead(block, prefixBits, ref at, out var index) || index > StaticTable.Count + _table.Count)
        {
            return false;
        }

        var id = KnownHeader.None;
        var used = 0;
        scoped ReadOnlySpan<byte> name;
        if (index == 0)
        {
            if (!TryString(block, ref at, ref used, out name))
            {
                return false;
            }
        }
        else if (index <= StaticTable.Count)
        {
            name = StaticTable.NameAt(index);
            id = StaticTable.HeaderAt(index);
        }
        else
        {
            name = _table.NameAt(index - StaticTable.Count - 1);
        }

        if (!TryString(block, ref at, ref used, out var value))
        {
            return false;
        }

        sink.OnField(id, name, value);
        if (add)
        {
            _table.Add(name, value);
        }

        return true;
    }

    // A text in Huffman code goes into the scratch behind the used bytes; others are lent from the block.
    private bool TryString(ReadOnlySpan<byte> block, ref int at, ref int used, out ReadOnlySpan<byte> text)
    {
        text = default;
        if (at >= block.Length)
        {
            return false;
        }

        var isHuffman = block[at] >= 0x80;
        if (!HpackInteger.TryRead(block, 7, ref at, out var length) || length > block.Length - at)
        {
            return false;
        }

        var source = block.Slice(at, length);
        at += length;
        if (!isHuffman)
        {
            text = source;
            return true;
        }

        var target = Reserve(used, (length * 8 / 5) + 1);
        if (!HuffmanCode.TryDecode(source, target, out var written))
        {
            return false;
        }

        used += written;
        text = target[..written];
        return true;
    }

    // A name in an array that was too small stays readable: the array lives as long as its span.
    private Span<byte> Reserve(int used, int length)
    {
        if (_scratch.Length - used < length)
        {
            _scratch = new byte[Math.Max(_scratch.Length * 2, used + length)];
        }

        return _scratch.AsSpan(used);
    }
}

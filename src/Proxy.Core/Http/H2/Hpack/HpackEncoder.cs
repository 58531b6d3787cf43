namespace Proxy.Http.H2.Hpack;

/// <summary>Encodes header blocks of one connection (RFC 7541).</summary>
/// <remarks>
/// Fields that are likely to come again go into the dynamic table; those that differ from message to message do not, and credentials never do, so that
/// nobody can guess them by the size of what is sent (RFC 7541 section 7.1).
/// </remarks>
internal sealed class HpackEncoder
{
    private const int Buckets = 64;
    private const int NeverIndexedBelow = 20; // bytes of a cookie that could be guessed

    private readonly bool _huffman;
    private readonly DynamicTable _table = new(HpackDecoder.DefaultTableBytes);
    private readonly int _maxTableBytes;
    private Slot[]? _slots;
    private byte[] _buffer = new byte[512];
    private int _length;
    private int _pendingSize = -1; // to be announced with the next block
    private int _smallestSize;

    /// <summary>Creates the encoder of a connection.</summary>
    /// <param name="maxTableBytes">Most bytes to use of what the peer offers.</param>
    /// <param name="huffman">Shortens texts where that shortens them.</param>
    public HpackEncoder(int maxTableBytes, bool huffman)
    {
        _maxTableBytes = maxTableBytes;
        _huffman = huffman;
        Offer(HpackDecoder.DefaultTableBytes);
    }

    /// <summary>The peer's table has that many bytes from now on (RFC 7541 section 4.2).</summary>
    public void Offer(int tableBytes)
    {
        var size = Math.Min(tableBytes, _maxTableBytes);
        if (size == (_pendingSize >= 0 ? _pendingSize : _table.MaxBytes))
        {
            return;
        }

        _smallestSize = _pendingSize >= 0 ? Math.Min(_smallestSize, size) : size;
        _pendingSize = size;
    }

    /// <summary>Begins a block.</summary>
    public void Begin()
    {
        _length = 0;
        if (_pendingSize < 0)
        {
            return;
        }

        if (_smallestSize < _pendingSize)
        {
            AnnounceSize(_smallestSize);
        }

        AnnounceSize(_pendingSize);
        _pendingSize = -1;
    }

    /// <summary>Adds a field to the block.</summary>
    public void Add(KnownHeader id, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        var fixedName = id != KnownHeader.None ? StaticTable.Find(id) : StaticTable.Find(name);
        if (fixedName > 0 && StaticTable.FindValue(fixedName, value) is var exact and > 0)
        {
            WriteInteger(7, 0x80, exact);
            return;
        }

        var policy = PolicyOf(id, name, value);
        if (policy != Policy.Index)
        {
            WriteLiteral(4, policy == Policy.Never ? (byte)0x10 : (byte)0, fixedName, name, value);
            return;
        }

        ref var slot = ref SlotOf(name, value, out var hash);
        var age = _table.Added - slot.Number;
        if (slot.Hash == hash && slot.Number > 0 && age < _table.Count
            && _table.NameAt((int)age).SequenceEqual(name) && _table.ValueAt((int)age).SequenceEqual(value))
        {
            WriteInteger(7, 0x80, StaticTable.Count + 1 + (int)age);
            return;
        }

        WriteLiteral(6, 0x40, fixedName, name, value);
        if (_table.Add(name, value))
        {
            slot = new Slot(hash, _table.Added);
        }
    }

    /// <summary>The block; valid until the next one begins.</summary>
    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

    private static Policy PolicyOf(KnownHeader id, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        switch (id)
        {
            case KnownHeader.Authorization:
                return Policy.Never;
            case KnownHeader.Cookie or KnownHeader.SetCookie:
                return value.Length < NeverIndexedBelow ? Policy.Never : Policy.Index;
            case KnownHeader.Path or KnownHeader.ContentLength or KnownHeader.XRequestId or KnownHeader.XEnvoyUpstreamServiceTime or KnownHeader.Etag
                or KnownHeader.XEnvoyExpectedRqTimeoutMs or KnownHeader.IfNoneMatch or KnownHeader.LastModified or KnownHeader.IfModifiedSince
                or KnownHeader.Location or KnownHeader.Range or KnownHeader.Traceparent or KnownHeader.XB3Traceid or KnownHeader.XB3Spanid
                or KnownHeader.GrpcMessage or KnownHeader.GrpcTimeout or KnownHeader.XClientTraceId:
                return Policy.Plain;
            default:
                return name.Length + value.Length > 512 ? Policy.Plain : Policy.Index;
        }
    }

    private ref Slot SlotOf(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, out uint hash)
    {
        _slots ??= new Slot[Buckets];
        hash = Mix(Mix((uint)(name.Length << 16) ^ (uint)value.Length, name), value);
        return ref _slots[hash % Buckets];
    }

    // Few bytes tell fields apart well enough: a wrong guess is found out by comparing, and costs a literal.
    private static uint Mix(uint hash, ReadOnlySpan<byte> text)
    {
        if (text.Length >= 8)
        {
            var ends = System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(text) * 31
                + System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(text[^8..]);
            hash ^= (uint)ends ^ (uint)(ends >> 32);
        }
        else
        {
            foreach (var value in text)
            {
                hash = (hash * 31) + value;
            }
        }

        hash *= 0x9E37_79B1;
        return hash ^ (hash >> 15);
    }

    private void AnnounceSize(int size)
    {
        _table.Resize(size);
        WriteInteger(5, 0x20, size);
    }

    private void WriteLiteral(int prefixBits, byte pattern, int fixedName, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        WriteInteger(prefixBits, pattern, fixedName);
        if (fixedName == 0)
        {
            WriteString(name);
        }

        WriteString(value);
    }

    private void WriteString(ReadOnlySpan<byte> text)
    {
        var length = _huffman ? HuffmanCode.EncodedLength(text) : text.Length;
        if (length >= text.Length)
        {
            WriteInteger(7, 0, text.Length);
            text.CopyTo(Reserve(text.Length));
            _length += text.Length;
            return;
        }

        WriteInteger(7, 0x80, length);
        HuffmanCode.Encode(text, Reserve(length));
        _length += length;
    }

    private void WriteInteger(int prefixBits, byte pattern, int value)
    {
        Reserve(HpackInteger.MaxBytes);
        HpackInteger.Write(_buffer, ref _length, prefixBits, pattern, value);
    }

    private Span<byte> Reserve(int count)
    {
        if (_buffer.Length - _length < count)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + count));
        }

        return _buffer.AsSpan(_length);
    }

    private enum Policy : byte
    {
        /// <summary>It will come again.</summary>
        Index,

        /// <summary>It will not.</summary>
        Plain,

        /// <summary>Nobody on the way may index it (RFC 7541 section 6.2.3).</summary>
        Never,
    }

    private readonly record struct Slot(uint Hash, long Number);
}

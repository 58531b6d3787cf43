namespace Proxy.Http.H2.Hpack;

/// <summary>The dynamic table of one direction (RFC 7541 section 2.3.2): a queue of fields whose sizes, 32 bytes more each, stay below a limit.</summary>
/// <remarks>Memory is taken with the first field that is added.</remarks>
internal sealed class DynamicTable(int maxBytes)
{
    /// <summary>What a field counts beside its own bytes (RFC 7541 section 4.1).</summary>
    public const int Overhead = 32;

    private Entry[] _entries = [];
    private byte[] _bytes = [];
    private int _first; // place of the oldest entry
    private int _head; // where the next bytes go

    /// <summary>Most bytes it may hold.</summary>
    public int MaxBytes { get; private set; } = maxBytes;

    /// <summary>Fields in it.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes it holds, overhead included.</summary>
    public int Bytes { get; private set; }

    /// <summary>Fields that were ever added.</summary>
    public long Added { get; private set; }

    /// <summary>Name of the field at <paramref name="index"/>; 0 is the newest.</summary>
    public ReadOnlySpan<byte> NameAt(int index)
    {
        ref readonly var entry = ref EntryAt(index);
        return _bytes.AsSpan(entry.Offset, entry.NameLength);
    }

    /// <summary>Value of the field at <paramref name="index"/>; 0 is the newest.</summary>
    public ReadOnlySpan<byte> ValueAt(int index)
    {
        ref readonly var entry = ref EntryAt(index);
        return _bytes.AsSpan(entry.Offset + entry.NameLength, entry.ValueLength);
    }

    /// <summary>Changes the limit; what does not fit any more is dropped.</summary>
    public void Resize(int maxBytes)
    {
        Evict(maxBytes);
        if (maxBytes > MaxBytes && _bytes.Length > 0)
        {
            Rebuild(maxBytes);
        }

        MaxBytes = maxBytes;
    }

    /// <summary>Adds a field in front; one that is too large for the table empties it (RFC 7541 section 4.4). The spans may be the table's own.</summary>
    /// <returns>True when it is in the table.</returns>
    public bool Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        var length = name.Length + value.Length;
        if (length + Overhead > MaxBytes)
        {
            Evict(0);
            return false;
        }

        if (_bytes.Length == 0)
        {
            // Twice the limit: live bytes are never more than half of it, so a new field fits in one piece without moving any.
            _bytes = new byte[MaxBytes * 2];
            _entries = new Entry[(MaxBytes / Overhead) + 1];
        }

        if (_head + length > _bytes.Length)
        {
            _head = 0;
        }

        // Before eviction: its bytes stay where they are, and nothing else is written before the next field comes.
        name.CopyTo(_bytes.AsSpan(_head));
        value.CopyTo(_bytes.AsSpan(_head + name.Length));
        Evict(MaxBytes - length - Overhead);
        var place = _first + Count;
        _entries[place >= _entries.Length ? place - _entries.Length : place] = new Entry(_head, name.Length, value.Length);
        _head += length;
        Bytes += length + Overhead;
        Count++;
        Added++;
        return true;
    }

    private ref readonly Entry EntryAt(int index)
    {
        var place = _first + Count - 1 - index;
        return ref _entries[place >= _entries.Length ? place - _entries.Length : place];
    }

    private void Evict(int room)
    {
        while (Bytes > room)
        {
            ref readonly var oldest = ref _entries[_first];
            Bytes -= oldest.NameLength + oldest.ValueLength + Overhead;
            _first = _first + 1 == _entries.Length ? 0 : _first + 1;
            Count--;
        }
    }

    private void Rebuild(int maxBytes)
    {
        var bytes = new byte[maxBytes * 2];
        var entries = new Entry[(maxBytes / Overhead) + 1];
        var head = 0;
        for (var i = 0; i < Count; i++)
        {
            var entry = EntryAt(Count - 1 - i);
            var length = entry.NameLength + entry.ValueLength;
            _bytes.AsSpan(entry.Offset, length).CopyTo(bytes.AsSpan(head));
            entries[i] = entry with { Offset = head };
            head += length;
        }

        (_bytes, _entries, _first, _head) = (bytes, entries, 0, head);
    }

    private readonly record struct Entry(int Offset, int NameLength, int ValueLength);
}

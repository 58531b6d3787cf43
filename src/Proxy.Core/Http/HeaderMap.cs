using System.Buffers.Text;

namespace Proxy.Http;

/// <summary>
/// Headers or trailers of one message as bytes: names lower-case, order and duplicates kept, known names in slots of their own.
/// </summary>
/// <remarks>
/// <para>Not thread safe; it belongs to a stream and is reused with it, so steady state allocates nothing. Spans it returns are valid until its next change.</para>
/// <para>Names and values are trusted to be well formed: codecs check what comes from peers, configuration checks what it adds.</para>
/// </remarks>
public sealed partial class HeaderMap
{
    private const int InitialArena = 1024;
    private const int InitialEntries = 32;
    private const int KeptArena = 64 * 1024;
    private const int KeptEntries = 256;

    private readonly int[] _slots = new int[KnownHeaders.Count]; // index of the first such entry + 1; 0 = none
    private Entry[] _entries = new Entry[InitialEntries];
    private byte[] _arena = new byte[InitialArena];
    private int _used;
    private int _length; // entries, removed ones included

    /// <summary>Headers in the map, pseudo headers included.</summary>
    public int Count { get; private set; }

    /// <summary>How the sender wrote the names; null, or not used, when nobody wants to know.</summary>
    internal HeaderNames? OriginalNames { get; private set; }

    /// <summary>Sum of the lengths of all names and values, in bytes.</summary>
    public int ByteSize { get; private set; }

    /// <summary>Adds a header behind all others; existing ones of that name stay.</summary>
    public void Add(KnownHeader id, ReadOnlySpan<byte> value)
    {
        Insert(id, value);
    }

    /// <summary>Adds a header behind all others; the name is lower-cased.</summary>
    public void Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        var id = StoreName(name, out var offset);
        InsertNamed(id, offset, name.Length, value);
    }

    /// <summary>Replaces all headers of that name by one, in the place of the first; adds it when there is none.</summary>
    public void Set(KnownHeader id, ReadOnlySpan<byte> value)
    {
        var first = _slots[(int)id] - 1;
        if (first < 0)
        {
            Insert(id, value);
            return;
        }

        ReplaceValue(first, value);
        RemoveFollowing(first);
    }

    /// <summary>Replaces all headers of that name by one, in the place of the first; adds it when there is none.</summary>
    public void Set(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        var first = IndexOf(name, 0);
        if (first < 0)
        {
            Add(name, value);
            return;
        }

        ReplaceValue(first, value);
        RemoveFollowing(first);
    }

    /// <summary>Sets a header to a decimal number.</summary>
    public void Set(KnownHeader id, long value)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(value, digits, out var count);
        Set(id, digits[..count]);
    }

    /// <summary>Adds <paramref name="value"/> to the end of the first header of that name, behind <paramref name="separator"/>; adds the header when there is none.</summary>
    public void Append(KnownHeader id, ReadOnlySpan<byte> value, ReadOnlySpan<byte> separator)
    {
        var first = _slots[(int)id] - 1;
        if (first < 0)
        {
            Insert(id, value);
            return;
        }

        ExtendValue(first, separator, value);
    }

    /// <summary>The first value of a known header.</summary>
    public bool TryGet(KnownHeader id, out ReadOnlySpan<byte> value)
    {
        var first = _slots[(int)id] - 1;
        value = first < 0 ? default : ValueAt(first);
        return first >= 0;
    }

    /// <summary>The first value of the header called <paramref name="name"/>, in any case.</summary>
    public bool TryGet(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        var first = IndexOf(name, 0);
        value = first < 0 ? default : ValueAt(first);
        return first >= 0;
    }

    /// <summary>The first value of a known header; empty when there is none.</summary>
    public ReadOnlySpan<byte> Get(KnownHeader id)
    {
        TryGet(id, out var value);
        return value;
    }

    /// <summary>True when the header is there.</summary>
    public bool Contains(KnownHeader id) => _slots[(int)id] != 0;

    /// <summary>True when the header is there.</summary>
    public bool Contains(ReadOnlySpan<byte> name) => IndexOf(name, 0) >= 0;

    /// <summary>Removes every header of that name; returns how many there were.</summary>
    public int Remove(KnownHeader id) => _slots[(int)id] == 0 ? 0 : RemoveAll(id);

    private int RemoveAll(KnownHeader id)
    {
        var removed = 0;
        for (var i = _slots[(int)id] - 1; i >= 0; i = NextOf(id, i + 1))
        {
            RemoveAt(i);
            removed++;
        }

        return removed;
    }

    /// <summary>Removes every header called <paramref name="name"/>, in any case; returns how many there were.</summary>
    public int Remove(ReadOnlySpan<byte> name)
    {
        var removed = 0;
        for (var i = IndexOf(name, 0); i >= 0; i = IndexOf(name, i + 1))
        {
            RemoveAt(i);
            removed++;
        }

        return removed;
    }

    /// <summary>Removes the header at <see cref="HeaderField.Index"/>; harmless when it is gone already.</summary>
    public void RemoveAt(int index)
    {
        ref var entry = ref _entries[index];
        if (entry.Removed)
        {
            return;
        }

        entry.Removed = true;
        Count--;
        ByteSize -= NameAt(index).Length + entry.ValueLength;
        if (entry.Id != KnownHeader.None && _slots[(int)entry.Id] == index + 1)
        {
            _slots[(int)entry.Id] = NextOf(entry.Id, index + 1) + 1;
        }
    }

    /// <summary>The value of the header at <see cref="HeaderField.Index"/> becomes <paramref name="value"/>.</summary>
    public void SetAt(int index, ReadOnlySpan<byte> value) => ReplaceValue(index, value);

    /// <summary>Removes everything; the memory is kept for the next message.</summary>
    public void Clear()
    {
        OriginalNames?.Clear();
        if (_length == 0)
        {
            return;
        }

        _slots.AsSpan().Clear();
        _length = 0;
        _used = 0;
        Count = 0;
        ByteSize = 0;
        if (_arena.Length > KeptArena)
        {
            _arena = new byte[InitialArena];
        }

        if (_entries.Length > KeptEntries)
        {
            _entries = new Entry[InitialEntries];
        }
    }

    /// <summary>Makes this map equal to <paramref name="other"/>.</summary>
    public void CopyFrom(HeaderMap other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (ReferenceEquals(this, other))
        {
            return;
        }

        Clear();
        foreach (var field in other)
        {
            if (field.Id != KnownHeader.None)
            {
                Insert(field.Id, field.Value);
            }
            else
            {
                InsertNamed(KnownHeader.None, Store(field.Name), field.Name.Length, field.Value);
            }
        }
    }

    /// <summary>Enumerates the headers in order. Values may be changed and headers removed meanwhile; headers added are seen too.</summary>
    public Enumerator GetEnumerator() => new(this);

    /// <summary>Walks a map.</summary>
    public ref struct Enumerator
    {
        private readonly HeaderMap _map;
        private int _index;

        internal Enumerator(HeaderMap map)
        {
            _map = map;
            _index = -1;
        }

        /// <summary>The header reached.</summary>
        public readonly HeaderField Current => _map.FieldAt(_index);

        /// <summary>Goes to the next header.</summary>
        public bool MoveNext()
        {
            do
            {
                _index++;
            }
            while (_index < _map._length && _map._entries[_index].Removed);

            return _index < _map._length;
        }
    }
}

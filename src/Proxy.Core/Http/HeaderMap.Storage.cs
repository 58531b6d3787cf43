namespace Proxy.Http;

public sealed partial class HeaderMap
{
    private const int ShortName = 64;

    /// <summary>From here on the names of the message are kept as their sender writes them.</summary>
    internal HeaderNames KeepNames(bool properCaseForOthers)
    {
        OriginalNames ??= new HeaderNames();
        OriginalNames.Begin(properCaseForOthers);
        return OriginalNames;
    }

    private HeaderField FieldAt(int index) => new(this, _entries[index].Id, ValueAt(index), index);

    internal ReadOnlySpan<byte> NameAt(int index)
    {
        ref readonly var entry = ref _entries[index];
        return entry.Id != KnownHeader.None ? KnownHeaders.NameOf(entry.Id) : _arena.AsSpan(entry.NameOffset, entry.NameLength);
    }

    private ReadOnlySpan<byte> ValueAt(int index)
    {
        ref readonly var entry = ref _entries[index];
        return _arena.AsSpan(entry.ValueOffset, entry.ValueLength);
    }

    /// <summary>
    /// Adds a header as a peer sent it. A repeated header that Envoy knows as a single value becomes a part of the first, behind a comma.
    /// </summary>
    /// <returns>Which header it is; the count of entries grows unless it was joined.</returns>
    internal KnownHeader AddReceived(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        var offset = Reserve(name.Length + value.Length);
        var target = _arena.AsSpan(offset, name.Length + value.Length);
        AsciiBytes.ToLower(name, target);
        var id = KnownHeaders.Classify(target[..name.Length]);
        if (id == KnownHeader.None)
        {
            value.CopyTo(target[name.Length..]);
            AddEntry(id, offset, name.Length, offset + name.Length, value.Length);
            return id;
        }

        _used = offset;
        var first = _slots[(int)id] - 1;
        if (first < 0 || !KnownHeaders.IsJoined(id))
        {
            value.CopyTo(target);
            _used += value.Length;
            AddEntry(id, 0, 0, offset, value.Length);
        }
        else if (!value.IsEmpty)
        {
            ExtendValue(first, _entries[first].ValueLength == 0 ? default : ","u8, value);
        }

        return id;
    }

    /// <summary>Adds a pseudo header behind the pseudo headers that are there already, in front of all others. Entries move: for codecs, before anyone has seen the map.</summary>
    internal void AddPseudo(KnownHeader id, ReadOnlySpan<byte> value)
    {
        Insert(id, value);
        var place = 0;
        while (KnownHeaders.IsPseudo(_entries[place].Id) && place < _length - 1)
        {
            place++;
        }

        if (place == _length - 1)
        {
            return;
        }

        var added = _entries[_length - 1];
        for (var i = _length - 1; i > place; i--)
        {
            ref var moved = ref _entries[i];
            moved = _entries[i - 1];
            if (_slots[(int)moved.Id] == i)
            {
                _slots[(int)moved.Id]++;
            }
        }

        _entries[place] = added;
        _slots[(int)id] = place + 1;
    }

    private void Insert(KnownHeader id, ReadOnlySpan<byte> value) => InsertNamed(id, 0, 0, value);

    private void InsertNamed(KnownHeader id, int nameOffset, int nameLength, ReadOnlySpan<byte> value)
    {
        AddEntry(id, nameOffset, nameLength, Store(value), value.Length);
    }

    private void AddEntry(KnownHeader id, int nameOffset, int nameLength, int valueOffset, int valueLength)
    {
        if (_length == _entries.Length)
        {
            Array.Resize(ref _entries, _length * 2);
        }

        ref var entry = ref _entries[_length];
        entry.Id = id;
        entry.Removed = false;
        entry.NameOffset = nameOffset;
        entry.NameLength = nameLength;
        entry.ValueOffset = valueOffset;
        entry.ValueLength = valueLength;
        _length++;
        Count++;
        if (id == KnownHeader.None)
        {
            ByteSize += valueLength + nameLength;
            return;
        }

        ByteSize += valueLength + KnownHeaders.LengthOf(id);
        ref var slot = ref _slots[(int)id];
        if (slot == 0)
        {
            slot = _length;
        }
    }

    // Lower-cases into the arena and classifies there; a known name needs no bytes of its own.
    private KnownHeader StoreName(ReadOnlySpan<byte> name, out int offset)
    {
        offset = Reserve(name.Length);
        var lower = _arena.AsSpan(offset, name.Length);
        AsciiBytes.ToLower(name, lower);
        var id = KnownHeaders.Classify(lower);
        if (id != KnownHeader.None)
        {
            _used = offset;
            offset = 0;
        }

        return id;
    }

    private void ReplaceValue(int index, ReadOnlySpan<byte> value)
    {
        ref var entry = ref _entries[index];
        ByteSize += value.Length - entry.ValueLength;
        if (value.Length <= entry.ValueLength)
        {
            value.CopyTo(_arena.AsSpan(entry.ValueOffset));
        }
        else
        {
            entry.ValueOffset = Store(value);
        }

        entry.ValueLength = value.Length;
    }

    private void ExtendValue(int index, ReadOnlySpan<byte> separator, ReadOnlySpan<byte> value)
    {
        ref var entry = ref _entries[index];
        var old = _arena.AsSpan(entry.ValueOffset, entry.ValueLength);
        var total = old.Length + separator.Length + value.Length;
        if (entry.ValueOffset + old.Length == _used)
        {
            // It is the newest value of the arena: only the tail is written.
            _used = entry.ValueOffset;
        }

        var offset = Reserve(total);
        var target = _arena.AsSpan(offset, total);
        old.CopyTo(target);
        separator.CopyTo(target[old.Length..]);
        value.CopyTo(target[(old.Length + separator.Length)..]);
        entry.ValueOffset = offset;
        entry.ValueLength = total;
        ByteSize += separator.Length + value.Length;
    }

    private int IndexOf(ReadOnlySpan<byte> name, int start)
    {
        if (name.Length <= ShortName)
        {
            Span<byte> lower = stackalloc byte[ShortName];
            lower = lower[..name.Length];
            AsciiBytes.ToLower(name, lower);
            var id = KnownHeaders.Classify(lower);
            return id != KnownHeader.None ? NextOf(id, start) : IndexOfUnknown(lower, start);
        }

        var copy = name.ToArray();
        AsciiBytes.ToLower(copy, copy);
        return IndexOfUnknown(copy, start);
    }

    private int IndexOfUnknown(ReadOnlySpan<byte> lower, int start)
    {
        for (var i = start; i < _length; i++)
        {
            ref readonly var entry = ref _entries[i];
            if (entry.Id == KnownHeader.None && entry.NameLength == lower.Length && !entry.Removed
                && lower.SequenceEqual(_arena.AsSpan(entry.NameOffset, entry.NameLength)))
            {
                return i;
            }
        }

        return -1;
    }

    private int NextOf(KnownHeader id, int start)
    {
        var first = _slots[(int)id] - 1;
        if (first < 0 || start <= first)
        {
            return first;
        }

        for (var i = start; i < _length; i++)
        {
            if (_entries[i].Id == id && !_entries[i].Removed)
            {
                return i;
            }
        }

        return -1;
    }

    private void RemoveFollowing(int index)
    {
        var id = _entries[index].Id;
        if (id != KnownHeader.None)
        {
            for (var i = NextOf(id, index + 1); i >= 0; i = NextOf(id, i + 1))
            {
                RemoveAt(i);
            }

            return;
        }

        for (var i = IndexOfUnknown(NameAt(index), index + 1); i >= 0; i = IndexOfUnknown(NameAt(index), i + 1))
        {
            RemoveAt(i);
        }
    }

    // The bytes may be a value of this very map: growing leaves the old arena as it was, and the span keeps it alive.
    private int Store(ReadOnlySpan<byte> bytes)
    {
        var offset = Reserve(bytes.Length);
        bytes.CopyTo(_arena.AsSpan(offset));
        return offset;
    }

    private int Reserve(int count)
    {
        if (_arena.Length - _used < count)
        {
            Array.Resize(ref _arena, Math.Max(_arena.Length * 2, _used + count));
        }

        _used += count;
        return _used - count;
    }

    private struct Entry
    {
        public int NameOffset;
        public int NameLength;
        public int ValueOffset;
        public int ValueLength;
        public KnownHeader Id;
        public bool Removed;
    }
}

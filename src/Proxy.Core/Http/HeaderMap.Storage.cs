namespace Proxy.Http;

public sealed partial class HeaderMap
{
    private HeaderField FieldAt(int index) => new(_entries[index].Id, NameAt(index), ValueAt(index), index);

    private ReadOnlySpan<byte> NameAt(int index)
    {
        ref readonly var entry = ref _entries[index];
        return entry.Id != KnownHeader.None ? KnownHeaders.NameOf(entry.Id) : _arena.AsSpan(entry.NameOffset, entry.NameLength);
    }

    private ReadOnlySpan<byte> ValueAt(int index)
    {
        ref readonly var entry = ref _entries[index];
        return _arena.AsSpan(entry.ValueOffset, entry.ValueLength);
    }

    private void Insert(KnownHeader id, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (_length == _entries.Length)
        {
            Array.Resize(ref _entries, _length * 2);
        }

        ref var entry = ref _entries[_length];
        entry = new Entry { Id = id };
        if (id == KnownHeader.None)
        {
            entry.NameLength = name.Length;
            entry.NameOffset = Reserve(name.Length);
            AsciiBytes.ToLower(name, _arena.AsSpan(entry.NameOffset, name.Length));
        }
        else if (_slots[(int)id] == 0)
        {
            _slots[(int)id] = (short)(_length + 1);
        }

        entry.ValueLength = value.Length;
        entry.ValueOffset = Store(value);
        ByteSize += value.Length + (id == KnownHeader.None ? name.Length : KnownHeaders.NameOf(id).Length);
        _length++;
        Count++;
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
        var old = entry.ValueLength;
        var total = old + separator.Length + value.Length;

        // The added value may live in this arena: it is stored before the arena can move.
        var added = Store(value);
        var offset = Reserve(total);
        var target = _arena.AsSpan(offset, total);
        _arena.AsSpan(entry.ValueOffset, old).CopyTo(target);
        separator.CopyTo(target[old..]);
        _arena.AsSpan(added, value.Length).CopyTo(target[(old + separator.Length)..]);
        entry.ValueOffset = offset;
        entry.ValueLength = total;
        ByteSize += total - old;
    }

    private int IndexOf(ReadOnlySpan<byte> name, int start)
    {
        if (name.Length <= 64)
        {
            Span<byte> lower = stackalloc byte[name.Length];
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

    private int Store(ReadOnlySpan<byte> bytes)
    {
        if (_arena.Length - _used >= bytes.Length)
        {
            bytes.CopyTo(_arena.AsSpan(_used));
            _used += bytes.Length;
            return _used - bytes.Length;
        }

        // Copy before growing: the bytes may be a value of this very map.
        var old = _arena;
        var larger = new byte[Math.Max(_arena.Length * 2, _used + bytes.Length)];
        old.AsSpan(0, _used).CopyTo(larger);
        bytes.CopyTo(larger.AsSpan(_used));
        _arena = larger;
        _used += bytes.Length;
        return _used - bytes.Length;
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

namespace Proxy.Stats;

/// <summary>Counts per response status; few differ, so a short list is searched.</summary>
internal sealed class CodeCounters
{
    private Entry[] _entries = new Entry[4];
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public void Increment(int status)
    {
        var entries = _entries;
        for (var i = 0; i < _count; i++)
        {
            if (entries[i].Status == status)
            {
                entries[i].Value++;
                return;
            }
        }

        Add(status);
    }

    public (int Status, long Value) At(int index)
    {
        var entries = Volatile.Read(ref _entries);
        return (entries[index].Status, Volatile.Read(ref entries[index].Value));
    }

    private void Add(int status)
    {
        if (_count == _entries.Length)
        {
            var larger = new Entry[_count * 2];
            _entries.CopyTo(larger, 0);
            Volatile.Write(ref _entries, larger);
        }

        _entries[_count] = new Entry { Status = status, Value = 1 };
        Volatile.Write(ref _count, _count + 1);
    }

    private struct Entry
    {
        public int Status;
        public long Value;
    }
}

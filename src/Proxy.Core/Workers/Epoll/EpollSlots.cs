namespace Proxy.Workers.Epoll;

/// <summary>Who is registered, by the number that the kernel hands back: place and generation, so that an event of a descriptor closed meanwhile finds nobody.</summary>
internal sealed class EpollSlots
{
    private const int None = -1;

    private Slot[] _slots = new Slot[64];
    private int _used; // slots ever used; those behind are fresh
    private int _free = None; // head of the list of slots to use again

    public int Count { get; private set; }

    /// <summary>Takes a place; the result is what to register with the kernel.</summary>
    public ulong Add(IEpollTarget target)
    {
        var index = _free;
        if (index != None)
        {
            _free = _slots[index].NextFree;
        }
        else
        {
            index = _used++;
            if (index == _slots.Length)
            {
                Array.Resize(ref _slots, _slots.Length * 2);
            }
        }

        ref var slot = ref _slots[index];
        slot.Target = target;
        Count++;
        return ((ulong)slot.Generation << 32) | (uint)index;
    }

    public void Remove(ulong token)
    {
        var index = (int)(uint)token;
        ref var slot = ref _slots[index];
        if (slot.Target is null || slot.Generation != (uint)(token >> 32))
        {
            return;
        }

        slot.Target = null;
        slot.Generation++;
        slot.NextFree = _free;
        _free = index;
        Count--;
    }

    public IEpollTarget? Find(ulong token)
    {
        ref var slot = ref _slots[(int)(uint)token];
        return slot.Generation == (uint)(token >> 32) ? slot.Target : null;
    }

    public List<IEpollTarget> ToList()
    {
        var all = new List<IEpollTarget>(Count);
        for (var i = 0; i < _used; i++)
        {
            if (_slots[i].Target is { } target)
            {
                all.Add(target);
            }
        }

        return all;
    }

    private struct Slot
    {
        public IEpollTarget? Target;
        public uint Generation;
        public int NextFree;
    }
}

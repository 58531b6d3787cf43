using System.Numerics;

namespace Proxy.Workers;

/// <summary>Hierarchical timer wheel with a resolution of 1 ms: arming, moving and cancelling are O(1), and so is finding the next due slot.</summary>
/// <remarks>
/// Six levels of 64 slots cover 64 ms, 4 s, 4 min, 4.6 h, 12 d and 2 years; what lies further waits in the last level and is placed again when
/// its slot comes round. A bit set per level names the slots in use, so an idle wheel costs nothing to pass over.
/// </remarks>
internal sealed class TimerWheel
{
    private const int Bits = 6;
    private const int SlotsPerLevel = 1 << Bits;
    private const int Levels = 6;

    private const int Expired = Levels * SlotsPerLevel;

    private readonly WorkerTimer?[] _slots = new WorkerTimer?[Expired + 1];
    private readonly ulong[] _occupied = new ulong[Levels];
    private long _current; // everything due at or before this moment has fired

    public TimerWheel(long now)
    {
        _current = now;
    }

    public int Count { get; private set; }

    public void Arm(WorkerTimer timer, long due)
    {
        Cancel(timer);
        timer.Due = Math.Max(due, _current + 1); // a timer never fires inside the call that arms it
        Insert(timer);
        Count++;
    }

    public void Cancel(WorkerTimer timer)
    {
        if (timer.Slot >= 0)
        {
            Unlink(timer);
            Count--;
        }
    }

    /// <summary>The earliest moment at which <see cref="Advance"/> may have work; never later than the next due timer; -1 when empty.</summary>
    public long NextDue()
    {
        for (var level = 0; level < Levels; level++)
        {
            if (_occupied[level] != 0)
            {
                return StartOf(level, NextSlot(level));
            }
        }

        return -1;
    }

    /// <summary>Fires everything due at or before <paramref name="now"/>, in order of due time to the millisecond.</summary>
    public void Advance(long now)
    {
        FireExpired(_current); // what an exception from a callback left behind

        while (true)
        {
            var due = NextDue();
            if (due < 0 || due > now)
            {
                break;
            }

            _current = Math.Max(_current, due);
            Expire(due);
        }

        _current = Math.Max(_current, now);
    }

    private void Expire(long due)
    {
        for (var level = Levels - 1; level >= 0; level--)
        {
            var slot = (int)(due >> (level * Bits)) & (SlotsPerLevel - 1);
            if ((_occupied[level] & (1UL << slot)) != 0 && StartOf(level, slot) == due)
            {
                Drain((level * SlotsPerLevel) + slot, due);
            }
        }
    }

    // The slot's list is set aside first: callbacks may arm, move or cancel any timer, those of this very list included.
    private void Drain(int slot, long due)
    {
        while (_slots[slot] is { } timer)
        {
            Unlink(timer);
            Link(timer, Expired);
        }

        FireExpired(due);
    }

    private void FireExpired(long due)
    {
        while (_slots[Expired] is { } timer)
        {
            Unlink(timer);
            if (timer.Due > due)
            {
                Insert(timer);
                continue;
            }

            Count--;
            timer.Fire();
        }
    }

    private void Insert(WorkerTimer timer)
    {
        var level = LevelOf(timer.Due);
        var shift = level * Bits;
        var position = timer.Due >> shift;
        if (level == Levels - 1)
        {
            position = Math.Min(position, (_current >> shift) + SlotsPerLevel - 1); // too far to tell: waits in the slot that comes round last
        }

        Link(timer, (level * SlotsPerLevel) + ((int)position & (SlotsPerLevel - 1)));
    }

    // Each slot is a circular list, so that its end is found without a second array and timers of one moment fire in the order armed.
    private void Link(WorkerTimer timer, int slot)
    {
        timer.Slot = slot;
        if (_slots[slot] is { } head)
        {
            timer.Previous = head.Previous;
            timer.Next = head;
            head.Previous!.Next = timer;
            head.Previous = timer;
            return;
        }

        timer.Next = timer.Previous = timer;
        _slots[slot] = timer;
        if (slot != Expired)
        {
            _occupied[slot >> Bits] |= 1UL << (slot & (SlotsPerLevel - 1));
        }
    }

    private void Unlink(WorkerTimer timer)
    {
        var slot = timer.Slot;
        var next = timer.Next;
        if (ReferenceEquals(next, timer))
        {
            _slots[slot] = null;
            if (slot != Expired)
            {
                _occupied[slot >> Bits] &= ~(1UL << (slot & (SlotsPerLevel - 1)));
            }
        }
        else
        {
            timer.Previous!.Next = next;
            next!.Previous = timer.Previous;
            if (ReferenceEquals(_slots[slot], timer))
            {
                _slots[slot] = next;
            }
        }

        timer.Slot = -1;
        timer.Next = timer.Previous = null;
    }

    private int LevelOf(long due)
    {
        var differing = (ulong)(due ^ _current) | (SlotsPerLevel - 1);
        return Math.Min(Levels - 1, BitOperations.Log2(differing) / Bits);
    }

    private int NextSlot(int level)
    {
        var position = (int)(_current >> (level * Bits)) & (SlotsPerLevel - 1);
        var rotated = BitOperations.RotateRight(_occupied[level], position);
        return (position + BitOperations.TrailingZeroCount(rotated)) & (SlotsPerLevel - 1);
    }

    private long StartOf(int level, int slot)
    {
        var span = 1L << ((level + 1) * Bits);
        var start = (_current & ~(span - 1)) | ((long)slot << (level * Bits));
        return start < _current && level == Levels - 1 ? start + span : start;
    }
}

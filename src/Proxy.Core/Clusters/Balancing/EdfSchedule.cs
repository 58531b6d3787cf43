namespace Proxy.Clusters.Balancing;

/// <summary>Earliest deadline first: each item comes up as often as its weight says, spread evenly. A binary heap over a fixed number of items.</summary>
internal sealed class EdfSchedule
{
    private readonly Entry[] _heap;
    private double _now;
    private long _order;

    /// <summary>Schedules items 0 … n-1, first come first in the list.</summary>
    public EdfSchedule(ReadOnlySpan<double> weights)
    {
        _heap = new Entry[weights.Length];
        for (var i = 0; i < weights.Length; i++)
        {
            _heap[i] = new Entry(1 / weights[i], _order++, i);
        }

        for (var i = (_heap.Length / 2) - 1; i >= 0; i--)
        {
            SiftDown(i);
        }
    }

    /// <summary>The item that is due.</summary>
    public int Peek() => _heap[0].Item;

    /// <summary>Puts the item that was due back, to come up again by <paramref name="weight"/>.</summary>
    public void Requeue(double weight)
    {
        _now = _heap[0].Deadline;
        _heap[0] = new Entry(_now + (1 / weight), _order++, _heap[0].Item);
        SiftDown(0);
    }

    private void SiftDown(int index)
    {
        var moved = _heap[index];
        for (var child = (2 * index) + 1; child < _heap.Length; child = (2 * index) + 1)
        {
            if (child + 1 < _heap.Length && _heap[child + 1].IsBefore(_heap[child]))
            {
                child++;
            }

            if (!_heap[child].IsBefore(moved))
            {
                break;
            }

            _heap[index] = _heap[child];
            index = child;
        }

        _heap[index] = moved;
    }

    private readonly record struct Entry(double Deadline, long Order, int Item)
    {
        public bool IsBefore(in Entry other) => Deadline < other.Deadline || (Deadline == other.Deadline && Order < other.Order);
    }
}

using Proxy.Configuration.Http;

namespace Proxy.Routing.Indexing;

/// <summary>Builds a <see cref="PathTree"/> from routes in the order of their list.</summary>
internal sealed class PathTreeBuilder(bool ignoreCase)
{
    private readonly List<Entry> _entries = [];
    private readonly List<PathTree.Node> _nodes = [];
    private readonly List<byte> _firsts = [];
    private readonly List<byte> _labels = [];
    private readonly List<PathTree.Slot> _slots = [];
    private readonly List<int> _doubtful = [];

    /// <summary>Adds the route at <paramref name="place"/> of the list.</summary>
    public void Add(in PathKey key, int place) => _entries.Add(new Entry(key.Path, SlotOf(key.Kind), place, key.IsConditional));

    /// <summary>The tree; null when nothing was added.</summary>
    public PathTree? Build()
    {
        if (_entries.Count == 0)
        {
            return null;
        }

        var entries = _entries.ToArray();
        Array.Sort(entries, static (a, b) => a.CompareTo(b));
        _nodes.Add(default);
        _firsts.Add(0);
        var open = new Queue<Span>(); // level by level, so that children stand together
        open.Enqueue(new Span(0, 0, entries.Length, 0, 0));
        while (open.TryDequeue(out var span))
        {
            Complete(span, entries, open);
        }

        return new PathTree([.. _nodes], [.. _firsts], [.. _labels], [.. _slots], [.. _doubtful], ignoreCase);
    }

    // All entries of the span share their first span.Depth bytes, which is as far as the node's label goes.
    private void Complete(Span span, Entry[] entries, Queue<Span> open)
    {
        var own = span.Start;
        while (own < span.End && entries[own].Path.Length == span.Depth)
        {
            own++;
        }

        var labelStart = _labels.Count;
        var labelLength = span.Depth - span.ParentDepth;
        _labels.AddRange(entries[span.Start].Path.AsSpan(span.ParentDepth, labelLength));
        var slots = own > span.Start ? AddSlots(entries.AsSpan(span.Start, own - span.Start)) : -1;
        var firstChild = _nodes.Count;
        while (own < span.End)
        {
            var first = entries[own].Path[span.Depth];
            var end = own + 1;
            while (end < span.End && entries[end].Path[span.Depth] == first)
            {
                end++;
            }

            // Sorted, so what the first and the last have in common is common to all between.
            var depth = entries[own].Path.AsSpan().CommonPrefixLength(entries[end - 1].Path);
            open.Enqueue(new Span(_nodes.Count, own, end, span.Depth, depth));
            _nodes.Add(default);
            _firsts.Add(first);
            own = end;
        }

        _nodes[span.Node] = new PathTree.Node(labelStart, labelLength, firstChild, _nodes.Count - firstChild, slots);
    }

    private int AddSlots(ReadOnlySpan<Entry> entries)
    {
        var start = _slots.Count;
        for (var kind = 0; kind < PathTree.Slot.PerNode; kind++)
        {
            var first = RouteIndex.None;
            var doubtful = _doubtful.Count;
            foreach (ref readonly var entry in entries)
            {
                if (entry.Slot != kind || first != RouteIndex.None)
                {
                    continue;
                }

                if (entry.IsConditional)
                {
                    _doubtful.Add(entry.Place);
                }
                else
                {
                    first = entry.Place; // nothing behind it can ever be first
                }
            }

            _slots.Add(new PathTree.Slot(first, doubtful, _doubtful.Count - doubtful));
        }

        return start;
    }

    private static int SlotOf(PathMatchKind kind) => kind switch { PathMatchKind.Prefix => 0, PathMatchKind.SeparatedPrefix => 1, _ => 2 };

    private readonly record struct Entry(byte[] Path, int Slot, int Place, bool IsConditional)
    {
        public int CompareTo(in Entry other)
        {
            var order = Path.AsSpan().SequenceCompareTo(other.Path);
            return order != 0 ? order : Place.CompareTo(other.Place);
        }
    }

    private readonly record struct Span(int Node, int Start, int End, int ParentDepth, int Depth);
}

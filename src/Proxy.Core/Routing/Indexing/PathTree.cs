using Proxy.Http;

namespace Proxy.Routing.Indexing;

/// <summary>A radix tree of paths. Immutable; its nodes lie in three arrays, so a hundred thousand of them are few objects.</summary>
internal sealed class PathTree
{
    private readonly Node[] _nodes; // the root first; children of a node stand together
    private readonly byte[] _firsts; // first byte of each node's label
    private readonly byte[] _labels;
    private readonly Slot[] _slots; // three of each node that has routes: prefix, separated prefix, exact path
    private readonly int[] _doubtful; // conditional routes, slot by slot, ascending in each
    private readonly bool _ignoreCase;

    public PathTree(Node[] nodes, byte[] firsts, byte[] labels, Slot[] slots, int[] doubtful, bool ignoreCase)
    {
        _nodes = nodes;
        _firsts = firsts;
        _labels = labels;
        _slots = slots;
        _doubtful = doubtful;
        _ignoreCase = ignoreCase;
    }

    /// <summary>
    /// Lowers <paramref name="found"/> to the first route that asks only for the path, and <paramref name="doubtful"/> to the first that asks for more.
    /// </summary>
    public void Bound(ReadOnlySpan<byte> path, ref int found, ref int doubtful)
    {
        var walk = new Walk(this, path);
        while (walk.Next(out var slots))
        {
            foreach (ref readonly var slot in slots)
            {
                found = Math.Min(found, slot.First);
                doubtful = slot.Count > 0 ? Math.Min(doubtful, _doubtful[slot.Start]) : doubtful;
            }
        }
    }

    /// <summary>Lowers <paramref name="found"/> to the first conditional route that matches the request.</summary>
    public void Ask(RouteMatcher[] routes, in RequestTarget target, in RouteQuery query, ref int found)
    {
        var walk = new Walk(this, target.Path);
        while (walk.Next(out var slots))
        {
            foreach (ref readonly var slot in slots)
            {
                found = RouteIndex.FirstOf(_doubtful.AsSpan(slot.Start, slot.Count), found, routes, target, query);
            }
        }
    }

    /// <summary>A node: the bytes that lead to it from its parent, its children, and where its routes are (negative when it has none).</summary>
    internal readonly record struct Node(int LabelStart, int LabelLength, int FirstChild, int Children, int Slots);

    /// <summary>Routes of one kind with the same path: the first that asks for nothing else, and the conditional ones before it.</summary>
    internal readonly record struct Slot(int First, int Start, int Count)
    {
        public const int PerNode = 3;
    }

    /// <summary>Visits, from the root down, the nodes that a path leads through.</summary>
    private ref struct Walk(PathTree tree, ReadOnlySpan<byte> path)
    {
        private readonly ReadOnlySpan<byte> _path = path;
        private int _node;
        private int _position;

        /// <summary>The routes of the next node that has some: those of the kinds that its place in the path allows.</summary>
        public bool Next(out ReadOnlySpan<Slot> slots)
        {
            while (_node >= 0)
            {
                ref readonly var node = ref tree._nodes[_node];
                var isEnd = _position == _path.Length;
                var kinds = isEnd ? Slot.PerNode : _path[_position] == (byte)'/' ? 2 : 1;
                _node = isEnd ? -1 : Child(node);
                if (node.Slots >= 0)
                {
                    slots = tree._slots.AsSpan(node.Slots, kinds);
                    return true;
                }
            }

            slots = default;
            return false;
        }

        // Steps over the label of the child that the path leads to; negative when there is none.
        private int Child(in Node node)
        {
            var rest = _path[_position..];
            var at = tree._firsts.AsSpan(node.FirstChild, node.Children).IndexOf(tree._ignoreCase ? AsciiBytes.ToLower(rest[0]) : rest[0]);
            if (at < 0)
            {
                return -1;
            }

            ref readonly var child = ref tree._nodes[node.FirstChild + at];
            var label = tree._labels.AsSpan(child.LabelStart, child.LabelLength);
            _position += label.Length;
            var follows = rest.Length >= label.Length
                && (tree._ignoreCase ? AsciiBytes.EqualsIgnoreCase(rest[..label.Length], label) : rest.StartsWith(label));
            return follows ? node.FirstChild + at : -1;
        }
    }
}

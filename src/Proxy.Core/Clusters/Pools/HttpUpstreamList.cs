namespace Proxy.Clusters.Pools;

/// <summary>Connections of one state, newest last; a connection is in one list at a time and leaves from any place in O(1).</summary>
internal sealed class HttpUpstreamList
{
    public HttpUpstream? Last { get; private set; }

    public int Count { get; private set; }

    /// <summary>Requests that may hope for one of them, see <see cref="HttpUpstream.Hope"/>.</summary>
    public long Hope()
    {
        long sum = 0;
        for (var item = Last; item is not null; item = item.Previous)
        {
            sum += item.Hope;
        }

        return sum;
    }

    public void Add(HttpUpstream item)
    {
        item.Previous = Last;
        item.Next = null;
        if (Last is not null)
        {
            Last.Next = item;
        }

        Last = item;
        Count++;
        item.List = this;
    }

    public void Remove(HttpUpstream item)
    {
        if (item.Previous is not null)
        {
            item.Previous.Next = item.Next;
        }

        if (item.Next is not null)
        {
            item.Next.Previous = item.Previous;
        }
        else
        {
            Last = item.Previous;
        }

        item.Previous = item.Next = null;
        item.List = null;
        Count--;
    }
}

using Proxy.Connections;

namespace Proxy.Listeners;

/// <summary>Whether the next listener filter is asked.</summary>
public enum ListenerFilterStatus
{
    /// <summary>This filter is done.</summary>
    Continue,

    /// <summary>It needs more bytes, or has closed the connection.</summary>
    NeedMoreData,
}

/// <summary>Sees a connection before a filter chain is chosen for it: learns addresses, server names, protocols. One instance per connection, on its worker.</summary>
public abstract class ListenerFilter
{
    /// <summary>The connection; closing it ends the filters.</summary>
    protected Connection Connection { get; private set; } = null!;

    /// <summary>A connection has arrived. A filter that needs no bytes does its work here.</summary>
    public virtual ListenerFilterStatus OnAccept() => ListenerFilterStatus.NeedMoreData;

    /// <summary>Bytes from the peer, all that no filter has used up.</summary>
    /// <param name="data">The bytes; lent for the call.</param>
    /// <param name="consumed">How many of them, from the front, nobody after this filter may see; inspection consumes none.</param>
    public virtual ListenerFilterStatus OnData(ReadOnlySpan<byte> data, out int consumed)
    {
        consumed = 0;
        return ListenerFilterStatus.Continue;
    }

    internal void Attach(Connection connection) => Connection = connection;
}

namespace Proxy.Connections;

/// <summary>Whether the next filter is called.</summary>
public enum FilterStatus
{
    /// <summary>Go on with the next filter.</summary>
    Continue,

    /// <summary>Stop here. On the read side what was not consumed is kept, and comes again with the next bytes or <see cref="INetworkFilterCallbacks.ContinueReading"/>.</summary>
    StopIteration,
}

/// <summary>A filter at L3/L4: sees the bytes of one connection, in both directions. One instance per connection, on its worker.</summary>
/// <remarks>
/// Read filters run in the order configured, write filters in the opposite one. The last filter of a chain is the terminal one: it consumes what it
/// is given (connection manager, tcp_proxy, echo).
/// </remarks>
public abstract class NetworkFilter
{
    /// <summary>The connection and the chain around this filter; set before the first call.</summary>
    protected INetworkFilterCallbacks Callbacks { get; private set; } = null!;

    /// <summary>The connection.</summary>
    protected Connection Connection => Callbacks.Connection;

    /// <summary>True when <see cref="OnWrite"/> must be called; it is read once. Default false.</summary>
    public virtual bool FiltersWrites => false;

    /// <summary>A connection has arrived and this chain was chosen for it. Called before any byte.</summary>
    public virtual FilterStatus OnNewConnection() => FilterStatus.Continue;

    /// <summary>Bytes from the peer: all that was not consumed so far.</summary>
    public virtual FilterStatus OnData(ref StreamChunk chunk) => FilterStatus.Continue;

    /// <summary>Bytes to the peer; see <see cref="FiltersWrites"/>. Stopping drops them.</summary>
    public virtual FilterStatus OnWrite(ref StreamChunk chunk) => FilterStatus.Continue;

    /// <summary>The peer reads too slowly: stop producing.</summary>
    public virtual void OnAboveHighWatermark()
    {
    }

    /// <summary>The peer has caught up: go on.</summary>
    public virtual void OnBelowLowWatermark()
    {
    }

    /// <summary>The proxy is leaving: end the connection as soon as nothing is under way on it. It is cut off later, if it has to be.</summary>
    public virtual void OnDrain()
    {
    }

    /// <summary>The connection is over; the last call.</summary>
    public virtual void OnClosed(CloseReason reason)
    {
    }

    internal void Attach(INetworkFilterCallbacks callbacks) => Callbacks = callbacks;
}

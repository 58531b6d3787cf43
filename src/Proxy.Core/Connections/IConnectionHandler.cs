namespace Proxy.Connections;

/// <summary>What a connection tells its owner. All calls come on the connection's worker, one at a time.</summary>
public interface IConnectionHandler
{
    /// <summary>An outgoing connection is up. Not called for accepted ones.</summary>
    void OnConnected(Connection connection);

    /// <summary>Bytes have arrived. What the call does not consume is kept and comes again, in front of what follows.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="data">All bytes not consumed so far; lent for this call only.</param>
    /// <param name="endOfStream">The peer has sent FIN behind these bytes. Only with <see cref="Connection.HalfCloseEnabled"/>.</param>
    /// <returns>How many bytes were used, from the front.</returns>
    int OnData(Connection connection, ReadOnlySpan<byte> data, bool endOfStream);

    /// <summary>More than <see cref="Connection.BufferLimit"/> bytes wait to be sent: stop producing.</summary>
    void OnAboveHighWatermark(Connection connection);

    /// <summary>The queue has drained to half of the limit: go on.</summary>
    void OnBelowLowWatermark(Connection connection);

    /// <summary>The connection is over; the last call. Comes after the callback that caused it has unwound, never from inside a call of the owner.</summary>
    void OnClosed(Connection connection, CloseReason reason);
}

using Proxy.Connections;

namespace Proxy.Testing;

/// <summary>Sends back what it gets, and stops reading while the peer does not take it.</summary>
public sealed class EchoHandler : IConnectionHandler
{
    public void OnConnected(Connection connection)
    {
    }

    public int OnData(Connection connection, ReadOnlySpan<byte> data, bool endOfStream)
    {
        connection.Write(data, endOfStream);
        return data.Length;
    }

    public void OnAboveHighWatermark(Connection connection) => connection.ReadDisable(true);

    public void OnBelowLowWatermark(Connection connection) => connection.ReadDisable(false);

    public void OnClosed(Connection connection, CloseReason reason)
    {
    }
}

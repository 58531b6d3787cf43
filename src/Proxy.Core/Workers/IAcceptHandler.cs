using Proxy.Connections;

namespace Proxy.Workers;

/// <summary>Takes accepted connections.</summary>
public interface IAcceptHandler
{
    /// <summary>
    /// A connection has arrived on this worker. The call sets its handler (<see cref="Connection.Start"/>) or closes it; reading begins after it.
    /// </summary>
    void OnAccepted(Connection connection);
}

using Proxy.Connections;
using Proxy.Workers;

namespace Proxy.Filters.Tests;

/// <summary>Gives every accepted connection a chain of one filter.</summary>
internal sealed class ChainAcceptor(Func<Connection, NetworkFilter> create) : IAcceptHandler
{
    public void OnAccepted(Connection connection) => new NetworkFilterChain(connection, [create(connection)]).Start();
}

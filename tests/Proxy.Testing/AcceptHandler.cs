using Proxy.Connections;
using Proxy.Workers;

namespace Proxy.Testing;

/// <summary>Gives every accepted connection an owner made by a function.</summary>
public sealed class AcceptHandler : IAcceptHandler
{
    private readonly Func<Connection, IConnectionHandler> _owner;

    public AcceptHandler(Func<Connection, IConnectionHandler> owner)
    {
        _owner = owner;
    }

    /// <summary>What was accepted so far.</summary>
    public List<Connection> Connections { get; } = [];

    public void OnAccepted(Connection connection)
    {
        Connections.Add(connection);
        connection.Start(_owner(connection));
    }
}

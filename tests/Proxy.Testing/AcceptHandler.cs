using Proxy.Connections;
using Proxy.Workers;

namespace Proxy.Testing;

/// <summary>Gives every accepted connection, or what is wrapped around it, an owner made by a function.</summary>
public sealed class AcceptHandler : IAcceptHandler
{
    private readonly Func<Connection, IConnectionHandler> _owner;
    private readonly Func<Connection, Connection> _wrap;

    public AcceptHandler(Func<Connection, IConnectionHandler> owner, Func<Connection, Connection>? wrap = null)
    {
        _owner = owner;
        _wrap = wrap ?? (static connection => connection);
    }

    /// <summary>What was accepted so far.</summary>
    public List<Connection> Connections { get; } = [];

    public void OnAccepted(Connection connection)
    {
        var wrapped = _wrap(connection);
        Connections.Add(wrapped);
        wrapped.Start(_owner(wrapped));
    }
}

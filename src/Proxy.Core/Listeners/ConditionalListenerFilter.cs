using System.Net;
using Proxy.Configuration.Listeners;
using Proxy.Connections;

namespace Proxy.Listeners;

/// <summary>A listener filter that leaves some connections alone. Asked when its turn comes, by the addresses that filters before it have set.</summary>
/// <param name="filter">The filter.</param>
/// <param name="disabled">What it leaves alone.</param>
internal sealed class ConditionalListenerFilter(ListenerFilter filter, ConnectionPredicateConfig disabled) : ListenerFilter
{
    public override ListenerFilterStatus OnAccept()
    {
        if (Holds(disabled, Connection))
        {
            return ListenerFilterStatus.Continue;
        }

        filter.Attach(Connection);
        return filter.OnAccept();
    }

    public override ListenerFilterStatus OnData(ReadOnlySpan<byte> data, out int consumed) => filter.OnData(data, out consumed);

    private static bool Holds(ConnectionPredicateConfig predicate, Connection connection)
    {
        switch (predicate)
        {
            case DestinationPortsConfig ports:
                return connection.LocalEndPoint is IPEndPoint { Port: var port } && port >= ports.Start && port < ports.End;
            case NotConnectionPredicateConfig not:
                return !Holds(not.Predicate, connection);
            case AllConnectionPredicatesConfig all:
                foreach (var part in all.Predicates.AsSpan())
                {
                    if (!Holds(part, connection))
                    {
                        return false;
                    }
                }

                return true;
            case AnyConnectionPredicateConfig any:
                foreach (var part in any.Predicates.AsSpan())
                {
                    if (Holds(part, connection))
                    {
                        return true;
                    }
                }

                return false;
            default:
                return true;
        }
    }
}

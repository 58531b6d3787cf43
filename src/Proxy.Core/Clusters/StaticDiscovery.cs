using System.Net;
using System.Net.Sockets;
using Proxy.Configuration;
using Proxy.Connections.InMemory;

namespace Proxy.Clusters;

/// <summary>The hosts are in the configuration.</summary>
internal sealed class StaticDiscovery : HostDiscovery
{
    private readonly DiscoveryContext _context;

    public StaticDiscovery(DiscoveryContext context)
    {
        _context = context;
    }

    public override void Start()
    {
        var known = _context.KnownHosts();
        var hosts = from place in _context.Config.Endpoints
                    from endpoint in place.Endpoints
                    let address = EndPointOf(endpoint.Address)
                    let host = known.Take(address, endpoint, place) ?? _context.CreateHost(address, endpoint, endpoint.Hostname, place)
                    select (place.Priority, new HostEntry(host, endpoint.Weight, endpoint.Health));
        Found(ByPriority(hosts, _context.Config.Endpoints, _context.Config.PriorityShare));
        Ready();
    }

    public override void Stop()
    {
    }

    public static EndPoint EndPointOf(AddressConfig address)
    {
        return address switch
        {
            SocketAddressConfig socket => new IPEndPoint(socket.Address, socket.Port),
            PipeAddressConfig pipe => new UnixDomainSocketEndPoint(pipe.Path.StartsWith('@') ? "\0" + pipe.Path[1..] : pipe.Path),
            InMemoryAddressConfig memory => new InMemoryEndPoint(memory.Name),
            _ => throw new ConfigException("", $"{address.GetType().Name} is no address of a host"),
        };
    }
}

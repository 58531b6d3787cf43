using System.Net;

namespace Proxy.Clusters.Dns;

/// <summary>One host for a name; new connections go to the first address of its latest answer, those that are up stay where they are.</summary>
internal sealed class LogicalDnsDiscovery : HostDiscovery
{
    private readonly DiscoveryContext _context;
    private readonly DnsTarget _target;
    private Host? _host;
    private bool _ready;

    public LogicalDnsDiscovery(DiscoveryContext context)
    {
        _context = context;
        _target = new DnsTarget(DnsNames.Of(context.Config.Endpoints[0].Endpoints[0].Address), context, needsAddress: true, OnAnswer);
    }

    public override void Start() => _target.Resolve();

    public override void Stop() => _target.Stop();

    private void OnAnswer(DnsAnswer answer)
    {
        if (answer.Succeeded)
        {
            Take(answer);
        }

        if (!_ready)
        {
            _ready = true;
            Ready();
        }
    }

    private void Take(DnsAnswer answer)
    {
        var place = _context.Config.Endpoints[0];
        var endpoint = place.Endpoints[0];
        var name = DnsNames.Of(endpoint.Address);
        var address = new IPEndPoint(answer.Addresses[0].Address, name.Port);
        if (_host is not null)
        {
            _host.MoveTo(address);
            return;
        }

        _host = _context.KnownHosts().TakeAny(endpoint, place) ?? _context.CreateHost(address, endpoint, endpoint.Hostname.Length > 0 ? endpoint.Hostname : name.Host, place);
        _host.MoveTo(address);
        Found(ByPriority([(place.Priority, new HostEntry(_host, endpoint.Weight, endpoint.Health))], _context.Config.Endpoints, _context.Config.PriorityShare));
    }
}

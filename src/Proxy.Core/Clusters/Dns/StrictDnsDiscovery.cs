using System.Net;
using Proxy.Configuration;
using Proxy.Configuration.Clusters;

namespace Proxy.Clusters.Dns;

/// <summary>Every address of every name is a host.</summary>
internal sealed class StrictDnsDiscovery : HostDiscovery
{
    private readonly DiscoveryContext _context;
    private readonly List<Source> _sources = [];
    private KnownHosts? _known; // of the cluster that it takes the place of; null once every name was asked for
    private bool _ready;

    public StrictDnsDiscovery(DiscoveryContext context)
    {
        _context = context;
        foreach (var place in context.Config.Endpoints)
        {
            foreach (var endpoint in place.Endpoints)
            {
                _sources.Add(new Source(this, place, endpoint));
            }
        }
    }

    public override void Start()
    {
        if (_sources.Count == 0)
        {
            Found(HostSet.Empty);
            Ready();
            return;
        }

        _known = _context.KnownHosts();
        foreach (var source in _sources)
        {
            source.Target.Resolve();
        }
    }

    public override void Stop()
    {
        foreach (var source in _sources)
        {
            source.Target.Stop();
        }
    }

    private void OnAnswer(bool changed)
    {
        if (changed)
        {
            Found(ByPriority(_sources.SelectMany(source => source.Hosts), _context.Config.Endpoints, _context.Config.PriorityShare));
        }
        else
        {
            _context.Stats.Increment(ClusterStats.UpdateNoRebuild);
        }

        if (!_ready && _sources.TrueForAll(source => source.Answered))
        {
            _ready = true;
            _known = null;
            Ready();
        }
    }

    /// <summary>One name and what is known of it.</summary>
    private sealed class Source
    {
        private readonly StrictDnsDiscovery _owner;
        private readonly LocalityEndpointsConfig _place;
        private readonly EndpointConfig _endpoint;
        private readonly NameAddressConfig _name;
        private List<Host> _hosts = [];

        public Source(StrictDnsDiscovery owner, LocalityEndpointsConfig place, EndpointConfig endpoint)
        {
            _owner = owner;
            _place = place;
            _endpoint = endpoint;
            _name = DnsNames.Of(endpoint.Address);
            Target = new DnsTarget(_name, owner._context, needsAddress: false, OnAnswer);
        }

        public DnsTarget Target { get; }

        public bool Answered { get; private set; }

        public IEnumerable<(int Priority, HostEntry Entry)> Hosts =>
            _hosts.Select(host => (_place.Priority, new HostEntry(host, _endpoint.Weight, _endpoint.Health)));

        private void OnAnswer(DnsAnswer answer)
        {
            Answered = true;
            _owner.OnAnswer(answer.Succeeded && Take(answer));
        }

        // A host that is still named stays the same object, with its connections and counts.
        private bool Take(DnsAnswer answer)
        {
            var old = _hosts.ToDictionary(host => host.EndPoint);
            var hosts = new List<Host>();
            var added = false;
            foreach (var endPoint in answer.Addresses.Select(address => new IPEndPoint(address.Address, _name.Port)).Distinct())
            {
                if (!old.Remove(endPoint, out var host))
                {
                    added = true;
                    host = _owner._known?.Take(endPoint, _endpoint, _place)
                        ?? _owner._context.CreateHost(endPoint, _endpoint, _endpoint.Hostname.Length > 0 ? _endpoint.Hostname : _name.Host, _place);
                }

                hosts.Add(host);
            }

            if (!added && old.Count == 0)
            {
                return false; // servers turn the order of their answers; that is no change
            }

            _hosts = hosts;
            return true;
        }
    }
}

using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Resources;
using Proxy.Workers;

namespace Proxy.Clusters;

/// <summary>The hosts come from a source of resources. A host that is still named, and has not changed, stays the same object, with its connections and counts.</summary>
internal sealed class EdsDiscovery : HostDiscovery, IResourceWatcher
{
    private readonly DiscoveryContext _context;
    private readonly string _name;
    private readonly WorkerTimer _stale;
    private IResourceSubscription? _subscription;
    private EndpointAssignmentConfig? _last;
    private EdsDiscovery? _former;

    public EdsDiscovery(DiscoveryContext context)
    {
        _context = context;
        var service = context.Config.EndpointDiscovery!.ServiceName;
        _name = service.Length > 0 ? service : context.Config.Name;
        _stale = context.Main.CreateTimer(static self => ((EdsDiscovery)self!).OnStale(), this);
    }

    /// <summary>Goes on with the hosts of <paramref name="former"/> when no answer comes, if both ask for the same: a control plane has no reason to say
    /// again what it has said.</summary>
    public void Succeed(EdsDiscovery former)
    {
        if (former._name == _name && former._context.Config.EndpointDiscovery!.Source == _context.Config.EndpointDiscovery!.Source)
        {
            _former = former;
        }
    }

    public override void Start()
    {
        var counters = SubscriptionCounters.OfCluster(_context.Store, _context.Scope, _context.Group, _context.Main);
        _subscription = _context.Resources.Subscribe(new ResourceRequest(_context.Config.EndpointDiscovery!.Source, ResourceKind.Endpoints, [_name], counters), this);
    }

    public override void Stop()
    {
        _stale.Cancel();
        _subscription?.Dispose();
    }

    public ValueTask<IReadOnlyList<ConfigFault>> UpdateAsync(ResourceUpdate update)
    {
        if (update.Resources.Count == 0)
        {
            if (update.IsComplete)
            {
                _context.Stats.Increment(ClusterStats.UpdateEmpty);
            }

            Ready(); // that there are none, or none any more, is an answer too; known hosts stay
            return new([]);
        }

        if (update.Resources.Count > 1)
        {
            throw new ConfigException("", $"{update.Resources.Count} assignments instead of one for {_name}");
        }

        Take(update.Resources[0]);
        return new([]);
    }

    public void GiveUp()
    {
        if (_last is null && _former?._last is { } known)
        {
            Apply(known);
        }

        _former = null;
        Ready();
    }

    private void Take(Resource resource)
    {
        if (resource.Name != _name)
        {
            throw new ConfigException("cluster_name", $"{resource.Name} instead of {_name}");
        }

        if (resource.Faults.Count > 0)
        {
            throw new ConfigException(resource.Faults);
        }

        if (resource.Config is EndpointAssignmentConfig assignment)
        {
            var faults = ClusterRules.CheckAssignment(assignment);
            if (faults.Count > 0)
            {
                throw new ConfigException(faults);
            }

            Apply(assignment);
        }

        ArmStale();
        Ready();
    }

    private void Apply(EndpointAssignmentConfig assignment)
    {
        if (assignment == _last)
        {
            _context.Stats.Increment(ClusterStats.UpdateNoRebuild);
            return;
        }

        _last = assignment;
        _former = null;
        var known = _context.KnownHosts();
        var hosts = new HashSet<KnownHosts.Key>();
        var entries = new List<(int, HostEntry)>();
        foreach (var place in assignment.Endpoints)
        {
            foreach (var endpoint in place.Endpoints)
            {
                var address = StaticDiscovery.EndPointOf(endpoint.Address);
                if (hosts.Add(new KnownHosts.Key(address, endpoint, place)))
                {
                    var host = known.Take(address, endpoint, place) ?? _context.CreateHost(address, endpoint, endpoint.Hostname, place);
                    entries.Add((place.Priority, new HostEntry(host, endpoint.Weight, endpoint.Health)));
                }
            }
        }

        Found(ByPriority(entries, assignment.Endpoints, assignment.PriorityShare));
    }

    private void ArmStale()
    {
        _stale.Cancel();
        if (_last?.StaleAfter is { } time)
        {
            _context.Stats.Increment(ClusterStats.AssignmentTimeout);
            _stale.Arm((long)time.TotalMilliseconds);
        }
    }

    private void OnStale()
    {
        _context.Stats.Increment(ClusterStats.AssignmentStale);
        _last = null;
        Found(HostSet.Empty);
    }
}

using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Configuration.Discovery;
using Proxy.Resources;
using Proxy.Resources.Status;
using Proxy.Stats;
using Proxy.Workers;

namespace Proxy.Clusters.OnDemand;

/// <summary>Asks one source for clusters as requests need them (Envoy ODCDS). The watch begins with the first one. On main, but for <see cref="Request(string, long, Worker, Action)"/>.</summary>
internal sealed class ClusterRequests : IResourceWatcher
{
    private const string Prefix = "cluster_manager.odcds.";

    /// <summary>Clients choose the names: no more are asked for.</summary>
    internal const int MaxNames = 10_000;

    private readonly ProxyClusterManager _clusters;
    private readonly ConfigSourceConfig _source;
    private readonly Worker _main;
    private readonly StatsStore _stats;
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<Waiter>> _waiting = new(StringComparer.Ordinal);
    private IResourceSubscription? _subscription;

    public ClusterRequests(ProxyClusterManager clusters, ConfigSourceConfig source, Worker main, StatsStore stats)
    {
        (_clusters, _source, _main, _stats) = (clusters, source, main, stats);
        clusters.Activated += Tell;
    }

    /// <summary>What of the latest answer was refused, by name.</summary>
    public IReadOnlyDictionary<string, RefusedUpdate> Refused { get; private set; } = RefusedResources.None;

    /// <summary>Asks for a cluster. On a worker.</summary>
    /// <param name="name">The cluster.</param>
    /// <param name="timeout">Longest wait, in ms.</param>
    /// <param name="worker">The worker.</param>
    /// <param name="done">Called there when the cluster is there, when there is none to come, or when the time is over.</param>
    public void Request(string name, long timeout, Worker worker, Action done) => _main.Post(() => Request(name, timeout, () => worker.Post(done)));

    public ValueTask<IReadOnlyList<ConfigFault>> UpdateAsync(ResourceUpdate update)
    {
        var refused = new RefusedResources();
        using (_clusters.Resources.Pause(ResourceKind.Endpoints))
        {
            foreach (var resource in update.Resources)
            {
                refused.Collect(resource, _main.UtcNow, () => Take(resource));
            }

            var gone = update.IsComplete ? _known.Concat(_waiting.Keys).Except(update.Resources.Select(static resource => resource.Name)) : update.Removed;
            foreach (var name in gone.ToArray())
            {
                Drop(name);
            }
        }

        Refused = refused.ByName;
        return new(refused.Faults);
    }

    public void GiveUp()
    {
    }

    private void Request(string name, long timeout, Action done)
    {
        if (_clusters.IsActive(name) || (_names.Count == MaxNames && !_names.Contains(name)))
        {
            done();
            return;
        }

        var waiter = new Waiter(this, name, done);
        waiter.Arm(timeout);
        if (_waiting.TryGetValue(name, out var waiting))
        {
            waiting.Add(waiter);
            return;
        }

        _waiting[name] = [waiter];
        _names.Add(name);
        Ask(name);
    }

    private void Ask(string name)
    {
        if (_subscription is not null)
        {
            _subscription.Ask(name);
            return;
        }

        var counters = SubscriptionCounters.Create(_stats, _stats.CreateScope(), Prefix, _main);
        _subscription = _clusters.Resources.Subscribe(new ResourceRequest(_source, ResourceKind.Cluster, [name], counters), this);
    }

    private void Take(Resource resource)
    {
        if (resource.Faults.Count > 0)
        {
            _clusters.CountRefused(resource.Name);
            Tell(resource.Name);
            throw new ConfigException(resource.Faults);
        }

        if (resource.Config is ClusterConfig config)
        {
            _clusters.AddOrUpdate(config, new DynamicOrigin(resource.Version, _main.UtcNow, resource.Message));
            _known.Add(resource.Name);
        }
    }

    private void Drop(string name)
    {
        if (_known.Remove(name))
        {
            _clusters.Remove(name);
        }

        Tell(name);
    }

    private void Tell(string name)
    {
        if (_waiting.Remove(name, out var waiting))
        {
            waiting.ForEach(static waiter => waiter.End());
        }
    }

    private void GiveUp(Waiter waiter)
    {
        if (_waiting.TryGetValue(waiter.Name, out var waiting) && waiting.Remove(waiter) && waiting.Count == 0)
        {
            _waiting.Remove(waiter.Name);
        }
    }

    private sealed class Waiter
    {
        private readonly ClusterRequests _owner;
        private readonly Action _done;
        private readonly WorkerTimer _timer;

        public Waiter(ClusterRequests owner, string name, Action done)
        {
            (_owner, Name, _done) = (owner, name, done);
            _timer = owner._main.CreateTimer(static self => ((Waiter)self!).Expire(), this);
        }

        public string Name { get; }

        public void Arm(long milliseconds) => _timer.Arm(milliseconds);

        public void End()
        {
            _timer.Cancel();
            _done();
        }

        private void Expire()
        {
            _owner.GiveUp(this);
            _done();
        }
    }
}

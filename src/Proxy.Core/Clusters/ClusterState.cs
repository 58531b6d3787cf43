using Proxy.Clusters.Balancing;
using Proxy.Clusters.Dns;
using Proxy.Clusters.Outliers;
using Proxy.Configuration.Clusters;
using Proxy.Hosting;
using Proxy.Resources;
using Proxy.Stats;
using Proxy.Tls.Secrets;
using Proxy.Workers;
using Proxy.Workers.Files;

namespace Proxy.Clusters;

/// <summary>A cluster as main sees it: its model, its hosts, and the views that the workers have of it.</summary>
internal sealed class ClusterState
{
    private readonly Worker _main;
    private readonly StatShard _stats;
    private HostDiscovery? _discovery; // null when it will never find others
    private readonly ClusterHealth? _health; // null when nothing looks at it
    private HostSet _discovered = HostSet.Empty;
    private HostSet _found = HostSet.Empty; // with those kept because they are well, without what is known of their health
    private ClusterState? _former; // serves until this one is in use; null then, and where there is none
    private bool _isDiscovered;
    private bool _isInUse;
    private bool _isStopped;
    private Action? _ready;

    public ClusterState(ClusterModel model, Worker main, IReadOnlyList<Worker> workers, IDnsResolver resolver, ResourceHub resources, StatsStore store, IOutlierLog? ejections, ILogFile? checks)
    {
        _main = main;
        Model = model;
        model.Connections.OpenViews(model, main, workers);
        _stats = model.Stats.Shard(main);
        var context = new DiscoveryContext(model.Config, main, workers.Count, _stats, resolver)
        {
            Resources = resources,
            Sockets = model.Connections.Sockets,
            KnownHosts = FindKnownHosts,
            Store = store,
            Scope = model.Scope,
            Group = model.Stats,
        };
        _discovery = HostDiscovery.Create(context, SetHosts, OnDiscovered);
        _health = ClusterHealth.IsWanted(model)
            ? new ClusterHealth(model, main, ejections, checks) { Changed = Refresh, Deliver = Deliver, Failed = DrainHost, Removed = () => SetHosts(_discovered), Settled = MarkReadyIfSettled }
            : null;
    }

    public ClusterModel Model { get; }

    public ClusterConfig Config => Model.Config;

    /// <summary>Where its certificates and keys come from; null leaves those out that are not in its configuration.</summary>
    public SecretDiscovery? Secrets { get; init; }

    /// <summary>Where it comes from; null when it was there from the start.</summary>
    public DynamicOrigin? Origin { get; set; }

    public HostSet Hosts { get; private set; } = HostSet.Empty;

    /// <summary>Looks at what requests come to; null when nothing does.</summary>
    public OutlierDetector? Outliers => _health?.Outliers;

    /// <summary>One for main and one for each worker.</summary>
    public IReadOnlyList<PooledCluster> Views => Model.Connections.Views;

    /// <summary>Its hosts are known, or known to be unknown: it may be used.</summary>
    public bool IsReady { get; private set; }

    /// <summary>Takes the place of <paramref name="former"/> as soon as it is ready.</summary>
    public void Succeed(ClusterState former)
    {
        _former = former;
        if (_discovery is EdsDiscovery discovery && former._discovery is EdsDiscovery known)
        {
            discovery.Succeed(known);
        }
    }

    /// <summary>Starts to look for hosts; <paramref name="ready"/> is called once, perhaps before the call returns.</summary>
    public void Start(Action ready)
    {
        _ready = ready;
        if (Secrets is not null)
        {
            Model.Connections.Watch(Secrets);
        }

        if (!Config.Dns.WaitForWarmOnInit)
        {
            MarkReady();
        }

        _health?.Start();
        _discovery!.Start();
        ForgetSourceOfStaticHosts();
        if (Model.Connections.Secrets is { } secrets)
        {
            secrets.WhenReady(MarkReadyIfSettled);
        }
    }

    /// <summary>It is in use from now on, and the former one stopped: the workers get to know its hosts.</summary>
    public void Use(RuntimeSnapshot runtime)
    {
        _former = null;
        _isInUse = true;
        Model.Connections.Breakers.Use(Config, runtime);
        ForgetWhatNobodyWatches();
        _health?.MarkInitialized();
        Refresh();
        Deliver();
    }

    public void Stop()
    {
        _isStopped = true;
        _discovery?.Stop();
        _health?.Stop();
    }

    /// <summary>Takes limits and settings from runtime values.</summary>
    public void ApplyRuntime(RuntimeSnapshot runtime)
    {
        Model.Connections.Breakers.Apply(runtime);
        _health?.ApplyRuntime(runtime);
    }

    /// <summary>Brings gauges that are not counted up to date.</summary>
    public void PublishGauges() => Model.Connections.Breakers.Publish(_stats);

    // Most clusters of a large configuration are static: what has found their hosts is of no more use.
    private void ForgetSourceOfStaticHosts()
    {
        if (_discovery is StaticDiscovery)
        {
            _discovery = null;
        }
    }

    private void OnDiscovered()
    {
        _isDiscovered = true;
        MarkReadyIfSettled();
    }

    // Envoy: a cluster warms until every host has been checked once.
    private void MarkReadyIfSettled()
    {
        if (_isDiscovered && Model.Connections.Secrets is not { IsReady: false } && (_health is null || _health.IsSettled))
        {
            MarkReady();
        }
    }

    private void MarkReady()
    {
        if (!IsReady && !_isStopped)
        {
            IsReady = true;
            var ready = _ready;
            _ready = null;
            ready?.Invoke();
        }
    }

    private void SetHosts(HostSet hosts)
    {
        _discovered = hosts;
        var former = _found;
        _found = _health?.SetHosts(hosts) ?? hosts;
        _stats.Add(ClusterStats.MembershipChange, former.CountChanges(_found));
        Refresh();
        Deliver();
    }

    private void Refresh()
    {
        var hosts = Hosts = _health is null ? _found : _found.WithCurrentFlags();
        _stats.Set(ClusterStats.MembershipTotal, hosts.Priorities.Sum(priority => priority.All.Length));
        _stats.Set(ClusterStats.MembershipHealthy, hosts.Priorities.Sum(priority => priority.Healthy.Length));
        _stats.Set(ClusterStats.MembershipDegraded, hosts.Priorities.Sum(priority => priority.Degraded.Length));
        _stats.Set(ClusterStats.MembershipExcluded, hosts.Priorities.Sum(priority => priority.Excluded));
    }

    // Who fails its checks gets no more of what goes over connections that are there.
    private void DrainHost(Host host)
    {
        foreach (var view in Views)
        {
            view.Worker.Post(() => PooledCluster.Drain(host.FindOn(view.Worker)));
        }
    }

    // Until it is in use the workers go by the hosts of the one before.
    private void Deliver()
    {
        if (!_isInUse)
        {
            return;
        }

        var hosts = Hosts;
        hosts.HashTables = HashTables.Build(Config, Model.Runtime, hosts);
        Model.HashStats?.Publish(hosts.HashTables, _main);
        foreach (var view in Views)
        {
            view.Worker.Post(() =>
            {
                view.Use(Model);
                view.Update(hosts);
            });
        }
    }

    private KnownHosts FindKnownHosts()
    {
        var known = _found.All;
        if (_former is { } former && former.Model.Connections == Model.Connections && ClusterHealth.TakesOver(former.Config, Config))
        {
            known = known.Concat(former._found.All);
        }

        return new KnownHosts(known.Select(static entry => entry.Host));
    }

    // Hosts may come from a cluster with health checks or outlier detection that this one has not.
    private void ForgetWhatNobodyWatches()
    {
        foreach (var entry in _found.All)
        {
            entry.Host.Flags &= ~ClusterHealth.Unwatched(Config);
            entry.Host.IsChecked &= Config.HealthCheck is not null;
            if (Config.OutlierDetection is null)
            {
                entry.Host.Outliers = null;
            }
        }
    }
}

using Proxy.Clusters.Balancing;
using Proxy.Clusters.Dns;
using Proxy.Clusters.Outliers;
using Proxy.Configuration.Clusters;
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
    private readonly HostDiscovery _discovery;
    private readonly ClusterHealth? _health; // null when nothing looks at it
    private HostSet _discovered = HostSet.Empty;
    private HostSet _found = HostSet.Empty; // with those kept because they are well, without what is known of their health
    private bool _isDiscovered;
    private Action? _ready;

    public ClusterState(ClusterModel model, Worker main, IReadOnlyList<Worker> workers, IDnsResolver resolver, ResourceHub resources, StatsStore store, IOutlierLog? ejections, ILogFile? checks)
    {
        _main = main;
        Model = model;
        Views = [new PooledCluster(main, model), .. workers.Select(worker => new PooledCluster(worker, model))];
        _stats = model.Stats.Shard(main);
        var context = new DiscoveryContext(model.Config, main, workers.Count, _stats, resolver)
        {
            Resources = resources,
            Sockets = model.Sockets,
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

    /// <summary>The secrets that it waits for.</summary>
    public ResourceScope Scope { get; } = new();

    public ClusterConfig Config => Model.Config;

    /// <summary>Where its certificates and keys come from; null leaves those out that are not in its configuration.</summary>
    public SecretDiscovery? Secrets { get; init; }

    /// <summary>Where it comes from; null when it was there from the start.</summary>
    public DynamicOrigin? Origin { get; set; }

    public HostSet Hosts { get; private set; } = HostSet.Empty;

    /// <summary>One for main and one for each worker.</summary>
    public IReadOnlyList<PooledCluster> Views { get; }

    /// <summary>Its hosts are known, or known to be unknown: it may be used.</summary>
    public bool IsReady { get; private set; }

    /// <summary>Takes the place of <paramref name="former"/>.</summary>
    public void Succeed(ClusterState former)
    {
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
            foreach (var tls in Model.Sockets.Tls)
            {
                tls.Watch(Secrets, Scope);
            }
        }

        if (!Config.Dns.WaitForWarmOnInit)
        {
            MarkReady();
        }

        _health?.Start();
        _discovery.Start();
        Scope.WhenReady(MarkReadyIfSettled);
    }

    public void Stop()
    {
        Scope.Dispose();
        _discovery.Stop();
        _health?.Stop();
    }

    /// <summary>Brings gauges that are not counted up to date.</summary>
    public void PublishGauges() => Model.Breakers.Publish(_stats);

    private void OnDiscovered()
    {
        _isDiscovered = true;
        MarkReadyIfSettled();
    }

    // Envoy: a cluster warms until every host has been checked once.
    private void MarkReadyIfSettled()
    {
        if (_isDiscovered && Scope.IsReady && (_health is null || _health.IsSettled))
        {
            MarkReady();
        }
    }

    private void MarkReady()
    {
        if (!IsReady)
        {
            IsReady = true;
            _health?.MarkInitialized();
            _ready?.Invoke();
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
            view.Worker.Post(() => PooledCluster.Drain(host.On(view.Worker)));
        }
    }

    private void Deliver()
    {
        var hosts = Hosts;
        hosts.HashTables = HashTables.Build(Config, hosts);
        Model.HashStats?.Publish(hosts.HashTables, _main);
        foreach (var view in Views)
        {
            view.Worker.Post(() => view.Update(hosts));
        }
    }
}

using Proxy.Clusters.Dns;
using Proxy.Clusters.OnDemand;
using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Hosting;
using Proxy.Resources;
using Proxy.Stats;
using Proxy.Tls.Secrets;
using Proxy.Workers;
using Proxy.Workers.Files;

namespace Proxy.Clusters;

/// <summary>The clusters of one proxy. Changed on main; each worker learns of a change by a post, in the order main made them.</summary>
internal sealed class ProxyClusterManager : ClusterManager
{
    private readonly ClusterFactory _factory;
    private readonly WorkerLocal<WorkerClusters> _views = new(static _ => new WorkerClusters());
    private readonly Dictionary<string, ClusterState> _active = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ClusterState> _warming = new(StringComparer.Ordinal);
    private readonly List<Action> _waiters = [];
    private readonly StatShard _managerStats;
    private RuntimeSnapshot _runtime = RuntimeSnapshot.Empty;
    private IDisposable? _pause;
    private bool _started;

    /// <param name="main">The main dispatcher.</param>
    /// <param name="workers">All workers, by index.</param>
    /// <param name="stats">Where the clusters' stats go.</param>
    /// <param name="resolver">Resolves the names of DNS clusters.</param>
    /// <param name="codecs">Makes codecs of upstream connections.</param>
    /// <param name="files">Opens files for events; null where there is no file system.</param>
    public ProxyClusterManager(Worker main, IReadOnlyList<Worker> workers, StatsStore stats, IDnsResolver resolver, ClientCodecFactory codecs, FileFlusher? files = null)
    {
        Secrets = new SecretDiscovery(Resources, main, stats);
        _factory = new ClusterFactory(main, workers, stats, resolver, codecs, Resources, Secrets) { Files = files };
        OnDemand = new ClusterRequestSources(this, main, stats);
        _managerStats = stats.CreateGroup(ClusterManagerStats.Schema, "cluster_manager.").Shard(main);
        stats.BeforeRead(PublishGauges);
    }

    /// <summary>Brings hosts, and clusters themselves. On main.</summary>
    public ResourceHub Resources { get; } = new();

    /// <summary>Certificates and keys that come from elsewhere. On main.</summary>
    public SecretDiscovery Secrets { get; }

    /// <summary>A cluster is in use: its name. After the workers were told of it; on main.</summary>
    public event Action<string>? Activated;

    /// <summary>Brings clusters as requests need them. On main.</summary>
    public ClusterRequestSources OnDemand { get; }

    /// <summary>The clusters in use, by name. On main.</summary>
    public IEnumerable<ClusterState> Clusters => _active.Values.OrderBy(cluster => cluster.Config.Name, StringComparer.Ordinal);

    /// <summary>Those whose hosts are not known yet. On main.</summary>
    public IEnumerable<ClusterState> WarmingClusters => _warming.Values.OrderBy(cluster => cluster.Config.Name, StringComparer.Ordinal);

    internal override IEnumerable<Tls.UpstreamTls> Tls => Clusters.SelectMany(static cluster => cluster.Model.Connections.Sockets.Tls);

    public override WorkerCluster? Find(Worker worker, string name) => _views.Get(worker).Find(name);

    public override bool Contains(string name) => _active.ContainsKey(name) || _warming.ContainsKey(name);

    internal override bool IsStatic(string name) => (_active.GetValueOrDefault(name) ?? _warming.GetValueOrDefault(name)) is { Origin: null };

    public override bool AddOrUpdate(ClusterConfig config) => AddOrUpdate(config, origin: null);

    /// <summary>Adds or replaces a cluster that came while the proxy ran; one that was there from the start is left alone.</summary>
    /// <param name="config">The cluster.</param>
    /// <param name="origin">Where it comes from; null for one that is there from the start.</param>
    /// <returns>False when nothing changed.</returns>
    /// <exception cref="ConfigException">The record breaks a rule; nothing is changed.</exception>
    public bool AddOrUpdate(ClusterConfig config, DynamicOrigin? origin)
    {
        var faults = ClusterRules.Check(config);
        if (faults.Count > 0)
        {
            throw new ConfigException(faults);
        }

        var latest = _warming.GetValueOrDefault(config.Name) ?? _active.GetValueOrDefault(config.Name);
        if (latest is not null && (latest.Config == config || (origin is not null && latest.Origin is null)))
        {
            return false;
        }

        var state = _factory.Create(config, latest, _active.GetValueOrDefault(config.Name), origin, _runtime);
        state.Model.Connections.Breakers.Apply(_runtime);
        if (_warming.TryGetValue(config.Name, out var overtaken))
        {
            overtaken.Stop();
            Release(overtaken);
        }

        _managerStats.Increment(latest is null ? ClusterManagerStats.Added : ClusterManagerStats.Modified);
        _warming[config.Name] = state;
        Start(state);
        return true;
    }

    /// <summary>A cluster could not be built. As in Envoy, it counts as added or modified all the same.</summary>
    public void CountRefused(string name) => _managerStats.Increment(Contains(name) ? ClusterManagerStats.Modified : ClusterManagerStats.Added);

    /// <summary>From now on a source of clusters waits for the last ones to be ready before it is told that they were taken, as in Envoy.</summary>
    public void MarkStarted()
    {
        _started = true;
        UpdatePause();
    }

    public override bool Remove(string name)
    {
        var warming = _warming.Remove(name, out var unborn);
        var active = _active.Remove(name, out var state);
        if (warming)
        {
            unborn!.Stop();
            unborn.Model.Connections.Dispose();
        }

        if (active)
        {
            state!.Stop();
            state.Model.Connections.Dispose();
            ForEachView(state!, view => _views.Get(view.Worker).Remove(name));
        }

        (state ?? unborn)?.Model.Scope.Remove();
        (state ?? unborn)?.Model.HashStats?.Remove();
        _managerStats.Add(ClusterManagerStats.Removed, warming || active ? 1 : 0);
        UpdatePause();
        TellWaiters();
        return warming || active;
    }

    /// <summary>A cluster of that name is in use. On main.</summary>
    public bool IsActive(string name) => _active.ContainsKey(name);

    public override void WhenReady(Action callback)
    {
        _waiters.Add(callback);
        TellWaiters();
    }

    internal override void LogOutliersTo(string path) => _factory.LogOutliersTo(path);

    internal override void ApplyRuntime(RuntimeSnapshot runtime)
    {
        _runtime = runtime;
        foreach (var cluster in _active.Values.Concat(_warming.Values))
        {
            cluster.ApplyRuntime(runtime);
        }
    }

    internal override void MakeFiltersFrom(FilterFactoryContext context) => _factory.Filters = context;

    private void Start(ClusterState state)
    {
        try
        {
            state.Start(() => Activate(state));
        }
        catch (ConfigException)
        {
            _warming.Remove(state.Config.Name);
            Release(state);
            throw;
        }

        UpdatePause();
    }

    private void UpdatePause()
    {
        if (_started && _warming.Count > 0)
        {
            _pause ??= Resources.Pause(ResourceKind.Cluster);
        }
        else
        {
            var ended = _pause;
            _pause = null;
            ended?.Dispose();
        }
    }

    private void Activate(ClusterState state)
    {
        _warming.Remove(state.Config.Name);
        if (_active.TryGetValue(state.Config.Name, out var former))
        {
            former.Stop();
        }

        _active[state.Config.Name] = state;
        if (former is not null)
        {
            Release(former);
        }

        state.Use(_runtime);
        ForEachView(state, view => _views.Get(view.Worker).Put(view));
        Activated?.Invoke(state.Config.Name);
        UpdatePause();
        TellWaiters();
    }

    // What it stands on goes, unless the one that is in use stands on it, too.
    private void Release(ClusterState state)
    {
        if (_active.GetValueOrDefault(state.Config.Name)?.Model.Connections != state.Model.Connections)
        {
            state.Model.Connections.Dispose();
        }
    }

    private static void ForEachView(ClusterState state, Action<PooledCluster> action)
    {
        foreach (var view in state.Views)
        {
            view.Worker.Post(() => action(view));
        }
    }

    private void TellWaiters()
    {
        if (_warming.Count > 0)
        {
            return;
        }

        var waiters = _waiters.ToArray();
        _waiters.Clear();
        foreach (var waiter in waiters)
        {
            waiter();
        }
    }

    private void PublishGauges()
    {
        _managerStats.Set(ClusterManagerStats.Active, _active.Count);
        _managerStats.Set(ClusterManagerStats.Warming, _warming.Count);
        foreach (var cluster in _active.Values)
        {
            cluster.PublishGauges();
        }
    }
}

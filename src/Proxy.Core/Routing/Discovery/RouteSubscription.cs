using Proxy.Configuration;
using Proxy.Configuration.Discovery;
using Proxy.Configuration.Http;
using Proxy.Http;
using Proxy.Resources;
using Proxy.Stats;
using Proxy.Workers;

namespace Proxy.Routing.Discovery;

/// <summary>One table that is watched, and who uses it. A table is taken when all of them can use it. On main.</summary>
internal sealed class RouteSubscription : IResourceWatcher
{
    private readonly List<RouteTableUse> _uses = [];
    private readonly Worker _main;
    private readonly StatsStore _store;
    private readonly StatScope _scope;
    private readonly string _prefix;
    private readonly StatShard _reloads;
    private readonly StatShard _empty;
    private readonly string _hostPrefix;
    private readonly ResourceHub _resources;
    private IResourceSubscription? _subscription;
    private VirtualHostSubscription? _hosts;
    private volatile RouteTableConfig? _table;
    private bool _answered;

    public RouteSubscription(RouteDiscoveryConfig config, ResourceHub resources, Worker main, StatsStore store, string statPrefix)
    {
        Config = config;
        _resources = resources;
        _main = main;
        _store = store;
        var name = config.Name.Replace(':', '_'); // Envoy's way to write names in names
        _prefix = $"{statPrefix}rds.{name}.";
        _hostPrefix = $"{statPrefix}vhds.{name}.";
        _scope = store.CreateScope();
        _reloads = _scope.CreateGroup(ReloadStats.Schema, _prefix).Shard(main);
        _empty = _scope.CreateGroup(RouteReloadStats.Schema, _prefix).Shard(main);
    }

    public RouteDiscoveryConfig Config { get; }

    /// <summary>The table as it came; null before the first. Any thread.</summary>
    public RouteTableConfig? Table => _table;

    /// <summary>Where it came from.</summary>
    public DynamicOrigin? Origin { get; private set; }

    /// <summary>Adds a user, with the table that is known.</summary>
    /// <exception cref="ConfigException">The table breaks rules there.</exception>
    public RouteTableUse Add(Func<RouteTableConfig, RouteTable> compile, RouteTableSource source, ResourceScope scope)
    {
        source.Origin = this;
        if (Table is { } table)
        {
            source.Current = compile(WithHosts(table, _hosts?.Hosts ?? []));
        }

        var use = new RouteTableUse(compile, source, IsReady ? static () => { } : scope.Await($"rds {Config.Name}"));
        _uses.Add(use);
        return use;
    }

    /// <summary>Begins to watch, the first time.</summary>
    public void Start()
    {
        var counters = _subscription is null ? SubscriptionCounters.Create(_store, _scope, _prefix, _main) : null;
        _subscription ??= _resources.Subscribe(new ResourceRequest(Config.Source, ResourceKind.Routes, [Config.Name], counters!), this);
    }

    /// <summary>A user has gone; true when it was the last one, which ends the watch.</summary>
    public bool Remove(RouteTableUse use)
    {
        _uses.Remove(use);
        if (_uses.Count > 0)
        {
            return false;
        }

        _subscription?.Dispose();
        _hosts?.End();
        _scope.Remove();
        return true;
    }

    /// <summary>Asks for the virtual host of a request. On its worker.</summary>
    /// <returns>False when the table does not have them brought.</returns>
    public bool TryRequestHost(HeaderMap headers, Worker worker, Action done)
    {
        if (Table is not { VirtualHostDiscovery: not null } table || VirtualHostSubscription.NameOf(Config.Name, table, headers) is not { } name)
        {
            return false;
        }

        _main.Post(() =>
        {
            if (_hosts is { } hosts)
            {
                hosts.Request(name, () => worker.Post(done));
            }
            else
            {
                worker.Post(done);
            }
        });
        return true;
    }

    public ValueTask<IReadOnlyList<ConfigFault>> UpdateAsync(ResourceUpdate update)
    {
        if (update.Resources.Count == 0)
        {
            // A table that is gone goes on to serve, as in Envoy; one that is not there yet is waited for.
            if (update.IsComplete)
            {
                _empty.Increment(RouteReloadStats.Empty);
                MarkReady();
            }

            return new([]);
        }

        if (update.Resources.Count > 1)
        {
            throw new ConfigException("", $"{update.Resources.Count} tables instead of one");
        }

        Take(update.Resources[0]);
        MarkReady();
        return new([]);
    }

    public void GiveUp() => MarkReady();

    private void Take(Resource resource)
    {
        if (resource.Name != Config.Name)
        {
            throw new ConfigException("name", $"{resource.Name} instead of {Config.Name}");
        }

        if (resource.Faults.Count > 0)
        {
            throw new ConfigException(resource.Faults);
        }

        if (resource.Config is not RouteTableConfig table || table == Table)
        {
            return;
        }

        var started = _main.Time.GetTimestamp();
        var isSameSource = table.VirtualHostDiscovery == Table?.VirtualHostDiscovery;
        Apply(WithHosts(table, isSameSource ? _hosts?.Hosts ?? [] : []));
        _table = table;
        if (!isSameSource)
        {
            WatchHosts(table.VirtualHostDiscovery);
        }

        Origin = new DynamicOrigin(resource.Version, _main.UtcNow, resource.Message);
        _reloads.Increment(ReloadStats.Reload);
        _reloads.Set(ReloadStats.Time, (long)_main.Time.GetElapsedTime(started).TotalMilliseconds);
    }

    private bool IsReady => _answered && _hosts is not { IsAnswered: false };

    private static RouteTableConfig WithHosts(RouteTableConfig table, ConfigList<VirtualHostConfig> hosts) =>
        hosts.Count == 0 ? table : table with { VirtualHosts = [.. table.VirtualHosts, .. hosts] };

    private void Apply(RouteTableConfig table)
    {
        var compiled = _uses.ConvertAll(use => use.Compile(table));
        for (var i = 0; i < compiled.Count; i++)
        {
            _uses[i].Source.Current = compiled[i];
        }
    }

    private void WatchHosts(ConfigSourceConfig? source)
    {
        _hosts?.End();
        _hosts = null;
        if (source is not null)
        {
            var scope = _store.CreateScope();
            _hosts = new VirtualHostSubscription(Config.Name, scope, _hostPrefix, _main, hosts => Apply(WithHosts(Table!, hosts)), TellReady);
            _hosts.Start(_resources, source, SubscriptionCounters.Create(_store, scope, _hostPrefix, _main));
        }
    }

    private void MarkReady()
    {
        _answered = true;
        TellReady();
    }

    private void TellReady()
    {
        if (!IsReady)
        {
            return;
        }

        foreach (var use in _uses.ToArray())
        {
            use.Ready();
        }
    }
}

using Proxy.Configuration;
using Proxy.Configuration.Discovery;
using Proxy.Configuration.Http;
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
    private IResourceSubscription? _subscription;
    private bool _answered;

    public RouteSubscription(RouteDiscoveryConfig config, Worker main, StatsStore store, string prefix)
    {
        Config = config;
        _main = main;
        _store = store;
        _prefix = prefix;
        _scope = store.CreateScope();
        _reloads = _scope.CreateGroup(ReloadStats.Schema, prefix).Shard(main);
        _empty = _scope.CreateGroup(RouteReloadStats.Schema, prefix).Shard(main);
    }

    public RouteDiscoveryConfig Config { get; }

    /// <summary>The table in use; null before the first.</summary>
    public RouteTableConfig? Table { get; private set; }

    /// <summary>Where it came from.</summary>
    public DynamicOrigin? Origin { get; private set; }

    /// <summary>Adds a user, with the table that is known.</summary>
    /// <exception cref="ConfigException">The table breaks rules there.</exception>
    public RouteTableUse Add(Func<RouteTableConfig, RouteTable> compile, RouteTableSource source, ResourceScope scope)
    {
        if (Table is { } table)
        {
            source.Current = compile(table);
        }

        var use = new RouteTableUse(compile, source, _answered ? static () => { } : scope.Await($"rds {Config.Name}"));
        _uses.Add(use);
        return use;
    }

    /// <summary>Begins to watch, the first time.</summary>
    public void Start(ResourceHub resources)
    {
        var counters = _subscription is null ? SubscriptionCounters.Create(_store, _scope, _prefix, _main) : null;
        _subscription ??= resources.Subscribe(new ResourceRequest(Config.Source, ResourceKind.Routes, [Config.Name], counters!), this);
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
        _scope.Remove();
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
        var compiled = _uses.ConvertAll(use => use.Compile(table));
        for (var i = 0; i < compiled.Count; i++)
        {
            _uses[i].Source.Current = compiled[i];
        }

        Table = table;
        Origin = new DynamicOrigin(resource.Version, _main.UtcNow, resource.Message);
        _reloads.Increment(ReloadStats.Reload);
        _reloads.Set(ReloadStats.Time, (long)_main.Time.GetElapsedTime(started).TotalMilliseconds);
    }

    private void MarkReady()
    {
        _answered = true;
        foreach (var use in _uses.ToArray())
        {
            use.Ready();
        }
    }
}

using Proxy.Configuration;
using Proxy.Configuration.Http;
using Proxy.Resources;
using Proxy.Stats;
using Proxy.Workers;

namespace Proxy.Routing.Scopes;

/// <summary>A set of scopes that is watched, and the connection managers that use it. An answer is taken when all of them can use it. On main.</summary>
internal sealed class ScopeSubscription : IResourceWatcher
{
    private readonly List<ScopedTables> _uses = [];
    private readonly Worker _main;
    private readonly ResourceHub _resources;
    private readonly StatsStore _store;
    private readonly StatScope _scope;
    private readonly string _prefix;
    private readonly StatShard _reloads;
    private readonly StatShard _stats;
    private Dictionary<string, Resource> _scopes = new(StringComparer.Ordinal);
    private IResourceSubscription? _subscription;
    private bool _answered;

    public ScopeSubscription(ScopeSetKey key, Worker main, ResourceHub resources, StatsStore store, string prefix)
    {
        Key = key;
        _main = main;
        _resources = resources;
        _store = store;
        _prefix = prefix;
        _scope = store.CreateScope();
        _reloads = _scope.CreateGroup(ReloadStats.Schema, prefix).Shard(main);
        _stats = _scope.CreateGroup(ScopeStats.Schema, prefix).Shard(main);
    }

    public ScopeSetKey Key { get; }

    /// <summary>The scopes as they came.</summary>
    public IEnumerable<Resource> Scopes => _scopes.Values;

    /// <summary>Where the latest answer came from; null before the first.</summary>
    public DynamicOrigin? Origin { get; private set; }

    /// <summary>Adds a user, with what is known.</summary>
    /// <exception cref="ConfigException">It cannot use that.</exception>
    public void Add(ScopedTables use, ResourceScope scope)
    {
        use.Ready = scope.Await($"SRDS {Key.Name}");
        use.Prepare(Configs(_scopes))();
        _uses.Add(use);
        if (_answered)
        {
            use.WhenReady(use.Ready);
        }
    }

    /// <summary>Begins to watch, the first time.</summary>
    public void Start()
    {
        var counters = _subscription is null ? SubscriptionCounters.Create(_store, _scope, _prefix, _main) : null;
        _subscription ??= _resources.Subscribe(new ResourceRequest(Key.Source, ResourceKind.RouteScope, [], counters!), this);
    }

    /// <summary>A user has gone; true when it was the last one, which ends the watch.</summary>
    public bool Remove(ScopedTables use)
    {
        _uses.Remove(use);
        use.Dispose();
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
        var started = _main.Time.GetTimestamp();
        using (_resources.Pause(ResourceKind.Routes))
        {
            var next = Merge(update);
            var configs = Configs(next);
            ScopeKeys.Check(configs);
            var prepared = _uses.ConvertAll(use => use.Prepare(configs));
            prepared.ForEach(static apply => apply());
            _scopes = next;
            Origin = new DynamicOrigin(update.Version, _main.UtcNow, null);
            Count(configs, (long)_main.Time.GetElapsedTime(started).TotalMilliseconds);
        }

        MarkReady();
        return new([]);
    }

    public void GiveUp() => MarkReady();

    private static RouteScopeConfig[] Configs(Dictionary<string, Resource> scopes) => [.. scopes.Values.Select(static scope => (RouteScopeConfig)scope.Config!)];

    private Dictionary<string, Resource> Merge(ResourceUpdate update)
    {
        var next = update.IsComplete ? new(StringComparer.Ordinal) : new Dictionary<string, Resource>(_scopes, StringComparer.Ordinal);
        foreach (var name in update.Removed)
        {
            next.Remove(name);
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var resource in update.Resources)
        {
            if (!seen.Add(resource.Name))
            {
                throw new ConfigException("", $"duplicate scoped route configuration '{resource.Name}' found");
            }

            if (resource.Faults.Count > 0)
            {
                throw new ConfigException(resource.Faults);
            }

            if (resource.Config is not null)
            {
                next[resource.Name] = resource;
            }
            else if (_scopes.TryGetValue(resource.Name, out var same))
            {
                next[resource.Name] = same;
            }
        }

        return next;
    }

    private void Count(RouteScopeConfig[] scopes, long milliseconds)
    {
        _reloads.Increment(ReloadStats.Reload);
        _reloads.Set(ReloadStats.Time, milliseconds);
        _stats.Set(ScopeStats.All, scopes.Length);
        _stats.Set(ScopeStats.OnDemand, scopes.Count(static scope => scope.OnDemand));
        _stats.Set(ScopeStats.Active, _uses.Count == 0 ? 0 : _uses.Max(static use => use.ActiveCount));
    }

    private void MarkReady()
    {
        _answered = true;
        foreach (var use in _uses.ToArray())
        {
            use.WhenReady(use.Ready);
        }
    }
}

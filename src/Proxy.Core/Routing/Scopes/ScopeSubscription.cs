using Proxy.Configuration;
using Proxy.Configuration.Http;
using Proxy.Resources;
using Proxy.Resources.Sharing;
using Proxy.Stats;
using Proxy.Workers;

namespace Proxy.Routing.Scopes;

/// <summary>A set of scopes that is watched, and the connection managers that use it. On main.</summary>
internal sealed class ScopeSubscription : SharedResource<ScopedTables>
{
    private readonly ResourceHub _resources;
    private readonly StatShard _reloads;
    private readonly StatShard _stats;
    private Dictionary<string, Resource> _scopes = new(StringComparer.Ordinal);

    public ScopeSubscription(ScopeSetKey key, Worker main, ResourceHub resources, StatsStore store, string prefix)
        : base(main, store, prefix)
    {
        Key = key;
        _resources = resources;
        _reloads = Count(ReloadStats.Schema);
        _stats = Count(ScopeStats.Schema);
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
        Uses.Add(use);
        if (IsAnswered)
        {
            use.WhenReady(use.Ready);
        }
    }

    /// <summary>Begins to watch, the first time.</summary>
    /// <exception cref="ConfigException">The source cannot be used.</exception>
    public void Start() => Watch(_resources, Key.Source, ResourceKind.RouteScope);

    public override ValueTask<IReadOnlyList<ConfigFault>> UpdateAsync(ResourceUpdate update)
    {
        var started = Main.Time.GetTimestamp();
        using (_resources.Pause(ResourceKind.Routes))
        {
            var next = Merge(update);
            var configs = Configs(next);
            ScopeKeys.Check(configs);
            var prepared = Uses.ConvertAll(use => use.Prepare(configs));
            prepared.ForEach(static apply => apply());
            _scopes = next;
            Origin = new DynamicOrigin(update.Version, Main.UtcNow, null);
            Count(configs, (long)Main.Time.GetElapsedTime(started).TotalMilliseconds);
        }

        MarkReady();
        return new([]);
    }

    protected override void OnReady(ScopedTables use) => use.WhenReady(use.Ready);

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
        _stats.Set(ScopeStats.Active, Uses.Count == 0 ? 0 : Uses.Max(static use => use.ActiveCount));
    }
}

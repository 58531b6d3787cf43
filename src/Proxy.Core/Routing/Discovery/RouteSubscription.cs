using Proxy.Configuration;
using Proxy.Configuration.Discovery;
using Proxy.Configuration.Http;
using Proxy.Http;
using Proxy.Resources;
using Proxy.Resources.Sharing;
using Proxy.Stats;
using Proxy.Workers;

namespace Proxy.Routing.Discovery;

/// <summary>One table that is watched, and who uses it. On main.</summary>
internal sealed class RouteSubscription : SharedResource<RouteTableUse>
{
    private readonly StatsStore _store;
    private readonly StatShard _reloads;
    private readonly StatShard _empty;
    private readonly string _hostPrefix;
    private readonly ResourceHub _resources;
    private VirtualHostSubscription? _hosts;
    private volatile RouteTableConfig? _table;

    public RouteSubscription(RouteDiscoveryConfig config, ResourceHub resources, Worker main, StatsStore store, string statPrefix)
        : base(main, store, $"{statPrefix}rds.{StatName(config)}.")
    {
        Config = config;
        _resources = resources;
        _store = store;
        _hostPrefix = $"{statPrefix}vhds.{StatName(config)}.";
        _reloads = Count(ReloadStats.Schema);
        _empty = Count(RouteReloadStats.Schema);
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
        Uses.Add(use);
        return use;
    }

    /// <summary>Begins to watch, the first time.</summary>
    /// <exception cref="ConfigException">The source cannot be used.</exception>
    public void Start() => Watch(_resources, Config.Source, ResourceKind.Routes, Config.Name);

    /// <summary>Asks for the virtual host of a request. On its worker.</summary>
    /// <returns>False when the table does not have them brought.</returns>
    public bool TryRequestHost(HeaderMap headers, Worker worker, Action done)
    {
        if (Table is not { VirtualHostDiscovery: not null } table || VirtualHostSubscription.NameOf(Config.Name, table, headers) is not { } name)
        {
            return false;
        }

        Main.Post(() =>
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

    public override ValueTask<IReadOnlyList<ConfigFault>> UpdateAsync(ResourceUpdate update)
    {
        if (update.Resources.Count > 0)
        {
            Take(Only(update, Config.Name));
            MarkReady();
        }
        else if (update.IsComplete)
        {
            // A table that is gone goes on to serve, as in Envoy; one that is not there yet is waited for.
            _empty.Increment(RouteReloadStats.Empty);
            MarkReady();
        }

        return new([]);
    }

    protected override void TellReady()
    {
        if (IsReady)
        {
            base.TellReady();
        }
    }

    protected override void OnReady(RouteTableUse use) => use.Ready();

    protected override void OnEnd() => _hosts?.End();

    // Envoy's way to write names in names.
    private static string StatName(RouteDiscoveryConfig config) => config.Name.Replace(':', '_');

    private void Take(Resource resource)
    {
        if (resource.Config is not RouteTableConfig table || table == Table)
        {
            return;
        }

        var started = Main.Time.GetTimestamp();
        var isSameSource = table.VirtualHostDiscovery == Table?.VirtualHostDiscovery;
        Apply(WithHosts(table, isSameSource ? _hosts?.Hosts ?? [] : []));
        _table = table;
        if (!isSameSource)
        {
            WatchHosts(table.VirtualHostDiscovery);
        }

        Origin = new DynamicOrigin(resource.Version, Main.UtcNow, resource.Message);
        _reloads.Increment(ReloadStats.Reload);
        _reloads.Set(ReloadStats.Time, (long)Main.Time.GetElapsedTime(started).TotalMilliseconds);
    }

    private bool IsReady => IsAnswered && _hosts is not { IsAnswered: false };

    private static RouteTableConfig WithHosts(RouteTableConfig table, ConfigList<VirtualHostConfig> hosts) =>
        hosts.Count == 0 ? table : table with { VirtualHosts = [.. table.VirtualHosts, .. hosts] };

    private void Apply(RouteTableConfig table)
    {
        var compiled = Uses.ConvertAll(use => use.Compile(table));
        for (var i = 0; i < compiled.Count; i++)
        {
            Uses[i].Source.Current = compiled[i];
        }
    }

    private void WatchHosts(ConfigSourceConfig? source)
    {
        _hosts?.End();
        _hosts = null;
        if (source is not null)
        {
            var scope = _store.CreateScope();
            _hosts = new VirtualHostSubscription(Config.Name, scope, _hostPrefix, Main, hosts => Apply(WithHosts(Table!, hosts)), TellReady);
            _hosts.Start(_resources, source, SubscriptionCounters.Create(_store, scope, _hostPrefix, Main));
        }
    }
}

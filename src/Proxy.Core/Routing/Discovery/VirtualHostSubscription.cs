using System.Text;
using Proxy.Configuration;
using Proxy.Configuration.Discovery;
using Proxy.Configuration.Http;
using Proxy.Http;
using Proxy.Resources;
using Proxy.Stats;
using Proxy.Workers;

namespace Proxy.Routing.Discovery;

/// <summary>The virtual hosts of one table that come by themselves or when requests need them (Envoy VHDS). On main.</summary>
internal sealed class VirtualHostSubscription : IResourceWatcher
{
    /// <summary>Clients choose the names: no more are asked for, and no more requests wait.</summary>
    internal const int MaxNames = 10_000;

    private readonly string _table;
    private readonly StatScope _scope;
    private readonly StatShard _reloads;
    private readonly Action<ConfigList<VirtualHostConfig>> _apply;
    private readonly Action _ready;
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<Action>> _waiting = new(StringComparer.Ordinal);
    private int _waitingCount;
    private Dictionary<string, VirtualHostConfig> _hosts = new(StringComparer.Ordinal);
    private IResourceSubscription? _subscription;

    /// <param name="table">Name of the table.</param>
    /// <param name="scope">Where it counts; ended with it.</param>
    /// <param name="prefix">Prefix of the counters.</param>
    /// <param name="main">The main dispatcher.</param>
    /// <param name="apply">Puts the hosts in effect; throws what is wrong with them.</param>
    /// <param name="ready">Called when there was an answer, or none is to come.</param>
    public VirtualHostSubscription(
        string table, StatScope scope, string prefix, Worker main, Action<ConfigList<VirtualHostConfig>> apply, Action ready)
    {
        _table = table;
        _scope = scope;
        _reloads = scope.CreateGroup(ReloadStats.Schema, prefix).Shard(main);
        _apply = apply;
        _ready = ready;
    }

    /// <summary>The hosts that came.</summary>
    public ConfigList<VirtualHostConfig> Hosts => _hosts.Values.ToConfigList();

    /// <summary>There was an answer, or there is none to come.</summary>
    public bool IsAnswered { get; private set; }

    /// <summary>Begins to watch.</summary>
    /// <exception cref="ConfigException">The source cannot be used.</exception>
    public void Start(ResourceHub resources, ConfigSourceConfig source, SubscriptionCounters counters) => _subscription =
        resources.Subscribe(new ResourceRequest(source, ResourceKind.VirtualHost, [], counters) { Prefix = _table + "/" }, this);

    /// <summary>The name under which the virtual host of a request is asked for; null when it has no host.</summary>
    public static string? NameOf(string table, RouteTableConfig config, HeaderMap headers)
    {
        if (!headers.TryGet(KnownHeader.Authority, out var host) || host.IsEmpty)
        {
            return null;
        }

        var colon = config.IgnorePortInHostMatching ? host.LastIndexOf((byte)':') : -1;
        return $"{table}/{Encoding.UTF8.GetString(colon < 0 ? host : host[..colon]).ToLowerInvariant()}";
    }

    /// <summary>Asks for a virtual host by its full name.</summary>
    /// <param name="name">The name.</param>
    /// <param name="done">Called when the source has said what it has.</param>
    public void Request(string name, Action done)
    {
        if (_subscription is null || _waitingCount == MaxNames || (_names.Count == MaxNames && !_names.Contains(name)))
        {
            done();
            return;
        }

        _waitingCount++;
        if (_waiting.TryGetValue(name, out var waiting))
        {
            waiting.Add(done);
            return;
        }

        _waiting[name] = [done];
        _names.Add(name);
        _subscription.Ask(name);
    }

    public ValueTask<IReadOnlyList<ConfigFault>> UpdateAsync(ResourceUpdate update)
    {
        var next = update.IsComplete ? new(StringComparer.Ordinal) : new Dictionary<string, VirtualHostConfig>(_hosts, StringComparer.Ordinal);
        foreach (var name in update.Removed)
        {
            next.Remove(name);
        }

        foreach (var resource in update.Resources)
        {
            if (resource.Faults.Count > 0)
            {
                throw new ConfigException(resource.Faults);
            }

            if (resource.Config is VirtualHostConfig host)
            {
                next[host.Name] = host;
            }
        }

        _apply(next.Values.ToConfigList());
        _hosts = next;
        _reloads.Increment(ReloadStats.Reload);
        Tell(update.IsComplete ? [.. _waiting.Keys] : update.Resources.SelectMany(static resource => resource.Aliases.Append(resource.Name)).Concat(update.Removed));
        GiveUp();
        return new([]);
    }

    public void GiveUp()
    {
        IsAnswered = true;
        _ready();
    }

    /// <summary>Stops; requests that wait go on without.</summary>
    public void End()
    {
        _subscription?.Dispose();
        _scope.Remove();
        Tell([.. _waiting.Keys]);
    }

    private void Tell(IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            if (_waiting.Remove(name, out var waiting))
            {
                _waitingCount -= waiting.Count;
                waiting.ForEach(static done => done());
            }
        }
    }
}

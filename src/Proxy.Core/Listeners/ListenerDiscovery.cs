using Proxy.Configuration;
using Proxy.Configuration.Discovery;
using Proxy.Configuration.Listeners;
using Proxy.Hosting;
using Proxy.Resources;
using Proxy.Resources.Status;
using Proxy.Stats;
using Proxy.Workers;

namespace Proxy.Listeners;

/// <summary>Keeps the listeners in step with a source of listeners (Envoy LDS). On main.</summary>
internal sealed partial class ListenerDiscovery : IResourceWatcher
{
    private const string Prefix = "listener_manager.lds.";

    private readonly ListenerManager _listeners;
    private readonly ResourceHub _resources;
    private readonly FilterFactoryContext _context;
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly Worker _main;
    private Action? _ready;

    private ListenerDiscovery(ListenerManager listeners, ResourceHub resources, FilterFactoryContext context, Action ready)
    {
        _listeners = listeners;
        _resources = resources;
        _context = context;
        _main = context.Main;
        _ready = ready;
    }

    /// <summary>Version of the latest answer that changed something; empty when none did.</summary>
    public string Version { get; private set; } = "";

    /// <summary>What of the latest answer was refused, by name.</summary>
    public IReadOnlyDictionary<string, RefusedUpdate> Refused { get; private set; } = RefusedResources.None;

    /// <summary>Begins to watch; <paramref name="ready"/> is called once, after the first answer or when there is none.</summary>
    public static ListenerDiscovery Start(
        ListenerManager listeners, ResourceHub resources, ConfigSourceConfig source, FilterFactoryContext context, StatsStore stats, Action ready)
    {
        var discovery = new ListenerDiscovery(listeners, resources, context, ready);
        var counters = SubscriptionCounters.Create(stats, stats.CreateScope(), Prefix, context.Main);
        resources.Subscribe(new ResourceRequest(source, ResourceKind.Listener, [], counters), discovery);
        return discovery;
    }

    public async ValueTask<IReadOnlyList<ConfigFault>> UpdateAsync(ResourceUpdate update)
    {
        var refused = new RefusedResources();
        bool changed;
        using (_resources.Pause(ResourceKind.Routes))
        {
            changed = await (update.IsWhole ? TakeWholeAsync(update, refused) : TakeEachAsync(update, refused));
        }

        Version = changed ? update.Version : Version;
        Refused = refused.ByName;
        MarkReady();
        return refused.Faults;
    }

    public void GiveUp() => MarkReady();

    private async Task<bool> TakeEachAsync(ResourceUpdate update, RefusedResources refused)
    {
        var changed = await DropAsync(GoneFrom(update));
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var resource in update.Resources)
        {
            try
            {
                changed |= await TakeAsync(resource, seen);
            }
            catch (ConfigException exception)
            {
                refused.Add(resource, exception, _main.UtcNow);
            }
        }

        return changed;
    }

    private async ValueTask<bool> TakeAsync(Resource resource, HashSet<string> seen)
    {
        if (!seen.Add(resource.Name))
        {
            throw new ConfigException("", "another listener has this name");
        }

        if (resource.Faults.Count > 0)
        {
            throw new ConfigException(resource.Faults);
        }

        if (resource.Config is not ListenerConfig config)
        {
            return false; // the last one still holds
        }

        _known.Add(resource.Name);
        return await _listeners.AddOrUpdateAsync(config, _context, new DynamicOrigin(resource.Version, _main.UtcNow, resource.Message));
    }

    // A listener that is named but cannot be built is still named: its last good state goes on.
    private string[] GoneFrom(ResourceUpdate update) => update.IsComplete
        ? [.. _known.Except(update.Resources.Select(static resource => resource.Name))]
        : [.. update.Removed.Where(_known.Contains)];

    private async ValueTask<bool> DropAsync(IEnumerable<string> gone)
    {
        var changed = false;
        foreach (var name in gone)
        {
            _known.Remove(name);
            changed |= await _listeners.RemoveAsync(name);
        }

        return changed;
    }

    private void MarkReady()
    {
        var ready = _ready;
        _ready = null;
        ready?.Invoke();
    }
}

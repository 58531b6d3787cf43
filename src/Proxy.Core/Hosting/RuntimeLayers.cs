using Proxy.Configuration;
using Proxy.Resources;
using Proxy.Stats;
using Proxy.Workers;

namespace Proxy.Hosting;

/// <summary>The layers of runtime values and what they come to; some change while the proxy runs. On main.</summary>
/// <param name="main">Where it lives.</param>
/// <param name="store">What is counted.</param>
/// <param name="snapshot">What the layers come to.</param>
/// <param name="folders">Reads values from folders; null where there is nobody who knows files.</param>
/// <param name="changed">Called after a change.</param>
internal sealed class RuntimeLayers(Worker main, StatsStore store, RuntimeSnapshot snapshot, IRuntimeFolders? folders, Action changed)
{
    private const string Prefix = "runtime.";

    private readonly StatShard _stats = store.CreateGroup(RuntimeStats.Schema, Prefix).Shard(main);
    private readonly Dictionary<RuntimeLayer, IDisposable> _watches = [];
    private List<RuntimeLayer> _layers = [];
    private ConfigList<RuntimeValue> _base = [];
    private string _cluster = "";

    /// <summary>What the layers come to; always the same object.</summary>
    public RuntimeSnapshot Snapshot => snapshot;

    /// <summary>The layers and their values, in order.</summary>
    public IReadOnlyList<(string Name, IReadOnlyDictionary<string, string> Values)> Shown => _layers.Count > 0
        ? [.. _layers.Where(static layer => layer.Exists).Select(static layer => (layer.Config.Name, (IReadOnlyDictionary<string, string>)layer.Values))]
        : _base.Count > 0 ? [("static", Snapshot.Values)] : [];

    /// <summary>What a configuration alone says.</summary>
    public static IEnumerable<RuntimeValue> StaticValues(ProxyConfig config) =>
        config.Runtime.Concat(config.RuntimeLayers.OfType<StaticRuntimeLayerConfig>().SelectMany(static layer => layer.Values));

    /// <summary>Checks that what the layers of a configuration come from is there to be watched.</summary>
    public void Check(ProxyConfig config, FaultList faults)
    {
        for (var i = 0; i < config.RuntimeLayers.Count; i++)
        {
            if (config.RuntimeLayers[i] is DiskRuntimeLayerConfig layer)
            {
                faults.Collect($"layered_runtime.layers[{i}].disk_layer.symlink_root", () => Folders.Watch(layer.Root, static () => { }).Dispose());
            }
        }
    }

    /// <summary>Takes the layers of a configuration; what operators set and what came from elsewhere stays in layers that are still there.</summary>
    /// <exception cref="ConfigException">A folder cannot be watched.</exception>
    public void Load(ProxyConfig config)
    {
        var former = _layers.ToDictionary(static layer => layer.Config);
        _base = config.Runtime;
        _cluster = config.Node.Cluster;
        _layers = [.. config.RuntimeLayers.Select(layer => former.GetValueOrDefault(layer) ?? new RuntimeLayer(layer))];
        foreach (var gone in _watches.Keys.Except(_layers).ToArray())
        {
            _watches.Remove(gone, out var watch);
            watch!.Dispose();
        }

        ReadFolders();
        Rebuild();
    }

    /// <summary>Begins to watch what comes from elsewhere; <paramref name="ready"/> is called when all of it has come once, or is not to come.</summary>
    public void Watch(ResourceHub resources, Action ready)
    {
        var scope = new ResourceScope();
        foreach (var layer in _layers)
        {
            if (layer.Config is DiscoveredRuntimeLayerConfig config)
            {
                var counters = SubscriptionCounters.Create(store, store.CreateScope(), Prefix, main);
                var watch = new RuntimeWatch(config.Resource, values => Set(layer, values), scope.Await($"RTDS {config.Resource}"));
                scope.Own(resources.Subscribe(new ResourceRequest(config.Source, ResourceKind.Runtime, [config.Resource], counters), watch));
            }
        }

        scope.WhenReady(ready);
    }

    /// <summary>Sets values of the admin layer; an empty one takes the key's away.</summary>
    /// <returns>False when there is no such layer.</returns>
    public bool Modify(IEnumerable<KeyValuePair<string, string>> values)
    {
        if (_layers.FindLast(static layer => layer.Config is AdminRuntimeLayerConfig) is not { } admin)
        {
            return false;
        }

        foreach (var (key, value) in values)
        {
            if (value.Length == 0)
            {
                admin.Values.Remove(key);
            }
            else
            {
                admin.Values[key] = value;
            }
        }

        _stats.Set(RuntimeStats.AdminOverrides, admin.Values.Count);
        Rebuild();
        return true;
    }

    /// <summary>Watches no folder any more.</summary>
    public void Close()
    {
        foreach (var watch in _watches.Values)
        {
            watch.Dispose();
        }

        _watches.Clear();
    }

    private IRuntimeFolders Folders => folders ?? throw new ConfigException("", "runtime values in folders need a bootstrap (AddBootstrap)");

    private void Set(RuntimeLayer layer, IEnumerable<RuntimeValue> values)
    {
        layer.Set(values);
        Rebuild();
    }

    // Layers below one link change together.
    private void ReadFolders()
    {
        foreach (var layer in _layers)
        {
            if (layer.Config is DiskRuntimeLayerConfig config)
            {
                if (!_watches.ContainsKey(layer))
                {
                    _watches.Add(layer, Folders.Watch(config.Root, () => main.Post(() => OnMoved(layer))));
                }

                layer.Read(Folders, config.PathFor(_cluster));
            }
        }
    }

    private void OnMoved(RuntimeLayer layer)
    {
        if (_watches.ContainsKey(layer))
        {
            ReadFolders();
            Rebuild();
        }
    }

    private void Rebuild()
    {
        var layered = _layers.SelectMany(static layer => layer.Values.Select(static entry => new RuntimeValue(entry.Key, entry.Value)));
        Snapshot.Replace(_base.Concat(layered));
        Count();
        changed();
    }

    // As in Envoy, a folder overrides when it is the second one.
    private void Count()
    {
        _stats.Increment(_layers.Exists(static layer => layer.IsBroken) ? RuntimeStats.Failed : RuntimeStats.Loaded);
        var folderCount = _layers.Count(static layer => layer.Exists && layer.Config is DiskRuntimeLayerConfig);
        _stats.Increment(folderCount > 1 ? RuntimeStats.OverrideExists : RuntimeStats.OverrideMissing);
        _stats.Set(RuntimeStats.Layers, _layers.Count(static layer => layer.Exists));
        _stats.Set(RuntimeStats.Keys, Snapshot.Values.Count);
    }
}

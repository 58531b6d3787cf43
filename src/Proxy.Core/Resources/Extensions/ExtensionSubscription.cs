using Proxy.Configuration;
using Proxy.Stats;
using Proxy.Workers;

namespace Proxy.Resources.Extensions;

/// <summary>The configuration of one filter that is watched, and the chains that have it. It is taken when all of them can use it. On main.</summary>
internal sealed class ExtensionSubscription : IResourceWatcher
{
    private readonly List<IExtensionUse> _uses = [];
    private readonly Worker _main;
    private readonly StatsStore _store;
    private readonly StatScope _scope;
    private readonly StatShard _stats;
    private IResourceSubscription? _subscription;

    public ExtensionSubscription(ExtensionKey key, Worker main, StatsStore store)
    {
        Key = key;
        _main = main;
        _store = store;
        _scope = store.CreateScope();
        _stats = _scope.CreateGroup(ExtensionStats.Schema, key.StatPrefix).Shard(main);
    }

    public ExtensionKey Key { get; }

    /// <summary>The configuration in use; null while there is none.</summary>
    public ExtensionConfig? Config { get; private set; }

    /// <summary>Where it came from; null while there is none.</summary>
    public DynamicOrigin? Origin { get; private set; }

    /// <summary>There was an answer, or there is none to come.</summary>
    public bool IsAnswered { get; private set; }

    /// <summary>Adds a chain; what is known it uses at once.</summary>
    /// <exception cref="ConfigException">The chain cannot use it.</exception>
    public void Add(IExtensionUse use, bool startsWithDefault)
    {
        if (Config is { } config)
        {
            use.Prepare(config)();
        }
        else if (IsAnswered || startsWithDefault)
        {
            use.UseDefault();
            use.MarkReady();
        }

        _uses.Add(use);
    }

    /// <summary>Begins to watch, the first time.</summary>
    /// <exception cref="ConfigException">The source cannot be used.</exception>
    public void Start(ResourceHub resources)
    {
        var counters = _subscription is null ? SubscriptionCounters.Create(_store, _scope, Key.StatPrefix, _main) : null;
        _subscription ??= resources.Subscribe(new ResourceRequest(Key.Source, ResourceKind.Extension, [Key.Name], counters!), this);
    }

    /// <summary>A chain has gone; true when it was the last one, which ends the watch.</summary>
    public bool Remove(IExtensionUse use)
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
        if (update.Removed.Count > 0)
        {
            Drop();
        }
        else if (update.Resources.Count == 1)
        {
            Take(update.Resources[0]);
        }
        else
        {
            throw new ConfigException("", $"{update.Resources.Count} configurations instead of one");
        }

        MarkReady();
        return new([]);
    }

    public void GiveUp()
    {
        _stats.Increment(ExtensionStats.Fail);
        if (Config is null)
        {
            UseDefaults();
        }

        MarkReady();
    }

    private void Drop()
    {
        if (Config is not null)
        {
            (Config, Origin) = (null, null);
            _stats.Increment(ExtensionStats.Reload);
            UseDefaults();
        }
    }

    private void Take(Resource resource)
    {
        if (resource.Name != Key.Name)
        {
            throw new ConfigException("name", $"{resource.Name} instead of {Key.Name}");
        }

        if (resource.Faults.Count > 0)
        {
            throw new ConfigException(resource.Faults);
        }

        if (resource.Config is not ExtensionConfig config || config == Config)
        {
            return;
        }

        var prepared = _uses.ConvertAll(use => use.Prepare(config));
        (Config, Origin) = (config, new DynamicOrigin(resource.Version, _main.UtcNow, resource.Message));
        prepared.ForEach(static apply => apply());
        _stats.Increment(ExtensionStats.Reload);
    }

    private void MarkReady()
    {
        IsAnswered = true;
        foreach (var use in _uses.ToArray())
        {
            use.MarkReady();
        }
    }

    // What becomes ready may let other chains go.
    private void UseDefaults()
    {
        foreach (var use in _uses.ToArray())
        {
            use.UseDefault();
        }
    }
}

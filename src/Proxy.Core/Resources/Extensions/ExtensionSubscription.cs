using Proxy.Configuration;
using Proxy.Resources.Sharing;
using Proxy.Stats;
using Proxy.Workers;

namespace Proxy.Resources.Extensions;

/// <summary>The configuration of one filter that is watched, and the chains that have it. On main.</summary>
internal sealed class ExtensionSubscription : SharedResource<IExtensionUse>
{
    private readonly StatShard _stats;

    public ExtensionSubscription(ExtensionKey key, Worker main, StatsStore store)
        : base(main, store, key.StatPrefix)
    {
        Key = key;
        _stats = Count(ExtensionStats.Schema);
    }

    public ExtensionKey Key { get; }

    /// <summary>The configuration in use; null while there is none.</summary>
    public ExtensionConfig? Config { get; private set; }

    /// <summary>Where it came from; null while there is none.</summary>
    public DynamicOrigin? Origin { get; private set; }

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

        Uses.Add(use);
    }

    /// <summary>Begins to watch, the first time.</summary>
    /// <exception cref="ConfigException">The source cannot be used.</exception>
    public void Start(ResourceHub resources) => Watch(resources, Key.Source, ResourceKind.Extension, Key.Name);

    public override ValueTask<IReadOnlyList<ConfigFault>> UpdateAsync(ResourceUpdate update)
    {
        if (update.Removed.Count > 0)
        {
            Drop();
        }
        else
        {
            Take(Only(update, Key.Name));
        }

        MarkReady();
        return new([]);
    }

    public override void GiveUp()
    {
        _stats.Increment(ExtensionStats.Fail);
        if (Config is null)
        {
            UseDefaults();
        }

        MarkReady();
    }

    protected override void OnReady(IExtensionUse use) => use.MarkReady();

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
        if (resource.Config is not ExtensionConfig config || config == Config)
        {
            return;
        }

        var prepared = Uses.ConvertAll(use => use.Prepare(config));
        (Config, Origin) = (config, new DynamicOrigin(resource.Version, Main.UtcNow, resource.Message));
        prepared.ForEach(static apply => apply());
        _stats.Increment(ExtensionStats.Reload);
    }

    // What becomes ready may let other chains go.
    private void UseDefaults()
    {
        foreach (var use in Uses.ToArray())
        {
            use.UseDefault();
        }
    }
}

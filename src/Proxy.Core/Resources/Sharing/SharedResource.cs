using Proxy.Configuration;
using Proxy.Configuration.Discovery;
using Proxy.Stats;
using Proxy.Workers;

namespace Proxy.Resources.Sharing;

/// <summary>A resource, or a set of them, that is watched once for all who use it; what comes is taken when all of them can use it. On main.</summary>
/// <typeparam name="TUse">One who uses it.</typeparam>
/// <param name="main">The main dispatcher.</param>
/// <param name="store">Where it counts.</param>
/// <param name="prefix">What stands before the names of its stats.</param>
internal abstract class SharedResource<TUse>(Worker main, StatsStore store, string prefix) : IResourceWatcher
{
    private readonly StatScope _scope = store.CreateScope();
    private IResourceSubscription? _subscription;

    protected Worker Main => main;

    /// <summary>Who uses it.</summary>
    protected List<TUse> Uses { get; } = [];

    /// <summary>There was an answer, or there is none to come.</summary>
    protected bool IsAnswered { get; private set; }

    /// <summary>A user has gone.</summary>
    /// <returns>True when it was the last one, which ends the watch.</returns>
    public bool Remove(TUse use) => RemoveAll(other => Equals(other, use));

    public abstract ValueTask<IReadOnlyList<ConfigFault>> UpdateAsync(ResourceUpdate update);

    public virtual void GiveUp() => MarkReady();

    /// <summary>The one resource of an answer.</summary>
    /// <exception cref="ConfigException">It is another one, there are more, or it cannot be used.</exception>
    protected static Resource Only(ResourceUpdate update, string name)
    {
        if (update.Resources.Count != 1)
        {
            throw new ConfigException("", $"{update.Resources.Count} resources instead of {name} alone");
        }

        var resource = update.Resources[0];
        if (resource.Name != name)
        {
            throw new ConfigException("name", $"{resource.Name} instead of {name}");
        }

        return resource.Faults.Count == 0 ? resource : throw new ConfigException(resource.Faults);
    }

    /// <summary>Users have gone.</summary>
    /// <returns>True when nobody is left, which ends the watch.</returns>
    protected bool RemoveAll(Predicate<TUse> isGone)
    {
        Uses.RemoveAll(isGone);
        if (Uses.Count > 0)
        {
            return false;
        }

        _subscription?.Dispose();
        OnEnd();
        _scope.Remove();
        return true;
    }

    /// <summary>Begins to watch, the first time.</summary>
    /// <param name="resources">The sources.</param>
    /// <param name="source">Which of them.</param>
    /// <param name="kind">What is watched.</param>
    /// <param name="names">By which names; none for all there is.</param>
    /// <exception cref="ConfigException">The source cannot be used.</exception>
    protected void Watch(ResourceHub resources, ConfigSourceConfig source, ResourceKind kind, params IReadOnlyList<string> names) => _subscription ??=
        resources.Subscribe(new ResourceRequest(source, kind, names, SubscriptionCounters.Create(store, _scope, prefix, main)), this);

    /// <summary>The part of this thread of counters that end with the watch.</summary>
    protected StatShard Count(StatSchema schema) => _scope.CreateGroup(schema, prefix).Shard(main);

    /// <summary>Nobody waits any more for a first answer.</summary>
    protected void MarkReady()
    {
        IsAnswered = true;
        TellReady();
    }

    /// <summary>Tells everybody that there is an answer, or none to come: what becomes ready may let others go.</summary>
    protected virtual void TellReady()
    {
        foreach (var use in Uses.ToArray())
        {
            OnReady(use);
        }
    }

    /// <summary>One of the users need not wait any more.</summary>
    protected abstract void OnReady(TUse use);

    /// <summary>The last user has gone.</summary>
    protected virtual void OnEnd()
    {
    }
}

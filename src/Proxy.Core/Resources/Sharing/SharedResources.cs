namespace Proxy.Resources.Sharing;

/// <summary>What is watched for several users at once, by what tells one from another. On main.</summary>
/// <typeparam name="TKey">What tells one from another.</typeparam>
/// <typeparam name="TResource">What is watched.</typeparam>
/// <typeparam name="TUse">One who uses it.</typeparam>
internal sealed class SharedResources<TKey, TResource, TUse>
    where TKey : notnull
    where TResource : SharedResource<TUse>
{
    private readonly Dictionary<TKey, TResource> _resources = [];

    /// <summary>All that is watched.</summary>
    public IEnumerable<TResource> All => _resources.Values;

    /// <summary>The one with that key; made when nobody has it yet.</summary>
    public TResource Get(TKey key, Func<TKey, TResource> create)
    {
        if (!_resources.TryGetValue(key, out var resource))
        {
            resource = create(key);
            _resources.Add(key, resource);
        }

        return resource;
    }

    /// <summary>Ends a use when it is disposed; what nobody uses any more is forgotten.</summary>
    public IDisposable Hold(TKey key, TUse use) => new Held(this, key, use);

    private sealed class Held(SharedResources<TKey, TResource, TUse> owner, TKey key, TUse use) : IDisposable
    {
        public void Dispose()
        {
            if (owner._resources[key].Remove(use))
            {
                owner._resources.Remove(key);
            }
        }
    }
}

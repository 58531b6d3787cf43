using Proxy.Configuration;
using Proxy.Discovery.Xds.Names;
using Proxy.Resources;

namespace Proxy.Discovery.Xds.Grpc;

/// <summary>What one stream knows of one kind of resources: who watches what. On main.</summary>
/// <remarks>Tens of thousands may watch one name each: an answer costs what is in it, not what is watched.</remarks>
internal sealed class WatchedType(ResourceType type)
{
    private readonly List<Subscription> _subscriptions = [];
    private readonly List<Subscription> _broad = []; // those who watch everything, or all of a prefix
    private readonly Dictionary<string, List<Subscription>> _byName = new(StringComparer.Ordinal);

    public ResourceType Type { get; } = type;

    /// <summary>Who watches.</summary>
    public IReadOnlyList<Subscription> Subscriptions => _subscriptions;

    /// <summary>A request was held back and is to go out when the kind is not paused any more.</summary>
    public bool IsPending { get; set; }

    /// <summary>The latest version that was taken; empty for none.</summary>
    public string Version { get; set; } = "";

    /// <summary>Nonce of the latest answer of this stream; empty for none.</summary>
    public string Nonce { get; set; } = "";

    /// <summary>What the next request refuses; null for nothing.</summary>
    public string? Error { get; set; }

    /// <summary>Names that are watched, each once; none when everything is, and <c>*</c> among them when that and more.</summary>
    public IReadOnlyCollection<string> Names => _byName.Count > 0 && Type.IsWildcard && _broad.Exists(static subscription => subscription.IsWildcard)
        ? [.. _byName.Keys, "*"]
        : _byName.Keys;

    /// <summary>Names that somebody has begun to watch, or nobody watches any more, since this was emptied.</summary>
    public HashSet<string> Touched { get; } = new(StringComparer.Ordinal);

    /// <summary>Somebody watches that name.</summary>
    public bool IsWatched(string name) => _byName.ContainsKey(name);

    /// <summary>A resource of that name is for somebody.</summary>
    public bool IsWanted(string name) =>
        IsWatched(XdsName.Canonical(name)) || _broad.Exists(subscription => subscription.Wants(name)) || OfCollection(name).Count > 0;

    public void Add(Subscription subscription)
    {
        _subscriptions.Add(subscription);
        Index(subscription);
    }

    public void Remove(Subscription subscription)
    {
        _subscriptions.Remove(subscription);
        Unindex(subscription);
    }

    /// <summary>Changes what somebody watches.</summary>
    public void Change(Subscription subscription, Action<Subscription> change)
    {
        Unindex(subscription);
        change(subscription);
        Index(subscription);
    }

    /// <summary>
    /// What of an answer is for whom. Who watches names hears nothing of an answer that has none of them: it may come in several. Of resources with the same
    /// name it gets the first, as in Envoy; who watches everything gets all and has to judge.
    /// </summary>
    public List<WatchedPart> Split(List<Resource> resources, IReadOnlyCollection<string> removed)
    {
        var parts = new List<WatchedPart>();
        foreach (var subscription in _broad)
        {
            var part = new WatchedPart(subscription);
            part.Resources.AddRange(resources.Where(resource => subscription.Wants(resource.Name)));
            part.Removed.AddRange(removed.Where(subscription.Wants));
            if (subscription.IsWildcard || !part.IsEmpty)
            {
                parts.Add(part);
            }
        }

        var known = new Dictionary<Subscription, WatchedPart>();
        foreach (var resource in resources.DistinctBy(static resource => XdsName.Canonical(resource.Name)))
        {
            ForEach(resource.Name, (part, name) => part.Resources.Add(name == resource.Name ? resource : resource with { Name = name }));
        }

        foreach (var name in removed)
        {
            ForEach(name, static (part, name) => part.Removed.Add(name));
        }

        return parts;

        void ForEach(string name, Action<WatchedPart, string> add)
        {
            var key = XdsName.Canonical(name);
            var named = _byName.GetValueOrDefault(key);
            foreach (var subscription in named ?? OfCollection(name))
            {
                if (subscription.Request.Prefix is not null)
                {
                    continue; // among the broad ones
                }

                if (!known.TryGetValue(subscription, out var part))
                {
                    known[subscription] = part = new WatchedPart(subscription);
                    parts.Add(part);
                }

                add(part, named is null ? name : subscription.SpellingOf(key));
            }
        }
    }

    /// <summary>Joins faults to what a control plane is told.</summary>
    public static string Describe(IReadOnlyList<ConfigFault> faults) => string.Join("\n", faults);

    // As in Envoy, a collection has what nobody watches by its own name.
    private List<Subscription> OfCollection(string name) => XdsName.GlobOf(name) is { } glob ? _byName.GetValueOrDefault(glob) ?? [] : [];

    private void Index(Subscription subscription)
    {
        if (subscription.Names.Count == 0 || subscription.Request.Prefix is not null)
        {
            _broad.Add(subscription);
        }

        foreach (var name in subscription.Names)
        {
            if (!_byName.TryGetValue(name, out var watching))
            {
                _byName[name] = watching = [];
                Touched.Add(name);
            }

            watching.Add(subscription);
        }
    }

    private void Unindex(Subscription subscription)
    {
        _broad.Remove(subscription);
        foreach (var name in subscription.Names)
        {
            if (_byName.TryGetValue(name, out var watching) && watching.Remove(subscription) && watching.Count == 0)
            {
                _byName.Remove(name);
                Touched.Add(name);
            }
        }
    }
}

/// <summary>What of an answer is for one watch.</summary>
internal sealed class WatchedPart(Subscription subscription)
{
    public Subscription Subscription => subscription;

    public List<Resource> Resources { get; } = [];

    /// <summary>Names of what is gone.</summary>
    public List<string> Removed { get; } = [];

    public bool IsEmpty => Resources.Count == 0 && Removed.Count == 0;
}

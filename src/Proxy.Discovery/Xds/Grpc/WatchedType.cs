using Proxy.Configuration;
using Proxy.Resources;

namespace Proxy.Discovery.Xds.Grpc;

/// <summary>What one stream knows of one kind of resources. On main.</summary>
internal sealed class WatchedType(ResourceType type)
{
    private readonly List<Subscription> _subscriptions = [];

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
    public IReadOnlyCollection<string> Names
    {
        get
        {
            var names = new HashSet<string>(StringComparer.Ordinal);
            foreach (var subscription in _subscriptions)
            {
                names.UnionWith(subscription.Names);
            }

            if (names.Count > 0 && Type.IsWildcard && _subscriptions.Exists(static subscription => subscription.IsWildcard))
            {
                names.Add("*");
            }

            return names;
        }
    }

    public void Add(Subscription subscription) => _subscriptions.Add(subscription);

    public void Remove(Subscription subscription) => _subscriptions.Remove(subscription);

    /// <summary>Joins faults to what a control plane is told.</summary>
    public static string Describe(IReadOnlyList<ConfigFault> faults) => string.Join("\n", faults);

    /// <summary>What of an answer is for a subscription: all, or what it names.</summary>
    public static IReadOnlyList<Resource> PartOf(IReadOnlyList<Resource> resources, Subscription subscription) =>
        subscription.IsWildcard ? resources : [.. resources.Where(resource => subscription.Wants(resource.Name))];
}

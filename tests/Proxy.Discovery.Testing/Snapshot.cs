using Proxy.Discovery.Xds.Names;

namespace Proxy.Discovery.Testing;

/// <summary>What there is of one type. Immutable.</summary>
/// <param name="Version">Its version.</param>
/// <param name="Resources">The resources by name.</param>
internal sealed record Snapshot(string Version, IReadOnlyDictionary<string, TestResource> Resources)
{
    /// <summary>What a request for these names gets; none means all, and that of a collection what is in its folder.</summary>
    public IEnumerable<TestResource> Of(IReadOnlyCollection<string> names) => names.Count == 0 || names.Contains("*")
        ? Resources.Values
        : Resources.Values.Where(resource => names.Contains(XdsName.Canonical(resource.Name)) || (XdsName.GlobOf(resource.Name) is { } glob && names.Contains(glob)));
}

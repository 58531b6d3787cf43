using Proxy.Configuration.Clusters;

namespace Proxy.Clusters.Dns;

/// <summary>Turns names into addresses.</summary>
/// <remarks>Asked on main; the answer may come on any thread, what is done with it happens on main.</remarks>
public interface IDnsResolver
{
    /// <summary>Addresses of <paramref name="name"/> in the families wanted, most wanted first. Failures are answers, not exceptions; it comes to an end by itself.</summary>
    ValueTask<DnsAnswer> ResolveAsync(string name, DnsLookupFamily family);
}

using Microsoft.Extensions.DependencyInjection.Extensions;
using Proxy.Clusters.Dns;
using Proxy.Discovery.Dns;
using Proxy.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Chooses how names of clusters are resolved.</summary>
public static class DnsResolverExtensions
{
    /// <summary>Asks DNS servers itself (<see cref="DnsResolver"/>) instead of the operating system, which tells no TTL: <c>respect_dns_ttl</c> needs it.</summary>
    public static IProxyBuilder AddDnsResolver(this IProxyBuilder proxy)
    {
        ArgumentNullException.ThrowIfNull(proxy);
        proxy.Services.Replace(ServiceDescriptor.Singleton<IDnsResolver>(static _ => new DnsResolver()));
        return proxy;
    }
}

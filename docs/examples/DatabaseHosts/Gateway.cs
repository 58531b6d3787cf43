using System.Net;
using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Configuration.Discovery;
using Proxy.Configuration.Filters;
using Proxy.Configuration.Http;
using Proxy.Configuration.Listeners;
using Proxy.Hosting;

namespace DatabaseHosts;

/// <summary>Everything that comes goes to the service <c>shop</c>, whose hosts are in the database.</summary>
public static class Gateway
{
    public static void Configure(ProxyOptions proxy, IPEndPoint listen)
    {
        ArgumentNullException.ThrowIfNull(proxy);
        ArgumentNullException.ThrowIfNull(listen);
        proxy.Clusters.Add(new ClusterConfig
        {
            Name = "shop",
            Type = ClusterType.Eds,
            EndpointDiscovery = new EndpointDiscoveryConfig(new CustomSourceConfig("database")),
        });
        proxy.Listeners.Add(new ListenerConfig
        {
            Name = "ingress",
            Addresses = [AddressConfig.Of(listen.Address, listen.Port)],
            FilterChains = [new FilterChainConfig { Filters = [new FilterConfig("http", ConnectionManager())] }],
        });
    }

    private static HttpConnectionManagerConfig ConnectionManager() => new()
    {
        StatPrefix = "ingress",
        Routes = new RouteTableConfig
        {
            VirtualHosts =
            [
                new VirtualHostConfig
                {
                    Name = "everything",
                    Domains = ["*"],
                    Routes = [new RouteConfig { Match = new RouteMatchConfig(PathMatchKind.Prefix, "/"), Action = new ForwardActionConfig { Cluster = "shop" } }],
                },
            ],
        },
        Filters = [new FilterConfig("router", new RouterConfig())],
    };
}

using System.Net;
using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Configuration.Filters;
using Proxy.Configuration.Http;
using Proxy.Configuration.Listeners;
using Proxy.Hosting;

namespace EmbeddedService;

/// <summary>The proxy's configuration, in code: what a test runs is what the service runs.</summary>
public static class Gateway
{
    public static void Configure(ProxyOptions proxy, IPEndPoint listen, IPEndPoint service)
    {
        proxy.Clusters.Add(new ClusterConfig
        {
            Name = "service",
            ConnectTimeout = TimeSpan.FromSeconds(1),
            Endpoints = [new LocalityEndpointsConfig { Endpoints = [new EndpointConfig(AddressConfig.Of(service.Address, service.Port))] }],
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
        UseRemoteAddress = true,
        Routes = new RouteTableConfig { VirtualHosts = [Everything()] },
        Filters =
        [
            new FilterConfig("api_key", new ApiKeyConfig([new ApiKey("secret-1", "ada"), new ApiKey("secret-2", "grace")])),
            new FilterConfig("router", new RouterConfig()),
        ],
    };

    private static VirtualHostConfig Everything() => new()
    {
        Name = "everything",
        Domains = ["*"],
        Routes =
        [
            new RouteConfig
            {
                Match = new RouteMatchConfig(PathMatchKind.Prefix, "/"),
                Action = new ForwardActionConfig { Cluster = "service", Timeout = TimeSpan.FromSeconds(15) },
            },
        ],
    };
}

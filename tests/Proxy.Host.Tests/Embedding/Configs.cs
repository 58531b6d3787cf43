using Proxy.Configuration;
using Proxy.Configuration.Filters;
using Proxy.Configuration.Http;
using Proxy.Configuration.Listeners;

namespace Proxy.Host.Tests.Embedding;

/// <summary>Small configurations in code.</summary>
internal static class Configs
{
    /// <summary>A listener on a free port that answers everything with <paramref name="text"/>, behind <paramref name="filters"/>.</summary>
    public static ListenerConfig Answering(string text, params FilterConfig[] filters)
    {
        return Http(new DirectResponseActionConfig(200, text), filters);
    }

    /// <summary>A listener on a free port that does one thing with every request.</summary>
    public static ListenerConfig Http(RouteActionConfig action, params FilterConfig[] filters)
    {
        var route = new RouteConfig { Match = new RouteMatchConfig(PathMatchKind.Prefix, "/"), Action = action };
        return new ListenerConfig
        {
            Name = "main",
            Addresses = [AddressConfig.Loopback(0)],
            FilterChains =
            [
                new FilterChainConfig
                {
                    Filters =
                    [
                        new FilterConfig("http", new HttpConnectionManagerConfig
                        {
                            StatPrefix = "main",
                            Routes = new RouteTableConfig { VirtualHosts = [new VirtualHostConfig { Name = "all", Domains = ["*"], Routes = [route] }] },
                            Filters = [.. filters, new FilterConfig("router", new RouterConfig())],
                        }),
                    ],
                },
            ],
        };
    }
}

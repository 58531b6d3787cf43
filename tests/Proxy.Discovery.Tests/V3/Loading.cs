using System.Text;
using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Configuration.Filters;
using Proxy.Configuration.Http;
using Proxy.Configuration.Listeners;
using Proxy.Discovery.Bootstrap;

namespace Proxy.Discovery.Tests.V3;

/// <summary>Loads bootstraps from texts.</summary>
internal static class Loading
{
    private const string Hcm = "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";
    private const string Router = "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router";

    public static BootstrapResult Load(string yaml, string? inline = null, bool allowUnsupported = false) =>
        BootstrapLoader.Load("envoy.yaml", inline, new BootstrapOptions
        {
            AllowUnsupported = allowUnsupported,
            ReadFile = name => name == "envoy.yaml" ? Encoding.UTF8.GetBytes(yaml) : throw new FileNotFoundException($"no {name}"),
            ReadVariable = name => name == "GREETING" ? "hello" : null,
        });

    public static ProxyConfig Config(string yaml)
    {
        var result = Load(yaml);
        result.Faults.Select(f => f.ToString()).Should().BeEmpty();
        return result.Config!;
    }

    public static IEnumerable<string> Faults(string yaml) => Load(yaml).Faults.Select(f => f.ToString());

    /// <summary>A cluster named <c>u</c> with more settings, one a line.</summary>
    public static string ClusterText(string settings) => $"static_resources:\n  clusters:\n  - name: u\n{Indent(settings, 4)}";

    public static ClusterConfig Cluster(string settings) => Config(ClusterText(settings)).Clusters[0];

    /// <summary>A listener with one chain of echo and more settings.</summary>
    public static string ListenerText(string settings) =>
        "static_resources:\n  listeners:\n  - name: l\n    address: {socket_address: {address: 127.0.0.1, port_value: 80}}\n" + Indent(settings, 4);

    public static ListenerConfig Listener(string settings) => Config(ListenerText(settings)).Listeners[0];

    /// <summary>A connection manager with a router, a cluster <c>u</c>, and more settings.</summary>
    public static string ManagerText(string settings) =>
        ListenerText(
            "filter_chains:\n- filters:\n  - name: hcm\n    typed_config:\n"
            + $"      \"@type\": {Hcm}\n      stat_prefix: s\n      http_filters:\n      - {{name: router, typed_config: {{\"@type\": {Router}}}}}\n"
            + Indent(settings, 6)) + "  clusters:\n  - name: u\n";

    public static HttpConnectionManagerConfig Manager(string settings) =>
        (HttpConnectionManagerConfig)Config(ManagerText(settings)).Listeners[0].FilterChains[0].Filters[0].Config;

    /// <summary>A connection manager whose table has one virtual host with these routes, one a line of YAML.</summary>
    public static string RoutesText(string routes) =>
        ManagerText("route_config:\n  virtual_hosts:\n  - name: v\n    domains: ['*']\n    routes:\n" + Indent(routes, 4));

    public static RouteConfig Route(string route) =>
        ((HttpConnectionManagerConfig)Config(RoutesText(route)).Listeners[0].FilterChains[0].Filters[0].Config).Routes.VirtualHosts[0].Routes[0];

    public static TcpProxyConfig TcpProxy(string settings) => (TcpProxyConfig)Config(ListenerText(
        "filter_chains:\n- filters:\n  - name: tcp\n    typed_config:\n"
        + "      \"@type\": type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy\n      stat_prefix: t\n"
        + Indent(settings, 6))).Listeners[0].FilterChains[0].Filters[0].Config;

    private static string Indent(string text, int by) =>
        string.Concat(text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => new string(' ', by) + l + "\n"));
}

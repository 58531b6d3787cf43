using Envoy.Admin.V3;
using Envoy.Config.Listener.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using ConnectionManager = Envoy.Extensions.Filters.Network.HttpConnectionManager.V3.HttpConnectionManager;

namespace Proxy.Discovery.V3.Dump;

/// <summary>Builds what <c>/config_dump</c> answers: the bootstrap, then its clusters, listeners and route tables.</summary>
internal static class ConfigDumpBuilder
{
    private const string Prefix = "type.googleapis.com/";
    private const string DumpType = "envoy.admin.v3.ConfigDump";
    private const string RouteTableType = "envoy.config.route.v3.RouteConfiguration";
    private const string ManagerType = "/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";

    /// <summary>The dump as JSON.</summary>
    /// <param name="bootstrap">The bootstrap as it was read.</param>
    /// <param name="loadedAt">When it was read.</param>
    public static string ToJson(Envoy.Config.Bootstrap.V3.Bootstrap bootstrap, DateTimeOffset loadedAt)
    {
        var at = Timestamp.FromDateTimeOffset(loadedAt);
        var dump = new ConfigDump
        {
            Configs =
            {
                Pack("envoy.admin.v3.BootstrapConfigDump", new BootstrapConfigDump { Bootstrap = bootstrap, LastUpdated = at }),
                Pack("envoy.admin.v3.ClustersConfigDump", Clusters(bootstrap, at)),
                Pack("envoy.admin.v3.ListenersConfigDump", Listeners(bootstrap, at)),
                Pack("envoy.admin.v3.RoutesConfigDump", Routes(bootstrap, at)),
            },
        };
        return MessageJson.ToJson(dump, DumpType);
    }

    private static ClustersConfigDump Clusters(Envoy.Config.Bootstrap.V3.Bootstrap bootstrap, Timestamp at)
    {
        var dump = new ClustersConfigDump();
        foreach (var cluster in bootstrap.StaticResources?.Clusters ?? [])
        {
            dump.StaticClusters.Add(new ClustersConfigDump.Types.StaticCluster
            {
                Cluster = Pack("envoy.config.cluster.v3.Cluster", cluster),
                LastUpdated = at,
            });
        }

        return dump;
    }

    private static ListenersConfigDump Listeners(Envoy.Config.Bootstrap.V3.Bootstrap bootstrap, Timestamp at)
    {
        var dump = new ListenersConfigDump();
        foreach (var listener in bootstrap.StaticResources?.Listeners ?? [])
        {
            dump.StaticListeners.Add(new ListenersConfigDump.Types.StaticListener
            {
                Listener = Pack("envoy.config.listener.v3.Listener", listener),
                LastUpdated = at,
            });
        }

        return dump;
    }

    private static RoutesConfigDump Routes(Envoy.Config.Bootstrap.V3.Bootstrap bootstrap, Timestamp at)
    {
        var dump = new RoutesConfigDump();
        foreach (var filter in (bootstrap.StaticResources?.Listeners ?? []).SelectMany(Chains).SelectMany(c => c.Filters))
        {
            if (filter.TypedConfig?.TypeUrl.EndsWith(ManagerType, StringComparison.Ordinal) == true
                && ConnectionManager.Parser.Read(filter.TypedConfig.Value).RouteConfig is { } table)
            {
                dump.StaticRouteConfigs.Add(new RoutesConfigDump.Types.StaticRouteConfig { RouteConfig = Pack(RouteTableType, table), LastUpdated = at });
            }
        }

        return dump;
    }

    private static IEnumerable<FilterChain> Chains(Listener listener) =>
        listener.DefaultFilterChain is null ? listener.FilterChains : listener.FilterChains.Append(listener.DefaultFilterChain);

    private static Any Pack(string type, IMessage message) => new() { TypeUrl = Prefix + type, Value = message.ToByteString() };
}

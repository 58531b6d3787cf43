using Envoy.Admin.V3;
using Envoy.Config.Listener.V3;
using Envoy.Config.Route.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Proxy.Discovery.Bootstrap.Schema;
using Proxy.Hosting;
using ConnectionManager = Envoy.Extensions.Filters.Network.HttpConnectionManager.V3.HttpConnectionManager;

namespace Proxy.Discovery.V3.Dump;

/// <summary>Dumps a bootstrap as it was understood, sorted into the sections of Envoy's <c>/config_dump</c>.</summary>
/// <param name="bootstrap">The bootstrap as it was read.</param>
/// <param name="loadedAt">When it was read.</param>
internal sealed class BootstrapDump(Envoy.Config.Bootstrap.V3.Bootstrap bootstrap, DateTimeOffset loadedAt) : IConfigDumpSource
{
    private const string Prefix = "type.googleapis.com/";
    private const string Admin = "envoy.admin.v3.";
    private const string ManagerType = "/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";

    // Milliseconds, as Envoy prints them.
    private readonly Timestamp _at = Timestamp.FromDateTimeOffset(DateTimeOffset.FromUnixTimeMilliseconds(loadedAt.ToUnixTimeMilliseconds()));
    private readonly Envoy.Config.Bootstrap.V3.Bootstrap.Types.StaticResources _resources =
        bootstrap.StaticResources ?? new Envoy.Config.Bootstrap.V3.Bootstrap.Types.StaticResources();

    public ReadOnlyMemory<byte> Dump(ProxyServer? server, bool includeEndpoints)
    {
        var dynamic = new DynamicDump(server?.Dynamic);
        var dump = new ConfigDump();
        dump.Configs.Add(Pack(Admin + "BootstrapConfigDump", new BootstrapConfigDump { Bootstrap = bootstrap, LastUpdated = _at }));
        dump.Configs.Add(Pack(Admin + "ClustersConfigDump", dynamic.AddTo(Clusters())));
        dump.Configs.AddRange(dynamic.Extensions().Select(static extensions => Pack(Admin + "EcdsConfigDump", extensions)));
        if (includeEndpoints && dynamic.Endpoints() is { } endpoints)
        {
            dump.Configs.Add(Pack(Admin + "EndpointsConfigDump", endpoints));
        }

        dump.Configs.Add(Pack(Admin + "ListenersConfigDump", dynamic.AddTo(Listeners())));
        dump.Configs.Add(Pack(Admin + "ScopedRoutesConfigDump", dynamic.AddTo(ScopedRoutes())));
        dump.Configs.Add(Pack(Admin + "RoutesConfigDump", dynamic.AddTo(Routes())));
        dump.Configs.Add(Pack(Admin + "SecretsConfigDump", dynamic.AddTo(Secrets())));
        return MessageJson.ToJson(dump, Admin + "ConfigDump");
    }

    /// <summary>What the bootstrap has of what could also have come from elsewhere.</summary>
    public IEnumerable<Any> Resources() =>
    [
        .. Clusters().StaticClusters.Select(static cluster => cluster.Cluster),
        .. Listeners().StaticListeners.Select(static listener => listener.Listener),
        .. Routes().StaticRouteConfigs.Select(static routes => routes.RouteConfig),
        .. ScopedRoutes().InlineScopedRouteConfigs.SelectMany(static scopes => scopes.ScopedRouteConfigs),
        .. Secrets().StaticSecrets.Select(static secret => secret.Secret),
    ];

    public ConfigDumpField? FindField(string message, string name) => Field(message, name);

    /// <summary>A field of a message of the API.</summary>
    public static ConfigDumpField? Field(string message, string name)
    {
        return ApiSchema.FindMessage(message)?.Fields.FirstOrDefault(field => field.Name == name) is { } found
            ? new ConfigDumpField(found.Kind < FieldKind.Message ? "" : found.TypeName, found.IsRepeated || found.IsMap)
            : null;
    }

    private ClustersConfigDump Clusters()
    {
        var dump = new ClustersConfigDump();
        foreach (var cluster in _resources.Clusters)
        {
            dump.StaticClusters.Add(new ClustersConfigDump.Types.StaticCluster
            {
                Cluster = Pack("envoy.config.cluster.v3.Cluster", cluster),
                LastUpdated = _at,
            });
        }

        return dump;
    }

    private SecretsConfigDump Secrets()
    {
        var dump = new SecretsConfigDump();
        foreach (var secret in _resources.Secrets)
        {
            dump.StaticSecrets.Add(new SecretsConfigDump.Types.StaticSecret
            {
                Name = secret.Name,
                LastUpdated = _at,
                Secret = Pack("envoy.extensions.transport_sockets.tls.v3.Secret", secret),
            });
        }

        return dump;
    }

    private ListenersConfigDump Listeners()
    {
        var dump = new ListenersConfigDump();
        foreach (var listener in _resources.Listeners)
        {
            dump.StaticListeners.Add(new ListenersConfigDump.Types.StaticListener
            {
                Listener = Pack("envoy.config.listener.v3.Listener", listener),
                LastUpdated = _at,
            });
        }

        return dump;
    }

    private RoutesConfigDump Routes()
    {
        var dump = new RoutesConfigDump();
        foreach (var table in Managers().Select(static manager => manager.RouteConfig).OfType<RouteConfiguration>())
        {
            dump.StaticRouteConfigs.Add(new RoutesConfigDump.Types.StaticRouteConfig
            {
                RouteConfig = Pack("envoy.config.route.v3.RouteConfiguration", table),
                LastUpdated = _at,
            });
        }

        return dump;
    }

    private ScopedRoutesConfigDump ScopedRoutes()
    {
        var dump = new ScopedRoutesConfigDump();
        foreach (var routes in Managers().Select(static manager => manager.ScopedRoutes).Where(static routes => routes?.ScopedRouteConfigurationsList is not null))
        {
            dump.InlineScopedRouteConfigs.Add(new ScopedRoutesConfigDump.Types.InlineScopedRouteConfigs
            {
                Name = routes.Name,
                ScopedRouteConfigs = { routes.ScopedRouteConfigurationsList.ScopedRouteConfigurations.Select(static scope => Pack("envoy.config.route.v3.ScopedRouteConfiguration", scope)) },
                LastUpdated = _at,
            });
        }

        return dump;
    }

    private IEnumerable<ConnectionManager> Managers() => _resources.Listeners.SelectMany(Chains).SelectMany(static chain => chain.Filters)
        .Where(static filter => filter.TypedConfig?.TypeUrl.EndsWith(ManagerType, StringComparison.Ordinal) == true)
        .Select(static filter => ConnectionManager.Parser.Read(filter.TypedConfig.Value));

    private static IEnumerable<FilterChain> Chains(Listener listener) =>
        listener.DefaultFilterChain is null ? listener.FilterChains : listener.FilterChains.Append(listener.DefaultFilterChain);

    private static Any Pack(string type, IMessage message) => new() { TypeUrl = Prefix + type, Value = message.ToByteString() };
}

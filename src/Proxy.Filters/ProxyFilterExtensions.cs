using Microsoft.Extensions.DependencyInjection.Extensions;
using Proxy.Filters.Admin;
using Proxy.Filters.Admin.Grpc;
using Proxy.Filters.Http.Cors;
using Proxy.Filters.Http.CredentialInjector;
using Proxy.Filters.Http.Fault;
using Proxy.Filters.Http.GrpcHttp1Bridge;
using Proxy.Filters.Http.GrpcStats;
using Proxy.Filters.Http.GrpcWeb;
using Proxy.Filters.Http.HeaderMutation;
using Proxy.Filters.Http.HealthCheck;
using Proxy.Filters.Http.MatchDelegate;
using Proxy.Filters.Http.OnDemand;
using Proxy.Filters.Http.Rbac;
using Proxy.Filters.Http.Router;
using Proxy.Filters.Http.SetMetadata;
using Proxy.Filters.Network.ConnectionLimit;
using Proxy.Filters.Network.DirectResponse;
using Proxy.Filters.Network.Echo;
using Proxy.Filters.Network.HttpConnectionManager;
using Proxy.Filters.Network.LocalRateLimit;
using Proxy.Filters.Network.Rbac;
using Proxy.Filters.Network.SniCluster;
using Proxy.Filters.Network.TcpProxy;
using Proxy.Hosting;
using Proxy.Listeners.Inspection;
using Proxy.Listeners.ProxyProtocol;
using Proxy.Tls;
using Proxy.Workers.Files;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Makes the built-in filters known to a proxy.</summary>
public static class ProxyFilterExtensions
{
    /// <summary>
    /// Adds every built-in filter: the HTTP connection manager and router, <c>tcp_proxy</c>, <c>echo</c>, <c>direct_response</c>, the PROXY protocol, the
    /// admin interface; and access logs in files.
    /// </summary>
    public static IProxyBuilder AddFilters(this IProxyBuilder proxy)
    {
        ArgumentNullException.ThrowIfNull(proxy);
        proxy.Services.TryAddSingleton(new FileFlusherOptions
        {
            Open = static path => new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0),
        });
        proxy.Services.TryAddSingleton(new SecretFiles(File.ReadAllBytes));
        return proxy
            .AddListenerFilter<ProxyProtocolFilterFactory>()
            .AddListenerFilter<TlsInspectorFilterFactory>()
            .AddListenerFilter<HttpInspectorFilterFactory>()
            .AddNetworkFilter<HttpConnectionManagerFactory>()
            .AddNetworkFilter<TcpProxyFilterFactory>()
            .AddNetworkFilter<ConnectionLimitFactory>()
            .AddNetworkFilter<LocalRateLimitFactory>()
            .AddNetworkFilter<EchoFilterFactory>()
            .AddNetworkFilter<DirectResponseFilterFactory>()
            .AddNetworkFilter<NetworkRbacFactory>()
            .AddNetworkFilter<SniClusterFilterFactory>()
            .AddHttpFilter<RouterFactory>()
            .AddHttpFilter<HeaderMutationFactory>()
            .AddHttpFilter<HealthCheckFactory>()
            .AddHttpFilter<CredentialInjectorFactory>()
            .AddHttpFilter<SetMetadataFactory>()
            .AddHttpFilter<FaultFactory>()
            .AddHttpFilter<CorsFactory>()
            .AddHttpFilter<OnDemandFactory>()
            .AddHttpFilter<GrpcStatsFactory>()
            .AddHttpFilter<GrpcWebFactory>()
            .AddHttpFilter<GrpcHttp1BridgeFactory>()
            .AddHttpFilter<MatchDelegateFactory>()
            .AddHttpFilter<RbacFactory>()
            .AddHttpFilter<AdminGrpcFilterFactory>()
            .AddHttpFilter<AdminFilterFactory>();
    }
}

using Microsoft.Extensions.DependencyInjection.Extensions;
using Proxy.Discovery.Grpc;
using Proxy.Discovery.Xds.Grpc;
using Proxy.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Lets a proxy follow control planes over gRPC.</summary>
public static class ProxyGrpcExtensions
{
    /// <summary>Makes gRPC control planes (<c>GRPC</c>, <c>DELTA_GRPC</c>, <c>ads</c>) known to the configuration of the proxy.</summary>
    /// <param name="proxy">The proxy.</param>
    public static IProxyBuilder AddGrpcControlPlanes(this IProxyBuilder proxy)
    {
        ArgumentNullException.ThrowIfNull(proxy);
        proxy.Services.TryAddSingleton<IRpcChannelFactory, GrpcRpcChannelFactory>();
        return proxy;
    }
}

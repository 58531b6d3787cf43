using Microsoft.Extensions.DependencyInjection;
using Proxy.Discovery.Xds.Grpc;
using Proxy.Resources;

namespace Proxy.Discovery.Xds;

/// <summary>Makes the source of each proxy of an application.</summary>
/// <param name="services">May have a gRPC client.</param>
internal sealed class XdsResourceSourceFactory(IServiceProvider services) : IResourceSourceFactory
{
    public IResourceSource Create(ResourceContext context) => new XdsResourceSource(context, services.GetService<IRpcChannelFactory>());
}

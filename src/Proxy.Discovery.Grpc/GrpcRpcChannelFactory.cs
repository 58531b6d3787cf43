using Proxy.Configuration.Discovery;
using Proxy.Discovery.Xds.Grpc;
using Proxy.Resources;

namespace Proxy.Discovery.Grpc;

/// <summary>Makes channels over <c>Grpc.Net.Client</c>.</summary>
internal sealed class GrpcRpcChannelFactory : IRpcChannelFactory
{
    public IRpcChannel Create(ResourceContext context, ControlPlaneTargetConfig target) => new GrpcRpcChannel(context, target);
}

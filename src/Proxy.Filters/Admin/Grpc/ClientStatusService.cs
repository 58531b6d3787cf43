using Proxy.Configuration;
using Proxy.Filters.Admin.Handlers;
using Proxy.Hosting;

namespace Proxy.Filters.Admin.Grpc;

/// <summary>The gRPC service <c>envoy.service.status.v3.ClientStatusDiscoveryService</c>.</summary>
internal static class ClientStatusService
{
    private const string Service = "/envoy.service.status.v3.ClientStatusDiscoveryService/";

    /// <summary>Its methods.</summary>
    public static GrpcMethod[] Methods(IClientStatusSource source, ProxyServer server) =>
    [
        new(Service + "FetchClientStatus", IsStream: false, ClientStatusHandler.MaxRequestBytes, message => Answer(source, message, server)),
        new(Service + "StreamClientStatus", IsStream: true, ClientStatusHandler.MaxRequestBytes, message => Answer(source, message, server)),
    ];

    private static GrpcAnswer Answer(IClientStatusSource source, ReadOnlyMemory<byte> request, ProxyServer server)
    {
        try
        {
            return GrpcAnswer.Ok(source.Answer(request, MessageEncoding.Binary, server));
        }
        catch (ConfigException e)
        {
            return GrpcAnswer.Fault(GrpcCode.InvalidArgument, e.Message);
        }
    }
}

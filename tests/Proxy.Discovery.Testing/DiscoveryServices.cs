using Grpc.AspNetCore.Server.Model;
using Grpc.Core;

namespace Proxy.Discovery.Testing;

/// <summary>The gRPC services of discovery: one for all types together, and one for each.</summary>
internal sealed class DiscoveryServices(TestControlPlane plane)
{
    private Task ServeAsync(bool incremental, IAsyncStreamReader<byte[]> requests, IServerStreamWriter<byte[]> responses, ServerCallContext context)
    {
        return plane.RequiredAuthorization is { } required && context.RequestHeaders.GetValue("authorization") != required
            ? throw new RpcException(new Status(StatusCode.Unauthenticated, "another authorization is required"))
            : plane.ServeAsync(incremental, requests, responses, context.CancellationToken);
    }

    /// <summary>Binds the methods to messages as bytes, which spares generated services.</summary>
    internal sealed class Methods : IServiceMethodProvider<DiscoveryServices>
    {
        private static readonly Marshaller<byte[]> Bytes = Marshallers.Create(static (byte[] bytes) => bytes, static bytes => bytes);

        public void OnServiceMethodDiscovery(ServiceMethodProviderContext<DiscoveryServices> context)
        {
            Add(context, "envoy.service.discovery.v3.AggregatedDiscoveryService", "StreamAggregatedResources", "DeltaAggregatedResources");
            foreach (var type in DiscoveryType.All)
            {
                Add(context, type.Service, $"Stream{type.Method}", $"Delta{type.Method}");
            }
        }

        private static void Add(ServiceMethodProviderContext<DiscoveryServices> context, string service, string stream, string delta)
        {
            context.AddDuplexStreamingMethod(
                new Method<byte[], byte[]>(MethodType.DuplexStreaming, service, stream, Bytes, Bytes),
                [],
                static (self, requests, responses, call) => self.ServeAsync(incremental: false, requests, responses, call));
            context.AddDuplexStreamingMethod(
                new Method<byte[], byte[]>(MethodType.DuplexStreaming, service, delta, Bytes, Bytes),
                [],
                static (self, requests, responses, call) => self.ServeAsync(incremental: true, requests, responses, call));
        }
    }
}

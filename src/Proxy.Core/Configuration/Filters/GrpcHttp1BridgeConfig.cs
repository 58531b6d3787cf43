namespace Proxy.Configuration.Filters;

/// <summary>The HTTP filter that lets clients of HTTP/1.1 make unary gRPC calls (Envoy <c>grpc_http1_bridge.v3.Config</c>).</summary>
public sealed record GrpcHttp1BridgeConfig
{
    /// <summary>
    /// Makes gRPC calls of requests that carry a bare message (<c>application/x-protobuf</c>), and bare messages of their answers. Default false
    /// (<c>upgrade_protobuf_to_grpc</c>).
    /// </summary>
    public bool UpgradeProtobuf { get; init; }

    /// <summary>Takes the query off the path. Default false (<c>ignore_query_parameters</c>).</summary>
    public bool IgnoreQueryParameters { get; init; }
}

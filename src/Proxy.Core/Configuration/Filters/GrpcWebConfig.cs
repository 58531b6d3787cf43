namespace Proxy.Configuration.Filters;

/// <summary>The HTTP filter that lets browsers call gRPC services: gRPC-Web, binary and text (Envoy <c>grpc_web.v3.GrpcWeb</c>).</summary>
public sealed record GrpcWebConfig;

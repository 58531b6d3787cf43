using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.Logging;
using Proxy.Clusters;
using Proxy.Configuration.Discovery;
using Proxy.Discovery.Bootstrap.Nodes;
using Proxy.Discovery.Xds.Grpc;
using Proxy.Resources;
using Proxy.Workers;

namespace Proxy.Discovery.Grpc;

/// <summary>Calls a control plane over HTTP/2, on connections that the proxy's own cluster makes, or directly.</summary>
internal sealed class GrpcRpcChannel : IRpcChannel
{
    private static readonly Marshaller<byte[]> Bytes = Marshallers.Create(static (byte[] bytes) => bytes, static bytes => bytes);

    private readonly Worker _main;
    private readonly ControlPlaneTargetConfig _target;
    private readonly ILogger _logger;
    private readonly GrpcChannel _channel;
    private readonly DirectStats? _stats;

    public GrpcRpcChannel(ResourceContext context, ControlPlaneTargetConfig target)
    {
        _main = context.Main;
        _target = target;
        _logger = context.Loggers.CreateLogger<GrpcRpcChannel>();
        _stats = target.Direct is { } direct ? new DirectStats(direct.StatPrefix, context) : null;
        _channel = GrpcChannel.ForAddress(AddressOf(target), new GrpcChannelOptions
        {
            HttpHandler = target.Direct is null ? ThroughCluster(target.Cluster, context) : DirectHandler.Create(target.Direct),
            DisposeHttpClient = true,
            MaxReceiveMessageSize = NodeLimits.MaxBytes,
        });
    }

    public IRpcCall Start(string method, IRpcCallHandler handler)
    {
        var slash = method.IndexOf('/', 1);
        var rpc = new Method<byte[], byte[]>(MethodType.DuplexStreaming, method[1..slash], method[(slash + 1)..], Bytes, Bytes);
        var headers = new Metadata();
        foreach (var (name, value) in _target.Metadata)
        {
            headers.Add(name, value);
        }

        if (_target.Direct is { AccessToken: { Length: > 0 } token })
        {
            headers.Add("authorization", $"Bearer {token}");
        }

        var call = _channel.CreateCallInvoker().AsyncDuplexStreamingCall(rpc, host: null, new CallOptions(headers));
        return GrpcCall.Start(call, _stats is null ? handler : _stats.Count(handler), _main, _logger);
    }

    public void Dispose()
    {
        _channel.Dispose();
        _stats?.Remove();
    }

    private static SocketsHttpHandler ThroughCluster(string cluster, ResourceContext context)
    {
        var connector = new ClusterConnector(context.Clusters, context.Main);
        return new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellation) => await connector.ConnectAsync(cluster, cancellation).ConfigureAwait(false),
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            ConnectTimeout = Timeout.InfiniteTimeSpan, // the cluster has its own
            ActivityHeadersPropagator = null,
            UseProxy = false,
        };
    }

    private static string AddressOf(ControlPlaneTargetConfig target) => target.Direct is { } direct
        ? $"{(direct.Tls is null ? "http" : "https")}://{direct.Host}:{direct.Port}"
        : "http://" + AuthorityOf(target);

    // A cluster's name need not be one that can stand in a URI.
    private static string AuthorityOf(ControlPlaneTargetConfig target)
    {
        var name = target.Authority.Length > 0 ? target.Authority : target.Cluster;
        return Uri.TryCreate("http://" + name, UriKind.Absolute, out var uri) && uri.PathAndQuery == "/" ? name : "control-plane";
    }
}

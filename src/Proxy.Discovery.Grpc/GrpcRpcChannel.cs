using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.Logging;
using Proxy.Clusters;
using Proxy.Configuration.Discovery;
using Proxy.Discovery.Xds.Grpc;
using Proxy.Resources;
using Proxy.Workers;

namespace Proxy.Discovery.Grpc;

/// <summary>Calls one cluster of a control plane over HTTP/2, on connections that the proxy's own cluster makes.</summary>
internal sealed class GrpcRpcChannel : IRpcChannel
{
    private static readonly Marshaller<byte[]> Bytes = Marshallers.Create(static (byte[] bytes) => bytes, static bytes => bytes);

    private readonly Worker _main;
    private readonly ControlPlaneTargetConfig _target;
    private readonly ILogger _logger;
    private readonly GrpcChannel _channel;

    public GrpcRpcChannel(ResourceContext context, ControlPlaneTargetConfig target)
    {
        _main = context.Main;
        _target = target;
        _logger = context.Loggers.CreateLogger<GrpcRpcChannel>();
        var connector = new ClusterConnector(context.Clusters, context.Main);
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellation) => await connector.ConnectAsync(target.Cluster, cancellation).ConfigureAwait(false),
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            ConnectTimeout = Timeout.InfiniteTimeSpan, // the cluster has its own
            ActivityHeadersPropagator = null,
            UseProxy = false,
        };
        _channel = GrpcChannel.ForAddress("http://" + AuthorityOf(target), new GrpcChannelOptions
        {
            HttpHandler = handler,
            DisposeHttpClient = true,
            MaxReceiveMessageSize = null,
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

        var call = _channel.CreateCallInvoker().AsyncDuplexStreamingCall(rpc, host: null, new CallOptions(headers));
        return GrpcCall.Start(call, handler, _main, _logger);
    }

    public void Dispose() => _channel.Dispose();

    // A cluster's name need not be one that can stand in a URI.
    private static string AuthorityOf(ControlPlaneTargetConfig target)
    {
        var name = target.Authority.Length > 0 ? target.Authority : target.Cluster;
        return Uri.TryCreate("http://" + name, UriKind.Absolute, out var uri) && uri.PathAndQuery == "/" ? name : "control-plane";
    }
}

using Proxy.Configuration.Filters;
using Proxy.Hosting;
using Proxy.Streams;
using Proxy.Workers;

namespace Proxy.Filters.Http.GrpcHttp1Bridge;

/// <summary>Makes the filter that lets clients of HTTP/1.1 make unary gRPC calls (<see cref="GrpcHttp1BridgeConfig"/>).</summary>
internal sealed class GrpcHttp1BridgeFactory : IHttpFilterFactory
{
    /// <inheritdoc />
    public Type ConfigType => typeof(GrpcHttp1BridgeConfig);

    /// <inheritdoc />
    public Func<Worker, HttpFilter> Prepare(object config, FilterFactoryContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var clusters = context.Clusters;
        return worker => new GrpcHttp1BridgeFilter((GrpcHttp1BridgeConfig)config, clusters, worker);
    }
}

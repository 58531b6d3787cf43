using Proxy.Configuration.Filters;
using Proxy.Hosting;
using Proxy.Streams;
using Proxy.Workers;

namespace Proxy.Filters.Http.GrpcWeb;

/// <summary>Makes the filter that lets browsers call gRPC services (<see cref="GrpcWebConfig"/>).</summary>
internal sealed class GrpcWebFactory : IHttpFilterFactory
{
    /// <inheritdoc />
    public Type ConfigType => typeof(GrpcWebConfig);

    /// <inheritdoc />
    public Func<Worker, HttpFilter> Prepare(object config, FilterFactoryContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var clusters = context.Clusters;
        return worker => new GrpcWebFilter(clusters, worker);
    }
}

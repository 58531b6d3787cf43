using System.Text;
using Proxy.Configuration.Filters;
using Proxy.Hosting;
using Proxy.Routing;
using Proxy.Streams;
using Proxy.Workers;

namespace Proxy.Filters.Http.GrpcStats;

/// <summary>Makes the filter that counts gRPC calls and messages (<see cref="GrpcStatsConfig"/>).</summary>
internal sealed class GrpcStatsFactory : IHttpFilterFactory
{
    /// <inheritdoc />
    public Type ConfigType => typeof(GrpcStatsConfig);

    /// <inheritdoc />
    public Func<Worker, HttpFilter> Prepare(object config, FilterFactoryContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var stats = (GrpcStatsConfig)config;
        var paths = stats.Methods
            .SelectMany(static service => service.Methods.Select(method => Encoding.UTF8.GetBytes($"/{service.Service}/{method}")))
            .ToHashSet(ByteComparer.Instance);
        var clusters = context.Clusters;
        return worker => new GrpcStatsFilter(stats, paths, clusters, worker);
    }
}

using Proxy.Configuration.Filters;
using Proxy.Hosting;
using Proxy.Streams;
using Proxy.Workers;

namespace Proxy.Filters.Http.HealthCheck;

/// <summary>Makes the filter that answers health checks (<see cref="HealthCheckFilterConfig"/>).</summary>
internal sealed class HealthCheckFactory : IHttpFilterFactory
{
    /// <inheritdoc />
    public Type ConfigType => typeof(HealthCheckFilterConfig);

    /// <inheritdoc />
    public Func<Worker, HttpFilter> Prepare(object config, FilterFactoryContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var model = HealthCheckModel.Compile((HealthCheckFilterConfig)config, context.Drain, context.Clusters, context.Node.Cluster);
        var stats = context.Stats.CreateGroup(HealthCheckStats.Schema, $"{context.StatPrefix}health_check.");
        return worker => new HealthCheckFilter(model, stats.Shard(worker));
    }
}

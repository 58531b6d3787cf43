using Proxy.Configuration.Filters;
using Proxy.Hosting;
using Proxy.Streams;
using Proxy.Workers;

namespace Proxy.Filters.Http.Cors;

/// <summary>Makes filters that let pages of other origins in (<see cref="CorsConfig"/>).</summary>
internal sealed class CorsFactory : IHttpFilterFactory
{
    /// <inheritdoc />
    public Type ConfigType => typeof(CorsConfig);

    /// <inheritdoc />
    public Type RouteConfigType => typeof(CorsPolicyConfig);

    /// <inheritdoc />
    public Func<Worker, HttpFilter> Prepare(object config, FilterFactoryContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var stats = context.Stats.CreateGroup(CorsPolicy.Schema, $"{context.StatPrefix}cors.");
        return worker => new CorsFilter(stats.Shard(worker), worker.Random);
    }

    /// <inheritdoc />
    public object PrepareRouteConfig(object config, FilterFactoryContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return CorsPolicy.Compile((CorsPolicyConfig)config, context.Runtime);
    }
}

using Proxy.Clusters;
using Proxy.Configuration.Filters;
using Proxy.Hosting;
using Proxy.Streams;
using Proxy.Workers;

namespace Proxy.Filters.Http.OnDemand;

/// <summary>Makes filters that let requests wait for what they need (<see cref="OnDemandConfig"/>).</summary>
internal sealed class OnDemandFactory : IHttpFilterFactory
{
    /// <inheritdoc />
    public Type ConfigType => typeof(OnDemandConfig);

    /// <inheritdoc />
    public Type RouteConfigType => typeof(OnDemandConfig);

    /// <inheritdoc />
    public Func<Worker, HttpFilter> Prepare(object config, FilterFactoryContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var model = Compile((OnDemandConfig)config, context);
        return _ => new OnDemandFilter(model);
    }

    /// <inheritdoc />
    public object PrepareRouteConfig(object config, FilterFactoryContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Compile((OnDemandConfig)config, context);
    }

    private static OnDemandModel Compile(OnDemandConfig config, FilterFactoryContext context) => new(
        context.Clusters,
        config.Clusters is { } source ? (context.Clusters as ProxyClusterManager)?.OnDemand.Of(source) : null,
        (long)config.ClusterTimeout.TotalMilliseconds);
}

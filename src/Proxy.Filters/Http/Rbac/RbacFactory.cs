using Proxy.Configuration.Filters;
using Proxy.Hosting;
using Proxy.Streams;
using Proxy.Workers;

namespace Proxy.Filters.Http.Rbac;

/// <summary>Makes filters that admit requests or not (<see cref="RbacConfig"/>).</summary>
internal sealed class RbacFactory : IHttpFilterFactory
{
    /// <inheritdoc />
    public Type ConfigType => typeof(RbacConfig);

    /// <inheritdoc />
    public Type RouteConfigType => typeof(RbacRouteConfig);

    /// <inheritdoc />
    public Func<Worker, HttpFilter> Prepare(object config, FilterFactoryContext context)
    {
        var model = RbacModel.Compile((RbacConfig)config, context);
        return _ => new RbacFilter(model);
    }

    /// <inheritdoc />
    public object PrepareRouteConfig(object config, FilterFactoryContext context)
    {
        return config is RbacRouteConfig { Rbac: { } rbac } ? RbacModel.Compile(rbac, context) : RbacModel.Open;
    }
}

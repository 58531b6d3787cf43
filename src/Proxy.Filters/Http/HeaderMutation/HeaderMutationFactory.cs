using Proxy.Configuration.Filters;
using Proxy.Hosting;
using Proxy.Streams;
using Proxy.Workers;

namespace Proxy.Filters.Http.HeaderMutation;

/// <summary>Makes the filter that changes heads (<see cref="HeaderMutationFilterConfig"/>).</summary>
internal sealed class HeaderMutationFactory : IHttpFilterFactory
{
    /// <inheritdoc />
    public Type ConfigType => typeof(HeaderMutationFilterConfig);

    /// <inheritdoc />
    public Type RouteConfigType => typeof(HeaderMutationRouteConfig);

    /// <inheritdoc />
    public bool WorksUpstream => true;

    /// <inheritdoc />
    public Func<Worker, HttpFilter> Prepare(object config, FilterFactoryContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var filter = (HeaderMutationFilterConfig)config;
        var model = HeaderMutationModel.Compile(filter.Mutations, context.Formats);
        return worker => new HeaderMutationFilter(model, filter.MostSpecificWins);
    }

    /// <inheritdoc />
    public object PrepareRouteConfig(object config, FilterFactoryContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return HeaderMutationModel.Compile(((HeaderMutationRouteConfig)config).Mutations, context.Formats);
    }
}

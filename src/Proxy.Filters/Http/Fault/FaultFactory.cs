using Proxy.Configuration.Filters;
using Proxy.Hosting;
using Proxy.Streams;
using Proxy.Workers;

namespace Proxy.Filters.Http.Fault;

/// <summary>Makes filters that delay and fail requests (<see cref="FaultConfig"/>).</summary>
internal sealed class FaultFactory : IHttpFilterFactory
{
    /// <inheritdoc />
    public Type ConfigType => typeof(FaultConfig);

    /// <inheritdoc />
    public Type RouteConfigType => typeof(FaultConfig);

    /// <inheritdoc />
    public Func<Worker, HttpFilter> Prepare(object config, FilterFactoryContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var model = FaultModel.Compile((FaultConfig)config, context.Runtime);
        var stats = context.Stats.CreateGroup(FaultModel.Schema, $"{context.StatPrefix}fault.");
        var active = new FaultCount();
        return worker => new FaultFilter(model, stats.Shard(worker), active, worker);
    }

    /// <inheritdoc />
    public object PrepareRouteConfig(object config, FilterFactoryContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return FaultModel.Compile((FaultConfig)config, context.Runtime);
    }
}

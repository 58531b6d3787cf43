using Proxy.Configuration;
using Proxy.Configuration.Filters;
using Proxy.Hosting;
using Proxy.Streams;
using Proxy.Workers;

namespace Proxy.Filters.Http.Router;

/// <summary>Makes the router: the terminal HTTP filter that sends requests upstream (<see cref="RouterConfig"/>).</summary>
internal sealed class RouterFactory : IHttpFilterFactory
{
    /// <inheritdoc />
    public Type ConfigType => typeof(RouterConfig);

    /// <inheritdoc />
    public bool IsTerminal => true;

    /// <inheritdoc />
    public Func<Worker, HttpFilter> Prepare(object config, FilterFactoryContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var router = (RouterConfig)config;
        var faults = new FaultList();
        var filters = HttpFilterChainModel.CompileUpstream(router.UpstreamFilters, context, faults);
        faults.ThrowIfAny();
        var model = new RouterModel
        {
            Clusters = context.Clusters,
            Runtime = context.Runtime,
            Stats = context.Stats.CreateGroup(RouterStats.Schema, context.StatPrefix),
            SuppressEnvoyHeaders = router.SuppressEnvoyHeaders,
            RespectExpectedTimeout = router.RespectExpectedTimeout,
            StrictHeaders = StrictHeaders.Compile(router.StrictHeaders),
            SuppressGrpcStatusStats = router.SuppressGrpcStatusStats,
            LogOnUpstreamStart = router.LogOnUpstreamStart,
            UpstreamLogMilliseconds = router is { UpstreamLogInterval: { } interval, UpstreamLogs.Count: > 0 } ? Math.Max(1, (long)interval.TotalMilliseconds) : 0,
            UpstreamFilters = filters,
            UpstreamLogs = context.AccessLogs.Create(router.UpstreamLogs),
        };
        return worker => new RouterFilter(model.For(worker));
    }
}

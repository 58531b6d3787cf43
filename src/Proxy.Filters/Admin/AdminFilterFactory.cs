using Proxy.Configuration;
using Proxy.Configuration.Filters;
using Proxy.Filters.Admin.Handlers;
using Proxy.Hosting;
using Proxy.Observability;
using Proxy.Streams;
using Proxy.Workers;

namespace Proxy.Filters.Admin;

/// <summary>Makes the terminal filter of the admin listener.</summary>
internal sealed class AdminFilterFactory : IHttpFilterFactory
{
    public Type ConfigType => typeof(AdminFilterConfig);

    public bool IsTerminal => true;

    public Func<Worker, HttpFilter> Prepare(object config, FilterFactoryContext context)
    {
        var server = context.Server ?? throw new ConfigException("", "the admin filter needs a proxy to look at");
        var router = new AdminRouter(Handlers(server, context), context.Loggers.CreateLogger("admin"));
        var allowed = AllowedPaths.Compile(((AdminFilterConfig)config).AllowPaths);
        return _ => new AdminFilter(router, allowed);
    }

    private static IEnumerable<IAdminHandler> Handlers(ProxyServer server, FilterFactoryContext context)
    {
        var services = context.Services;
        var status = (IClientStatusSource?)services.GetService(typeof(IClientStatusSource));
        return
        [
            .. ServerHandlers.For(server),
            .. CommandHandlers.For(server),
            StatsHandler.For(server.Stats, () => server.Config.Stats),
            StatsHandler.ForPrometheus(server.Stats, () => server.Config.Stats),
            new ClustersHandler(server.Clusters),
            new CertsHandler(server),
            new ListenersHandler(server),
            new ConfigDumpHandler((IConfigDumpSource?)services.GetService(typeof(IConfigDumpSource)), server),
            new LoggingHandler((ILogLevels?)services.GetService(typeof(ILogLevels))),
            .. status is null ? Enumerable.Empty<IAdminHandler>() : [new ClientStatusHandler(status, server)],
            .. (IEnumerable<IAdminHandler>?)services.GetService(typeof(IEnumerable<IAdminHandler>)) ?? [],
        ];
    }
}

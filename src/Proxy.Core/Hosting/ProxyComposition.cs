using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Proxy.Clusters;
using Proxy.Clusters.Dns;
using Proxy.Clusters.Pools;
using Proxy.Observability;
using Proxy.Observability.AccessLogs;
using Proxy.Stats;
using Proxy.Workers;
using Proxy.Workers.Files;

namespace Proxy.Hosting;

/// <summary>Puts a proxy together from an application's services: the same way for real threads and for tests.</summary>
internal static class ProxyComposition
{
    public static ProxyServer Compose(ProxyOptions options, WorkerSet workers, FileFlusher? files, IServiceProvider services)
    {
        var stats = new StatsStore();
        var runtime = new RuntimeSnapshot([]);
        if (files is not null)
        {
            stats.BeforeRead(new LogFileStats(files, stats, workers.Main).Publish);
        }

        return new ProxyServer(workers, new ProxyServerServices
        {
            Filters = services.GetRequiredService<FilterRegistry>(),
            Stats = stats,
            Clusters = new ProxyClusterManager(
                workers.Main, workers.Workers, stats, services.GetRequiredService<IDnsResolver>(), UpstreamCodecs.Create, files),
            AccessLogs = new DefaultAccessLogFactory(options.Formats, files, services.GetServices<IAccessLogSink>(), runtime),
            Runtime = runtime,
            Loggers = Loggers(services),
            Services = services,
            Drain = options.Drain,
            UnknownFields = options.UnknownDynamicFields,
            Description = options.Description,
            Formats = options.Formats,
            Files = files,
            ReopenLogs = files is null ? static () => { } : files.Reopen,
        });
    }

    public static ILoggerFactory Loggers(IServiceProvider services)
    {
        return services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance;
    }
}

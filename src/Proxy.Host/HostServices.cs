using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Proxy.Configuration;
using Proxy.Host.CommandLine;
using Proxy.Host.Logging;
using Proxy.Hosting;
using Proxy.Listeners;
using Proxy.Observability;
using Proxy.Workers;
using Proxy.Workers.Files;

namespace Proxy.Host;

/// <summary>What the proxy is made of in this executable: the same services as in an application, without a generic host.</summary>
internal static class HostServices
{
    public static ServiceProvider Build(HostOptions options, ProxyConfig config, HostConfiguration configuration, ProcessLog log)
    {
        var services = new ServiceCollection();
        services.AddSingleton<ILoggerFactory>(log);
        services.AddSingleton<ILogLevels>(log);
        var now = TimeProvider.System.GetUtcNow();
        services.AddSingleton(configuration.Dump(now));
        services.AddSingleton(configuration.ClientStatus(now));
        services.AddSingleton(new FileFlusherOptions
        {
            Open = OpenFile,
            FlushInterval = Math.Max(1, (long)options.FileFlushInterval.TotalMilliseconds),
            FlushSize = Math.Max(1, options.FileFlushBytes),
        });
        ProxyBootstrapExtensions.AddResources(services);
        var unknownFields = configuration.UnknownFields;
        services.AddProxy(proxy => Configure(proxy, options, config, unknownFields)).AddFilters().AddGrpcControlPlanes();
        return services.BuildServiceProvider();
    }

    private static void Configure(ProxyOptions proxy, HostOptions options, ProxyConfig config, int unknownFields)
    {
        proxy.Add(config);
        proxy.Workers = new WorkerOptions { Concurrency = options.Concurrency };
        proxy.UnknownDynamicFields = options.UnknownDynamicFields;
        proxy.Drain = new DrainOptions { Time = options.DrainTime, Gradual = options.DrainGradually };
        proxy.Description = new ServerDescription
        {
            Version = ProxyVersion.Text,
            Flags = options.Shown.ToConfigList(),
            RestartEpoch = options.RestartEpoch,
            UnknownFields = unknownFields,
        };
    }

    private static FileStream OpenFile(string path) => new(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
}

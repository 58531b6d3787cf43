using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Proxy.Host.CommandLine;
using Proxy.Host.Logging;
using Proxy.Hosting;
using Proxy.Workers;
using Proxy.Workers.Files;
using Proxy.Workers.Simulated;

namespace Proxy.Host;

/// <summary>Compiles a configuration as a start would, without threads or sockets (<c>--mode validate</c>).</summary>
internal static class HostValidation
{
    /// <exception cref="Configuration.ConfigException">With every fault.</exception>
    public static async Task CheckAsync(HostOptions options, HostConfiguration configuration, ProcessLog log)
    {
        await using var services = HostServices.Build(options, configuration.Config!, configuration, log);
        var runtime = new SimulatedRuntime();
        var proxy = services.GetRequiredService<IOptionsFactory<ProxyOptions>>().Create(Options.DefaultName);

        // Log files are neither made nor touched, but a configuration that has some is as good as any other.
        await using var files = new FileFlusher(new FileFlusherOptions { Open = static _ => Stream.Null }, log);
        files.Start();
        var server = ProxyComposition.Compose(proxy, new WorkerSet(runtime.Main, runtime.Workers), files, services);
        var check = server.ValidateAsync(proxy.ToConfig());
        runtime.RunUntilIdle();
        await check;
    }
}

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Proxy.Host.CommandLine;
using Proxy.Host.Logging;
using Proxy.Hosting;
using Proxy.Workers;
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
        var server = ProxyComposition.Compose(proxy, new WorkerSet(runtime.Main, runtime.Workers), files: null, services);
        var check = server.ValidateAsync(proxy.ToConfig());
        runtime.RunUntilIdle();
        await check;
    }
}

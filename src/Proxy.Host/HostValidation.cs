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

        await using var files = new FileFlusher(new FileFlusherOptions { Open = CheckLogFile }, log);
        files.Start();
        var server = ProxyComposition.Compose(proxy, new WorkerSet(runtime.Main, runtime.Workers), files, services);
        var check = server.ValidateAsync(proxy.ToConfig());
        runtime.RunUntilIdle();
        await check;
    }

    // Log files are neither made nor changed; one that could not be written is a fault all the same.
    private static Stream CheckLogFile(string path)
    {
        if (File.Exists(path))
        {
            new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0).Dispose();
        }
        else if (Path.GetDirectoryName(Path.GetFullPath(path)) is not { } folder || !Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"The folder of {path} does not exist.");
        }

        return Stream.Null;
    }
}

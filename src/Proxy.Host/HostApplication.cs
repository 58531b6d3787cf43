using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Proxy.Configuration;
using Proxy.Host.CommandLine;
using Proxy.Host.Logging;
using Proxy.Host.QuickStart;
using Proxy.Hosting;

namespace Proxy.Host;

/// <summary>The executable from command line to exit code.</summary>
internal sealed partial class HostApplication(TextWriter output, TextWriter error)
{
    private const int Success = 0;
    private const int Failure = 1;

    /// <summary>Runs until the process is told to stop.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(string[] args)
    {
        if (new HostCommand().Read(args, output, error, out var exitCode) is not { } options)
        {
            return exitCode;
        }

        if (OpenLog(options) is not { } log)
        {
            return Failure;
        }

        using (log)
        {
            var logger = log.CreateLogger<HostApplication>();
            foreach (var warning in options.Warnings)
            {
                LogFlag(logger, warning);
            }

            return await RunAsync(options, log, logger);
        }
    }

    private static async Task<int> ServeAsync(HostOptions options, HostConfiguration configuration, ProcessLog log, ILogger logger, TextWriter output)
    {
        await using var services = HostServices.Build(options, configuration.Config!, configuration, log);
        var runner = services.GetRequiredService<ProxyRunner>();
        using var signals = new HostSignals(logger, () => Reopen(log, runner));
        var started = runner.StartAsync(CancellationToken.None);
        if (started.IsFaulted)
        {
            await started;
        }

        // A control plane may be long in coming: the proxy can be watched and stopped meanwhile.
        var server = runner.Server;
        var stopped = signals.WaitForStopAsync(server.StopRequested);
        await server.AdminStarted;
        WriteAdminAddress(options, server);
        if (await Task.WhenAny(started, stopped) == started)
        {
            await started;
        }

        configuration.Forget();
        var isLarge = StartupHeap.Release();
        if (configuration.IsQuickStart)
        {
            output.Write(QuickStartConfig.Hints);
            output.Flush();
        }

        if (options.Mode == HostMode.Serve)
        {
            runner.Server.Workers.Main.Post(() => GiveBackMemory(runner.Server, isLarge));
            await stopped;
        }

        await runner.StopAsync(CancellationToken.None);
        LogStopped(logger);
        return Success;
    }

    private static void GiveBackMemory(ProxyServer server, bool isLarge)
    {
        var main = server.Workers.Main;
        var found = StartupPages.Find();
        foreach (var pause in StartupPages.Pauses)
        {
            main.CreateTimer(_ => StartupPages.Release(found)).Arm((long)pause.TotalMilliseconds);
        }

        if (isLarge)
        {
            main.CreateTimer(static _ => StartupHeap.Collect()).Arm((long)StartupPages.Pauses[0].TotalMilliseconds);
        }
    }

    private static void Reopen(ProcessLog log, ProxyRunner runner)
    {
        log.Reopen();
        runner.Server.ReopenLogs();
    }

    private static void WriteAdminAddress(HostOptions options, ProxyServer server)
    {
        if (options.AdminAddressPath is { } path && server.AdminAddress is { } address)
        {
            File.WriteAllText(path, address);
        }
    }

    private async Task<int> RunAsync(HostOptions options, ProcessLog log, ILogger logger)
    {
        if (options.Mode == HostMode.Convert)
        {
            return HostConversion.Run(options.ConfigPath!, output, error) ? Success : Failure;
        }

        StartupHeap.Reserve(options.ConfigPath);
        var configuration = HostConfiguration.Load(options);
        foreach (var warning in configuration.Warnings)
        {
            LogWarning(logger, warning);
        }

        if (configuration.Config is null)
        {
            return Refuse(options, configuration.Errors);
        }

        try
        {
            if (options.Mode == HostMode.Validate)
            {
                await HostValidation.CheckAsync(options, configuration, log);
                output.WriteLine($"configuration '{options.ConfigPath}' OK");
                return Success;
            }

            return await ServeAsync(options, configuration, log, logger, output);
        }
        catch (ConfigException e)
        {
            var refused = Refuse(options, configuration.Place(e));
            error.Write(configuration.IsQuickStart ? QuickStartConfig.BusyPorts : "");
            return refused;
        }
        catch (IOException e)
        {
            error.WriteLine("error: " + e.Message);
            return Failure;
        }
    }

    private ProcessLog? OpenLog(HostOptions options)
    {
        try
        {
            return new ProcessLog(options.Log, error, TimeProvider.System);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"error: --log-path: {e.Message}");
            return null;
        }
    }

    // Straight to standard error, whatever the log's level and place: the process ends here.
    private int Refuse(HostOptions options, IEnumerable<string> faults)
    {
        error.WriteLine($"error initializing configuration '{options.ConfigPath}':");
        foreach (var fault in faults)
        {
            error.WriteLine(fault);
        }

        return Failure;
    }

    [LoggerMessage(1, LogLevel.Warning, "{Warning}")]
    private static partial void LogFlag(ILogger logger, string warning);

    [LoggerMessage(2, LogLevel.Warning, "{Warning}")]
    private static partial void LogWarning(ILogger logger, string warning);

    [LoggerMessage(3, LogLevel.Information, "exiting")]
    private static partial void LogStopped(ILogger logger);
}

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Proxy.Configuration;
using Proxy.Workers;
using Proxy.Workers.Files;

namespace Proxy.Hosting;

/// <summary>Runs one proxy of an application: makes its threads, starts it with the host, follows its options, and leaves in order.</summary>
/// <remarks>A change of options that breaks rules is logged and changes nothing: the last good configuration goes on.</remarks>
public sealed partial class ProxyRunner : IHostedService, IAsyncDisposable
{
    private readonly string _name;
    private readonly IServiceProvider _services;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger _logger;
    private readonly List<IDisposable> _watches = [];
    private WorkerGroup? _workers;
    private FileFlusher? _files;
    private ProxyServer? _server;
    private ProxyOptions? _options;

    /// <summary>Prepares the proxy called <paramref name="name"/>; everything it needs comes from <paramref name="services"/>.</summary>
    public ProxyRunner(string name, IServiceProvider services)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(services);
        _name = name;
        _services = services;
        _loggers = ProxyComposition.Loggers(services);
        _logger = _loggers.CreateLogger<ProxyRunner>();
    }

    /// <summary>The proxy.</summary>
    /// <exception cref="InvalidOperationException">It has not been started.</exception>
    public ProxyServer Server => _server ?? throw new InvalidOperationException("The proxy has not been started.");

    /// <summary>Starts the proxy; when it cannot, nothing is left running.</summary>
    /// <exception cref="ConfigException">The options break rules, or an address cannot be bound.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _options = CreateOptions();
        var config = _options.ToConfig();
        _workers = new WorkerGroup(_options.Workers, _loggers);
        _files = _services.GetService<FileFlusherOptions>() is { } files ? new FileFlusher(files, _loggers) : null;
        try
        {
            _files?.Start();
            _server = ProxyComposition.Compose(_options, new WorkerSet(_workers.Main, _workers.Workers), _files, _services);
            _workers.Start();
            await _server.StartAsync(config).ConfigureAwait(false);
        }
        catch
        {
            await DisposeAsync().ConfigureAwait(false);
            throw;
        }

        foreach (var source in _services.GetServices<IOptionsChangeTokenSource<ProxyOptions>>().Where(source => source.Name == _name))
        {
            _watches.Add(ChangeToken.OnChange(source.GetChangeToken, () => _ = ReloadAsync()));
        }
    }

    /// <summary>Leaves: no new connections, requests under way may finish within <see cref="ProxyOptions.ShutdownGrace"/>.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        StopWatching();
        if (_server is { } server && _options is { } options)
        {
            await server.StopAsync(options.ShutdownGrace).WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        await DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Ends the threads; what is still open is closed.</summary>
    public async ValueTask DisposeAsync()
    {
        StopWatching();
        if (Interlocked.Exchange(ref _workers, null) is { } workers)
        {
            await workers.DisposeAsync().ConfigureAwait(false);
        }

        if (Interlocked.Exchange(ref _files, null) is { } files)
        {
            await files.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task ReloadAsync()
    {
        try
        {
            await Server.UpdateAsync(CreateOptions().ToConfig()).ConfigureAwait(false);
            Log.Reloaded(_logger, _name);
        }
        catch (Exception e) when (e is ConfigException or OptionsValidationException or FormatException or IOException or InvalidOperationException)
        {
            Log.ReloadRefused(_logger, _name, e.Message);
        }
    }

    // Made afresh each time: a cached instance would have grown by what the last load added.
    private ProxyOptions CreateOptions() => _services.GetRequiredService<IOptionsFactory<ProxyOptions>>().Create(_name);

    private void StopWatching()
    {
        _watches.ForEach(static watch => watch.Dispose());
        _watches.Clear();
    }
}

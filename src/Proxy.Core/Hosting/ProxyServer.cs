using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Proxy.Clusters;
using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Configuration.Discovery;
using Proxy.Listeners;
using Proxy.Tls;
using Proxy.Resources;
using Proxy.Routing;
using Proxy.Stats;
using Proxy.Workers;

namespace Proxy.Hosting;

/// <summary>One proxy: starts what a configuration asks for, changes it while traffic flows, and leaves in order.</summary>
/// <remarks>
/// Methods that return a task may be called from any thread and do their work on main; so do properties that name main. Configuration is applied
/// whole or not at all: after a fault the last good one is still running.
/// </remarks>
public sealed partial class ProxyServer
{
    private readonly ProxyServerServices _services;
    private readonly FilterFactoryContext _context;
    private readonly PreparedRouteTables _preparedRoutes = new();
    private readonly ConfigCheck _check;
    private readonly ListenerManager _listeners;
    private readonly ListenerManager _admin;
    private readonly StatShard _stats;
    private readonly WorkerTimer _flush;
    private readonly StatsMeter? _meter;
    private readonly SecretRefresher? _secrets;
    private readonly TaskCompletionSource _stopRequested = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ILogger _logger;
    private readonly DynamicResources _dynamic;
    private readonly RuntimeLayers _runtime;
    private readonly TaskCompletionSource _adminStarted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _createdAt;
    private volatile int _state = (int)ServerState.PreInitializing;

    /// <summary>Puts a proxy together; nothing runs yet.</summary>
    internal ProxyServer(WorkerSet workers, ProxyServerServices services)
    {
        ArgumentNullException.ThrowIfNull(workers);
        ArgumentNullException.ThrowIfNull(services);
        Workers = workers;
        _services = services;
        _logger = services.Loggers.CreateLogger<ProxyServer>();
        var folders = (IRuntimeFolders?)services.Services.GetService(typeof(IRuntimeFolders));
        _runtime = new RuntimeLayers(workers.Main, services.Stats, services.Runtime, folders, () => Clusters.ApplyRuntime(Runtime));
        _context = new FilterFactoryContext
        {
            Main = workers.Main,
            Clusters = services.Clusters,
            Stats = services.Stats.CreateScope(),
            AccessLogs = services.AccessLogs,
            Filters = services.Filters,
            Loggers = services.Loggers,
            Services = services.Services,
            Node = new NodeConfig(),
            Runtime = _runtime.Snapshot,
            Drain = Drain,
            Formats = services.Formats,
            Files = services.Files,
            Server = this,
        };
        _check = new ConfigCheck(_context, _runtime, _preparedRoutes);
        _stats = services.Stats.CreateGroup(ServerStats.Schema, "server.").Shard(workers.Main);
        _listeners = new ListenerManager(workers, services.Stats, services.Stats.CreateGroup(ListenerManagerStats.Schema, "listener_manager.").Shard(workers.Main), services.Drain, _logger);
        _admin = new ListenerManager(new WorkerSet(workers.Main, [workers.Main]), services.Stats, new StatShard(ListenerManagerStats.Schema), services.Drain, _logger);
        _dynamic = new DynamicResources(services, _listeners, workers.Main, new UnknownFields(services.UnknownFields, () => _stats.Increment(ServerStats.DynamicUnknownFields), _logger));
        _stats.Add(ServerStats.StaticUnknownFields, Description.UnknownFields);
        _flush = workers.Main.CreateTimer(static server => ((ProxyServer)server!).Flush(), this);
        _secrets = services.Services.GetService(typeof(SecretFiles)) is SecretFiles files
            ? new SecretRefresher(workers.Main, files, () => _listeners.Active.SelectMany(static listener => listener.Model.Tls).Concat<IRefreshable>(Clusters.Tls).Concat(_dynamic.Secrets.Generic), _logger)
            : null;
        _createdAt = workers.Main.Time.GetTimestamp();
        services.Stats.BeforeRead(new ServerGauges(this, _listeners, _stats).Publish);
        if (services.Services.GetService(typeof(IMeterFactory)) is IMeterFactory meters)
        {
            _meter = new StatsMeter(services.Stats, StatTags.Default, meters.Create(StatsMeter.Name));
        }
    }

    /// <summary>The proxy's event loops.</summary>
    internal WorkerSet Workers { get; }

    /// <summary>The proxy's stats.</summary>
    public StatsStore Stats => _services.Stats;

    /// <summary>The proxy's clusters.</summary>
    public ClusterManager Clusters => _services.Clusters;

    /// <summary>What the process says about itself.</summary>
    public ServerDescription Description => _services.Description;

    /// <summary>Whether connections are told to go.</summary>
    public DrainState Drain { get; } = new();

    /// <summary>The configuration that runs.</summary>
    public ProxyConfig Config { get; private set; } = new();

    /// <summary>Runtime values that hold.</summary>
    public RuntimeSnapshot Runtime => _runtime.Snapshot;

    /// <summary>Where they come from. On main.</summary>
    internal RuntimeLayers RuntimeLayers => _runtime;

    /// <summary>Where the proxy is in its life.</summary>
    public ServerState State => Drain.HealthCheckFailed && _state == (int)ServerState.Live ? ServerState.Draining : (ServerState)_state;

    /// <summary>Time since the proxy was put together.</summary>
    public TimeSpan Uptime => Workers.Main.Time.GetElapsedTime(_createdAt);

    /// <summary>Ends when somebody asks the process to stop (<c>/quitquitquit</c>).</summary>
    public Task StopRequested => _stopRequested.Task;

    /// <summary>The listeners. On main.</summary>
    public IReadOnlyList<ListenerInfo> Listeners => [.. _listeners.Active.Select(Describe)];

    /// <summary>TLS as it is spoken now: to clients, listener by listener, then to upstreams. On main.</summary>
    internal IEnumerable<TlsContext> TlsContexts =>
        _listeners.Active.SelectMany(static listener => listener.Model.Tls).Select(static tls => tls.Context).Concat(Clusters.Tls.Select(static tls => tls.Context)).OfType<TlsContext>();

    /// <summary>Wall clock of the main thread.</summary>
    internal DateTimeOffset Now => Workers.Main.UtcNow;

    /// <summary>The admin listener; null for none. On main.</summary>
    public ListenerInfo? AdminListener => _admin.Active.Select(Describe).FirstOrDefault();

    /// <summary>Where the admin interface can be reached, in Envoy's form; null without one. From any thread.</summary>
    public string? AdminAddress { get; private set; }

    /// <summary>Ends when the admin interface can be reached, or when the proxy could not start.</summary>
    internal Task AdminStarted => _adminStarted.Task;

    /// <summary>What came while the proxy ran. On main.</summary>
    internal DynamicResources Dynamic => _dynamic;

    /// <summary>Starts: admin first, so that the way up can be watched, then clusters, then listeners.</summary>
    /// <exception cref="ConfigException">With every fault; nothing is left half-started.</exception>
    public Task StartAsync(ProxyConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return RunOnMainAsync(async () =>
        {
            try
            {
                if (config.FlagsPath.Length > 0 && File.Exists(Path.Combine(config.FlagsPath, "drain")))
                {
                    FailHealthChecks(true);
                }

                await StartAdminAsync(config);
                _adminStarted.TrySetResult();
                await BootAsync(config);
            }
            catch (ConfigException)
            {
                await CloseAsync();
                throw;
            }
            finally
            {
                _adminStarted.TrySetResult();
            }

            SetState(ServerState.Live);
            _stats.Record(ServerStats.InitializationTime, (long)Uptime.TotalMilliseconds);
            Flush();
            _secrets?.Start();
            Log.Started(_logger, config.Listeners.Count, config.Clusters.Count, Workers.Workers.Count);
        });
    }

    /// <summary>Changes to another configuration. What is equal stays untouched; what is replaced or gone drains; requests under way are not disturbed.</summary>
    /// <exception cref="ConfigException">With every fault; the last good configuration goes on.</exception>
    public Task UpdateAsync(ProxyConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return RunOnMainAsync(() => ApplyAsync(config));
    }

    /// <summary>Checks a configuration as <see cref="StartAsync"/> would, without opening anything.</summary>
    /// <exception cref="ConfigException">With every fault.</exception>
    public Task ValidateAsync(ProxyConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return RunOnMainAsync(() =>
        {
            _check.Run(config);
            _preparedRoutes.Clear();
            return Task.CompletedTask;
        });
    }

    /// <summary>Takes no more connections (admin <c>/drain_listeners</c>).</summary>
    /// <param name="graceful">Tells connections to go, too.</param>
    /// <param name="inboundOnly">Leaves listeners alone that do not face the service's clients.</param>
    /// <param name="keepListening">With <paramref name="graceful"/>: still takes connections when the drain time is over.</param>
    public Task DrainListenersAsync(bool graceful, bool inboundOnly, bool keepListening = false)
    {
        return RunOnMainAsync(() => _listeners.DrainAsync(graceful, inboundOnly, keepListening));
    }

    /// <summary>Begins or ends to answer health checks as failed (admin <c>/healthcheck/fail</c>, <c>/healthcheck/ok</c>). On main.</summary>
    public void FailHealthChecks(bool fail)
    {
        Drain.HealthCheckFailed = fail;
        _stats.Set(ServerStats.Live, State == ServerState.Live ? 1 : 0);
    }

    /// <summary>
    /// Leaves: takes no more connections, lets those there finish their requests for at most <paramref name="grace"/>, closes what is left.
    /// </summary>
    public Task StopAsync(TimeSpan grace)
    {
        return RunOnMainAsync(async () =>
        {
            SetState(ServerState.Draining);
            await _listeners.LeaveAsync();
            await WaitForConnectionsAsync((long)grace.TotalMilliseconds);
            await CloseAsync();
        });
    }

    /// <summary>Opens log files anew, after they were moved away (admin <c>/reopen_logs</c>).</summary>
    public void ReopenLogs() => _services.ReopenLogs();

    /// <summary>Asks for the process to stop; whoever runs the proxy waits for <see cref="StopRequested"/>.</summary>
    public void RequestStop() => _stopRequested.TrySetResult();

    private static ListenerInfo Describe(ListenerState state) => new(state.Model.Config, state.EndPoints, state.IsListening, state.ConnectionCount);

    // Envoy's order: clusters that nobody else is needed for, control planes reached through them, the clusters these bring, then listeners with their routes.
    private async Task BootAsync(ProxyConfig config)
    {
        _check.Run(config);
        var context = ContextOf(config);
        _runtime.Load(config);
        Clusters.LogOutliersTo(config.OutlierEventLogPath);
        Clusters.MakeFiltersFrom(context);
        _dynamic.Open(config);
        await AddClustersAsync(config.Clusters.Where(static cluster => !NeedsControlPlane(cluster)));
        await _dynamic.LoadRuntimeAsync(_runtime);
        using (_dynamic.Pause())
        {
            foreach (var cluster in config.Clusters.Where(NeedsControlPlane))
            {
                Clusters.AddOrUpdate(cluster);
            }
        }

        await _dynamic.LoadClustersAsync(config);
        await AddClustersAsync([]);
        _dynamic.MarkClustersLoaded();
        SetState(ServerState.Initializing);
        Config = config;
        var listeners = _listeners.ApplyAsync(config.Listeners, context);
        await _dynamic.LoadListenersAsync(config, context);
        await listeners;
        _preparedRoutes.Clear();
        await _dynamic.ListenersReadyAsync();
    }

    // Its hosts or secrets may come over the clusters that are added first.
    private static bool NeedsControlPlane(ClusterConfig cluster) =>
        cluster.EndpointDiscovery is not null
        || (cluster.Transport.Tls?.Common is { } tls && tls.CertificateSecrets.Append(tls.ValidationSecret).Any(static secret => secret?.Source is not (null or FileSourceConfig)));

    private async Task AddClustersAsync(IEnumerable<ClusterConfig> clusters)
    {
        foreach (var cluster in clusters)
        {
            Clusters.AddOrUpdate(cluster);
        }

        var ready = new TaskCompletionSource();
        Clusters.WhenReady(ready.SetResult);
        await ready.Task;
    }

    private FilterFactoryContext ContextOf(ProxyConfig config) => _context with
    {
        Node = config.Node,
        Scope = new ResourceScope(),
        PreparedRoutes = _preparedRoutes,
        Routes = _dynamic.Routes,
        Scopes = _dynamic.Scopes,
        Extensions = _dynamic.Extensions,
        Secrets = _dynamic.Secrets,
    };

    private async Task ApplyAsync(ProxyConfig config)
    {
        if (config.Dynamic != Config.Dynamic)
        {
            throw new ConfigException("dynamic_resources", "cannot change while the proxy runs");
        }

        _check.Run(config);
        var context = ContextOf(config);
        _runtime.Load(config);
        Clusters.LogOutliersTo(config.OutlierEventLogPath);
        await AddClustersAsync(config.Clusters);
        await _listeners.ApplyAsync(config.Listeners, context);
        _preparedRoutes.Clear();
        RemoveClusters(config.Clusters);
        Config = config;
    }

    private async Task StartAdminAsync(ProxyConfig config)
    {
        if (config.Admin is { } admin)
        {
            await _admin.ApplyAsync([AdminListenerConfig.For(admin)], _context with { Node = config.Node });
            AdminAddress = AdminListener?.EndPoints is [var bound, ..] ? bound.ToString() : null;
        }
    }

    private void RemoveClusters(IEnumerable<ClusterConfig> kept)
    {
        var names = kept.Select(static cluster => cluster.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var gone in Config.Clusters.Where(cluster => !names.Contains(cluster.Name)))
        {
            Clusters.Remove(gone.Name);
        }
    }

    private async Task CloseAsync()
    {
        _flush.Cancel();
        _secrets?.Stop();
        _meter?.Close();
        _runtime.Close();
        _dynamic.Close();
        await _listeners.CloseAsync();
        await _admin.CloseAsync();
    }

    private async Task WaitForConnectionsAsync(long graceMilliseconds)
    {
        var deadline = Workers.Main.Now + graceMilliseconds;
        while (_listeners.CountConnections() > 0 && Workers.Main.Now < deadline)
        {
            var tick = new TaskCompletionSource();
            Workers.Main.CreateTimer(static source => ((TaskCompletionSource)source!).SetResult(), tick).Arm(DrainPollMilliseconds);
            await tick.Task;
        }
    }

    private const long DrainPollMilliseconds = 10;

    private void SetState(ServerState state)
    {
        _state = (int)state;
        _stats.Set(ServerStats.State, (long)state);
        _stats.Set(ServerStats.Live, State == ServerState.Live ? 1 : 0);
    }

    private void Flush()
    {
        Stats.Reader.Flush();
        _meter?.Refresh();
        _flush.Arm((long)Config.StatsFlushInterval.TotalMilliseconds);
    }

    private Task RunOnMainAsync(Func<Task> step)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Workers.Main.Post(() => _ = CompleteAsync(step, done));
        return done.Task;
    }

    private static async Task CompleteAsync(Func<Task> step, TaskCompletionSource done)
    {
        try
        {
            await step();
            done.SetResult();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            done.SetException(e);
        }
    }
}

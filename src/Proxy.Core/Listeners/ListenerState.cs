using System.Net;
using Proxy.Configuration;
using Proxy.Configuration.Listeners;
using Proxy.Connections;
using Proxy.Hosting;
using Proxy.Resources;
using Proxy.Stats;
using Proxy.Workers;

namespace Proxy.Listeners;

/// <summary>One listener of a running proxy: its model, its part on each worker, and its life from listening to drained. On main.</summary>
internal sealed class ListenerState
{
    private readonly WorkerSet _workers;
    private readonly StatScope _scope;
    private readonly string _limitKey;
    private long _connections;
    private WorkerListener[] _onWorkers = [];
    private volatile ListenerModel _model;

    public ListenerState(ListenerModel model, WorkerSet workers, StatScope stats, DrainState drain)
    {
        _model = model;
        _limitKey = $"envoy.resource_limits.listener.{model.Config.Name}.connection_limit";
        Drain = drain;
        _workers = workers;
        _scope = stats;
        var prefix = $"listener.{StatName(model.Config)}.";
        Stats = stats.CreateGroup(ListenerStats.Schema, prefix);
        WorkerStats = [.. workers.Workers.Select(worker => stats.CreateGroup(WorkerListenerStats.Schema, $"{prefix}{(worker.IsMain ? "main_thread" : worker.Name)}."))];
    }

    /// <summary>What stands for the listener in the names of stats.</summary>
    public static string StatName(ListenerConfig config)
    {
        return config.StatPrefix.Length > 0 ? config.StatPrefix : AddressText.Of(config.Addresses[0]).Replace(':', '_');
    }

    /// <summary>What is compiled; an update in place changes it under the workers.</summary>
    public ListenerModel Model => _model;

    /// <summary>Where it comes from; null when it was there from the start.</summary>
    public DynamicOrigin? Origin { get; set; }

    /// <summary>What its filters are compiled against.</summary>
    public required FilterFactoryContext Context { get; init; }

    public DrainState Drain { get; }

    public StatGroup Stats { get; }

    public IReadOnlyList<StatGroup> WorkerStats { get; }

    /// <summary>Addresses bound, with the ports that were picked; one for each configured address. Empty when the listener does not bind.</summary>
    public IReadOnlyList<EndPoint> EndPoints { get; private set; } = [];

    /// <summary>Spreads connections; null where every worker accepts its own.</summary>
    public ExactBalancer? Balancer { get; private set; }

    /// <summary>Connections over all workers.</summary>
    public long ConnectionCount => Interlocked.Read(ref _connections);

    /// <summary>True from <see cref="ListenAsync"/> to <see cref="StopListeningAsync"/>.</summary>
    public bool IsListening { get; private set; }

    /// <summary>Binds on the workers. All sockets of the first worker come first, so that the others share the ports it was given.</summary>
    /// <exception cref="ConfigException">An address cannot be bound; nothing stays open.</exception>
    public async Task ListenAsync()
    {
        _onWorkers = await _workers.RunOnAllAsync(worker => new WorkerListener(this, worker, WorkerStats[Math.Max(0, worker.Index)].Shard(worker)));
        if (!Model.Config.BindToPort)
        {
            return;
        }

        // Without a socket of its own a worker gets its connections from the first one's.
        var shared = !Model.Config.ReusePort || Model.Config.Addresses.Any(static address => address is not SocketAddressConfig);
        Balancer = _onWorkers.Length > 1 && (shared || Model.Config.ExactBalance) ? new ExactBalancer(_onWorkers) : null;

        try
        {
            EndPoints = await WorkerSet.RunOnAsync(_workers.Workers[0], _ => Bind(_onWorkers[0], Model.Config.Addresses.Select(ToEndPoint)));
            if (Balancer is null)
            {
                await Task.WhenAll(_onWorkers.Skip(1).Select(listener => WorkerSet.RunOnAsync(listener.Worker, _ => Bind(listener, EndPoints))));
            }

            IsListening = true;
        }
        catch (Exception e) when (e is System.Net.Sockets.SocketException or IOException)
        {
            await StopListeningAsync();
            throw new ConfigException("address", $"cannot bind {string.Join(", ", Model.Config.Addresses.Select(Describe))}: {e.Message}");
        }
    }

    /// <summary>Takes no more connections; those there are live on.</summary>
    public Task StopListeningAsync()
    {
        IsListening = false;
        return RunAsync(static listener => listener.StopListening());
    }

    /// <summary>Asks all connections to end.</summary>
    public Task DrainConnectionsAsync() => RunAsync(static listener => listener.DrainConnections());

    /// <summary>Closes all connections.</summary>
    public Task CloseConnectionsAsync(CloseMode mode, string details) => RunAsync(listener => listener.CloseConnections(mode, details));

    /// <summary>What is to replace the model in place, once what it waits for is there; null for nothing.</summary>
    public WarmingListener? Pending { get; private set; }

    /// <summary>Keeps a model for <see cref="Replace"/>, in place of another that has waited.</summary>
    public void Prepare(WarmingListener? next)
    {
        Pending?.Model.ReleaseWithout(Model);
        Pending = next;
    }

    /// <summary>Serves new connections by a model which differs in chains only. Those of chains that are not in it any more live on.</summary>
    public void Replace(WarmingListener next)
    {
        _model = next.Model;
        Origin = next.Origin;
        Pending = null;
    }

    /// <summary>Closes the connections of a chain.</summary>
    public Task CloseConnectionsAsync(FilterChain chain, string details) => RunAsync(listener => listener.CloseConnections(chain, details));

    /// <summary>The listener is gone: takes its stats out of the store, those of its filters included, and lets go what they held.</summary>
    public void Release()
    {
        Prepare(null);
        Model.ReleaseWithout(other: null);
        _scope.Remove();
    }

    /// <summary>Reserves a place for a connection; false at the limit. On any worker: the count is shared, once per connection.</summary>
    public bool TryTake(Worker worker)
    {
        if (Interlocked.Increment(ref _connections) > Context.Runtime.GetInteger(_limitKey, Model.Config.ConnectionLimit ?? long.MaxValue))
        {
            GiveBack(worker);
            return false;
        }

        return true;
    }

    /// <summary>Frees the place.</summary>
    public void GiveBack(Worker worker)
    {
        Interlocked.Decrement(ref _connections);
        Balancer?.OnClosed(worker);
    }

    private static string Describe(AddressConfig address) => AddressText.Of(address);

    private static EndPoint ToEndPoint(AddressConfig address) => AddressText.ToEndPoint(address);

    private EndPoint[] Bind(WorkerListener listener, IEnumerable<EndPoint> endPoints)
    {
        return [.. endPoints.Select((endPoint, i) => listener.Listen(RequestFor(endPoint, Model.Config.Addresses[i])).LocalEndPoint)];
    }

    private ListenRequest RequestFor(EndPoint endPoint, AddressConfig address)
    {
        return new ListenRequest(endPoint)
        {
            Backlog = Model.Config.Backlog,
            ReusePort = Model.Config.ReusePort,
            DualStack = address is SocketAddressConfig { Ipv4Compat: true },
            UnixMode = (address as PipeAddressConfig)?.Mode,
            Multipath = Model.Config.Multipath,
            Settings = Model.Config.Socket,
            AcceptsPerEvent = Model.Config.AcceptsPerEvent,
            Balancer = Balancer,
        };
    }

    private async Task RunAsync(Action<WorkerListener> step)
    {
        await Task.WhenAll(_onWorkers.Select(listener => WorkerSet.RunOnAsync(listener.Worker, _ =>
        {
            step(listener);
            return true;
        })));
    }
}

using Microsoft.Extensions.Logging;
using Proxy.Configuration;
using Proxy.Configuration.Listeners;
using Proxy.Connections;
using Proxy.Hosting;
using Proxy.Stats;
using Proxy.Workers;

namespace Proxy.Listeners;

/// <summary>The listeners of one proxy: adds, replaces, drains and removes them. On main.</summary>
internal sealed partial class ListenerManager
{
    private readonly WorkerSet _workers;
    private readonly DrainOptions _drain;
    private readonly StatsStore _store;
    private readonly StatShard _stats;
    private readonly ILogger _logger;
    private readonly Dictionary<string, ListenerState> _active = new(StringComparer.Ordinal);
    private readonly HashSet<ListenerState> _draining = [];
    private bool? _stoppedInboundOnly; // null while connections are taken
    private IReadOnlyList<ListenerState> _compiled = []; // those that wait for something before they listen

    /// <param name="workers">Where the listeners live.</param>
    /// <param name="store">What they and their filters count in.</param>
    /// <param name="stats">What is counted of all listeners.</param>
    /// <param name="drain">How listeners leave.</param>
    /// <param name="logger">Told of listeners that cannot be opened.</param>
    public ListenerManager(WorkerSet workers, StatsStore store, StatShard stats, DrainOptions drain, ILogger logger)
    {
        _workers = workers;
        _store = store;
        _drain = drain;
        _logger = logger;
        _stats = stats;
        _stats.Set(ListenerManagerStats.WorkersStarted, workers.Workers.Count > 0 ? 1 : 0);
    }

    /// <summary>The listeners, by name.</summary>
    public IReadOnlyCollection<ListenerState> Active => _active.Values;

    /// <summary>Those that were removed or replaced and still have connections.</summary>
    public IReadOnlyCollection<ListenerState> Draining => _draining;

    /// <summary>Those in use, and those that are to be.</summary>
    public IEnumerable<ListenerModel> All => _active.Values.Concat(_compiled).Select(static state => state.Model).Concat(Warming.Select(static warming => warming.Model));

    /// <summary>Adds to <paramref name="faults"/> whatever keeps <paramref name="configs"/> from being compiled.</summary>
    public static void Check(IReadOnlyList<ListenerConfig> configs, FilterFactoryContext context, FaultList faults)
    {
        for (var i = 0; i < configs.Count; i++)
        {
            faults.Collect($"listeners[{i}]", () => ListenerModel.Compile(configs[i], context));
        }

        ListenerAddresses.Check(configs, faults);
    }

    /// <summary>Makes the listeners be those of <paramref name="configs"/>: what is equal stays untouched, what is gone or replaced drains.</summary>
    /// <exception cref="ConfigException">With every fault; nothing has changed.</exception>
    public async Task ApplyAsync(IReadOnlyList<ListenerConfig> configs, FilterFactoryContext context)
    {
        var fresh = Compile(configs, context);
        var opened = new List<ListenerState>();
        try
        {
            _compiled = fresh;
            await Task.WhenAll(fresh.Select(WarmAsync));
            _compiled = [];
            foreach (var state in fresh)
            {
                await ListenAsync(state);
                opened.Add(state);
            }
        }
        catch (ConfigException)
        {
            _stats.Increment(ListenerManagerStats.CreateFailure);
            await Task.WhenAll(opened.Select(static state => state.StopListeningAsync()));
            fresh.ForEach(static state => state.Release());
            throw;
        }

        var wanted = configs.Select(static config => config.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var gone in _active.Values.Where(state => state.Origin is null && !wanted.Contains(state.Model.Config.Name)).ToArray())
        {
            _active.Remove(gone.Model.Config.Name);
            _stats.Increment(ListenerManagerStats.Removed);
            await RetireAsync(gone);
        }

        foreach (var state in fresh)
        {
            await ActivateAsync(state);
        }

        _stats.Set(ListenerManagerStats.Active, _active.Count);
    }

    /// <summary>
    /// Takes no more connections. With <paramref name="graceful"/> those there are asked to go first, and new ones are still taken until the drain time is
    /// over; with <paramref name="keepListening"/> even then. Listeners that only drain when modified stay.
    /// </summary>
    public async Task DrainAsync(bool graceful, bool inboundOnly, bool keepListening)
    {
        if (!graceful)
        {
            await StopListeningAsync(inboundOnly);
            return;
        }

        foreach (var state in _active.Values.Where(state => IsLeaving(state.Model.Config, inboundOnly)))
        {
            state.Drain.Start(_workers.Main, _drain.Time, _drain.Gradual);
        }

        if (!keepListening)
        {
            _workers.Main.CreateTimer(_ => _ = StopListeningAsync(inboundOnly)).Arm((long)_drain.Time.TotalMilliseconds);
        }
    }

    /// <summary>Takes no more connections and asks those there to end: idle ones at once, busy ones when they are done.</summary>
    public async Task LeaveAsync()
    {
        foreach (var state in _active.Values.Concat(_draining).ToArray())
        {
            state.Drain.Start(_workers.Main, TimeSpan.Zero, gradual: false);
            await state.StopListeningAsync();
            await state.DrainConnectionsAsync();
        }
    }

    /// <summary>Connections of all listeners, draining ones included.</summary>
    public long CountConnections() => _active.Values.Concat(_draining).Sum(static state => state.ConnectionCount);

    /// <summary>Ends everything at once.</summary>
    public async Task CloseAsync()
    {
        _isClosed = true;
        foreach (var state in _warming.Values)
        {
            state.Release();
        }

        _warming.Clear();
        foreach (var state in _active.Values.Concat(_draining).ToArray())
        {
            await state.StopListeningAsync();
            await state.CloseConnectionsAsync(CloseMode.Immediate, "server_shutdown");
        }

        _active.Clear();
        _draining.Clear();
    }

    private static bool IsLeaving(ListenerConfig config, bool inboundOnly) => !inboundOnly || config.Direction == TrafficDirection.Inbound;

    // For good: a listener that its source changes or adds later is not opened.
    private async Task StopListeningAsync(bool inboundOnly)
    {
        _stoppedInboundOnly = inboundOnly && _stoppedInboundOnly is not false;
        foreach (var name in _warming.Values.Where(state => IsLeaving(state.Model.Config, inboundOnly)).Select(static state => state.Model.Config.Name).ToArray())
        {
            CancelWarming(name);
        }

        var leaving = _active.Values.Where(state => state.IsListening && IsLeaving(state.Model.Config, inboundOnly)).ToArray();
        await Task.WhenAll(leaving.Select(static state => state.StopListeningAsync()));
        _stats.Add(ListenerManagerStats.Stopped, leaving.Length);
    }

    private List<ListenerState> Compile(IReadOnlyList<ListenerConfig> configs, FilterFactoryContext context)
    {
        var faults = new FaultList();
        var fresh = new List<ListenerState>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < configs.Count; i++)
        {
            var config = configs[i];
            if (!seen.Add(config.Name))
            {
                continue; // as in Envoy, the first of a name is the one that counts
            }

            if (!_active.TryGetValue(config.Name, out var known) || !known.Model.Config.Equals(config))
            {
                faults.Collect($"listeners[{i}]", () => fresh.Add(Compile(config, context)));
            }
        }

        if (faults.Count > 0)
        {
            fresh.ForEach(static state => state.Release());
        }

        faults.ThrowIfAny();
        return fresh;
    }

    private ListenerState Compile(ListenerConfig config, FilterFactoryContext context)
    {
        var drain = new DrainState(config.DrainOnModifyOnly ? null : context.Drain);
        var stats = _store.CreateScope();
        var own = context with { Drain = drain, Stats = stats };
        return new ListenerState(ListenerModel.Compile(config, own), _workers, stats, drain) { Context = own };
    }

    // Two sockets may share an IP address (SO_REUSEPORT) but not a path: there the old listener has to let go first.
    private async Task ListenAsync(ListenerState state)
    {
        if (_active.TryGetValue(state.Model.Config.Name, out var old) && (!old.Model.Config.ReusePort || old.Model.Config.Addresses.Any(static a => a is not SocketAddressConfig)))
        {
            await old.StopListeningAsync();
        }

        await state.ListenAsync();
    }

    private async Task ActivateAsync(ListenerState state)
    {
        var name = state.Model.Config.Name;
        var replaced = _active.Remove(name, out var old);
        _active.Add(name, state);
        _stats.Add(ListenerManagerStats.CreateSuccess, _workers.Workers.Count);
        _stats.Increment(replaced ? ListenerManagerStats.Modified : ListenerManagerStats.Added);
        if (old is not null)
        {
            await RetireAsync(old);
        }
    }

    private async Task RetireAsync(ListenerState state)
    {
        _draining.Add(state);
        state.Drain.Start(_workers.Main, _drain.Time, _drain.Gradual);
        await state.StopListeningAsync();
        _stats.Set(ListenerManagerStats.Draining, _draining.Count);
        _workers.Main.CreateTimer(static pair =>
        {
            var (manager, drained) = ((ListenerManager, ListenerState))pair!;
            _ = manager.FinishAsync(drained);
        }, (this, state)).Arm((long)_drain.Time.TotalMilliseconds);
    }

    private async Task FinishAsync(ListenerState state)
    {
        if (_draining.Remove(state))
        {
            await state.CloseConnectionsAsync(CloseMode.Immediate, "listener_drained");
            state.Release();
            _stats.Set(ListenerManagerStats.Draining, _draining.Count);
        }
    }
}

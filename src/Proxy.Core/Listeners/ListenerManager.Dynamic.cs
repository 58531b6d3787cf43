using Microsoft.Extensions.Logging;
using Proxy.Configuration;
using Proxy.Configuration.Listeners;
using Proxy.Hosting;
using Proxy.Resources;

namespace Proxy.Listeners;

/// <summary>Listeners that come and go while the proxy runs: one by one, each in use once what it waits for is there.</summary>
internal sealed partial class ListenerManager
{
    private readonly Dictionary<string, ListenerState> _warming = new(StringComparer.Ordinal);
    private readonly List<Action> _waiters = [];
    private bool _isClosed;
    private int _drainingChains;

    /// <summary>What waits for something before it takes a listener's place: as a whole, or its chains only.</summary>
    public IEnumerable<WarmingListener> Warming => _warming.Values.Select(static state => new WarmingListener(state.Model, state.Origin))
        .Concat(_active.Values.Select(static state => state.Pending).OfType<WarmingListener>());

    /// <summary>
    /// Adds a listener, or replaces the one of its name: in place, with its connections, when only chains differ; otherwise the old one drains. Until the new one
    /// has what it waits for, the old one serves; asked for again, it stays and what waits is given up.
    /// </summary>
    /// <returns>False when nothing changed, or the proxy takes no new connections any more.</returns>
    /// <exception cref="ConfigException">It breaks rules or cannot be opened; the old one goes on.</exception>
    public async Task<bool> AddOrUpdateAsync(ListenerConfig config, FilterFactoryContext context, DynamicOrigin origin)
    {
        var known = _active.GetValueOrDefault(config.Name);
        var waiting = known?.Pending?.Model ?? _warming.GetValueOrDefault(config.Name)?.Model;
        if (known is { Origin: null } || waiting?.Config == config || (_stoppedInboundOnly is { } inboundOnly && IsLeaving(config, inboundOnly)))
        {
            return false;
        }

        if (known?.Model.Config == config)
        {
            var isBack = CancelWarming(config.Name);
            _stats.Add(ListenerManagerStats.Modified, isBack ? 1 : 0);
            return isBack;
        }

        CheckAddresses(config);
        if (known is not null && DiffersInChainsOnly(known.Model.Config, config))
        {
            ReplaceInPlace(known, config, origin);
            return true;
        }

        CheckReusePort(known, config);
        var state = Compile(config, context);
        state.Origin = origin;
        CancelWarming(config.Name);
        _warming[config.Name] = state;
        _stats.Increment(known is null && waiting is null ? ListenerManagerStats.Added : ListenerManagerStats.Modified);
        if (state.Model.Unready.Any())
        {
            state.Model.WhenReady(() => _ = OpenLateAsync(state));
            ShowCounts();
            return true;
        }

        await OpenAsync(state);
        return true;
    }

    /// <summary>Removes a listener; connections there are drain.</summary>
    /// <returns>Whether there was one.</returns>
    public async Task<bool> RemoveAsync(string name)
    {
        var removed = CancelWarming(name);
        if (_active.TryGetValue(name, out var state) && state.Origin is not null)
        {
            _active.Remove(name);
            await RetireAsync(state);
            removed = true;
        }

        _stats.Add(ListenerManagerStats.Removed, removed ? 1 : 0);
        ShowCounts();
        TellWaiters();
        return removed;
    }

    /// <summary>Runs <paramref name="callback"/> once no listener waits for anything; at once when none does.</summary>
    public void WhenReady(Action callback)
    {
        _waiters.Add(callback);
        TellWaiters();
    }

    private static bool DiffersInChainsOnly(ListenerConfig old, ListenerConfig config) =>
        old with { FilterChains = config.FilterChains, DefaultFilterChain = config.DefaultFilterChain, FilterChainMatcher = config.FilterChainMatcher } == config;

    private static Task WarmAsync(ListenerState state)
    {
        var ready = new TaskCompletionSource();
        state.Model.WhenReady(ready.SetResult);
        return ready.Task;
    }

    private void CheckAddresses(ListenerConfig config)
    {
        var others = _active.Values.Concat(_warming.Values).Select(static state => state.Model.Config).Where(other => other.Name != config.Name);
        CheckAddresses([.. others.DistinctBy(static other => other.Name), config]);
    }

    // Of the last one; those before it are known to agree.
    private static void CheckAddresses(IReadOnlyList<ListenerConfig> configs)
    {
        var faults = new FaultList();
        ListenerAddresses.Check(configs, faults);
        if (faults.Count > 0)
        {
            throw new ConfigException("address", faults.Faults[^1].Message);
        }
    }

    // Sockets that share a port and one that does not cannot be bound side by side.
    private static void CheckReusePort(ListenerState? known, ListenerConfig config)
    {
        if (known is not null && known.Model.Config.ReusePort != config.ReusePort)
        {
            throw new ConfigException("enable_reuse_port", "cannot be changed by an update");
        }
    }

    private void ReplaceInPlace(ListenerState state, ListenerConfig config, DynamicOrigin origin)
    {
        var model = ListenerModel.Compile(config, state.Context, state.Model);
        CancelWarming(config.Name);
        _stats.Increment(ListenerManagerStats.Modified);
        _stats.Increment(ListenerManagerStats.UpdatedInPlace);

        // As in Envoy, it keeps the version it began with.
        state.Prepare(new WarmingListener(model, origin with { Version = state.Origin?.Version ?? origin.Version }));
        ShowCounts();
        model.WhenReady(() =>
        {
            if (state.Pending is not { } pending || pending.Model != model)
            {
                return; // overtaken
            }

            var former = state.Model;
            state.Replace(pending);
            ShowCounts();
            RetireChains(state, [.. former.Chains.Except(model.Chains)]);
        });
    }

    private void RetireChains(ListenerState state, FilterChain[] chains)
    {
        foreach (var chain in chains)
        {
            chain.Drain.Start(_workers.Main, _drain.Time, _drain.Gradual);
        }

        _drainingChains += chains.Length;
        _stats.Set(ListenerManagerStats.DrainingChains, _drainingChains);
        _workers.Main.CreateTimer(_ => _ = FinishChainsAsync(state, chains)).Arm((long)_drain.Time.TotalMilliseconds);
    }

    private async Task FinishChainsAsync(ListenerState state, FilterChain[] chains)
    {
        foreach (var chain in chains)
        {
            await state.CloseConnectionsAsync(chain, "filter_chain_drained");
            chain.Release();
        }

        _drainingChains -= chains.Length;
        _stats.Set(ListenerManagerStats.DrainingChains, _drainingChains);
    }

    private async Task OpenLateAsync(ListenerState state)
    {
        try
        {
            await OpenAsync(state);
        }
        catch (ConfigException exception)
        {
            Log.NotOpened(_logger, state.Model.Config.Name, exception.Message);
        }
    }

    private async Task OpenAsync(ListenerState state)
    {
        var name = state.Model.Config.Name;
        if (_isClosed || _warming.GetValueOrDefault(name) != state)
        {
            return; // overtaken
        }

        try
        {
            await ListenAsync(state);
        }
        catch (ConfigException)
        {
            _stats.Increment(ListenerManagerStats.CreateFailure);
            CancelWarming(name);
            TellWaiters();
            throw;
        }

        if (_isClosed || _warming.GetValueOrDefault(name) != state)
        {
            await state.StopListeningAsync(); // overtaken meanwhile
            return;
        }

        _warming.Remove(name);
        _active.Remove(name, out var old);
        _active.Add(name, state);
        _stats.Add(ListenerManagerStats.CreateSuccess, _workers.Workers.Count);
        if (old is not null)
        {
            await RetireAsync(old);
        }

        ShowCounts();
        TellWaiters();
    }

    private bool CancelWarming(string name)
    {
        var isChains = _active.TryGetValue(name, out var active) && active.Pending is not null;
        active?.Prepare(null);
        var isWhole = _warming.Remove(name, out var state);
        state?.Release();
        ShowCounts();
        return isChains || isWhole;
    }

    private void ShowCounts()
    {
        _stats.Set(ListenerManagerStats.Active, _active.Count);
        _stats.Set(ListenerManagerStats.Warming, Warming.Count());
    }

    private void TellWaiters()
    {
        if (_warming.Count > 0)
        {
            return;
        }

        var waiters = _waiters.ToArray();
        _waiters.Clear();
        foreach (var waiter in waiters)
        {
            waiter();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(30, LogLevel.Error, "listener {Name} cannot be opened: {Fault}")]
        public static partial void NotOpened(ILogger logger, string name, string fault);
    }
}

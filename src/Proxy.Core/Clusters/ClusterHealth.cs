using Proxy.Clusters.Health;
using Proxy.Clusters.Outliers;
using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Hosting;
using Proxy.Observability;
using Proxy.Workers;
using Proxy.Workers.Files;

namespace Proxy.Clusters;

/// <summary>What finds out about the health of a cluster's hosts, by asking them and by what requests come to, and when the workers are told. On main.</summary>
/// <remarks>
/// News of health reaches the workers at most once in <see cref="ClusterConfig.UpdateMergeWindow"/>: every set of hosts makes
/// balancers start over, and a cluster whose hosts come and go must not do that all the time. Hosts that were added or removed are told at once.
/// </remarks>
internal sealed class ClusterHealth
{
    private readonly Worker _main;
    private readonly bool _keepsHealthyHosts;
    private readonly HealthChecker? _checks;
    private readonly WorkerTimer _window;
    private readonly long _windowMilliseconds;
    private HostSet _hosts = HostSet.Empty;
    private bool _initialized;
    private long? _lastDelivery;

    /// <param name="model">The cluster.</param>
    /// <param name="main">The main dispatcher.</param>
    /// <param name="ejections">Told of ejections; null for nobody.</param>
    /// <param name="events">Where results of health checks are written; null for nowhere.</param>
    public ClusterHealth(ClusterModel model, Worker main, IOutlierLog? ejections, ILogFile? events)
    {
        _main = main;
        _keepsHealthyHosts = !model.Config.IgnoresHealthOnRemoval;
        _windowMilliseconds = (long)model.Config.UpdateMergeWindow.TotalMilliseconds;
        _window = main.CreateTimer(static self => ((ClusterHealth)self!).DeliverNow(), this);
        if (model.Config.OutlierDetection is { } outliers)
        {
            var stats = model.Scope.CreateGroup(OutlierStats.Schema, model.Stats.Prefix + "outlier_detection.");
            Outliers = new OutlierDetector(outliers, model.Runtime, main, stats.Shard(main)) { Changed = _ => OnChanged(), Log = ejections };
        }

        if (model.Config.HealthCheck is { } check)
        {
            var stats = model.Scope.CreateGroup(HealthStats.Schema, model.Stats.Prefix + "health_check.");
            var compiled = HealthModel.Compile(check, FormatEnvironment.Empty, "", new FaultList()); // faults were found with the cluster's
            _checks = new HealthChecker(model, compiled, main, stats.Shard(main))
            {
                Checked = OnChecked,
                Log = events is null ? null : new HealthEventLog(events, model.Config.Name, compiled, main),
            };
        }
    }

    /// <summary>True when the cluster has anything that looks at health.</summary>
    public static bool IsWanted(ClusterModel model) => model.Config.OutlierDetection is not null || model.Config.HealthCheck is not null;

    /// <summary>
    /// True when hosts may go over, with what is known of their health, from a cluster to the one that takes its place: health checks that there were none of
    /// before say nothing good of a host before its first.
    /// </summary>
    public static bool TakesOver(ClusterConfig former, ClusterConfig next) => former.HealthCheck is not null || next.HealthCheck is null;

    /// <summary>Flags that nothing would ever take back.</summary>
    public static HealthFlags Unwatched(ClusterConfig config)
    {
        return (config.HealthCheck is null ? HealthFlags.ByChecks : HealthFlags.None) | (config.OutlierDetection is null ? HealthFlags.FailedOutlierCheck : HealthFlags.None);
    }

    /// <summary>Looks at what requests come to; null when nothing does.</summary>
    public OutlierDetector? Outliers { get; }

    /// <summary>Takes what the runtime says about outliers.</summary>
    public void ApplyRuntime(RuntimeSnapshot runtime) => Outliers?.Apply(runtime);

    /// <summary>Flags have changed: main's own view of the hosts is to be made anew.</summary>
    public required Action Changed { get; init; }

    /// <summary>The workers are to get the hosts as main sees them.</summary>
    public required Action Deliver { get; init; }

    /// <summary>A host that was only kept because it was well is so no more: the members are to be set again.</summary>
    public required Action Removed { get; init; }

    /// <summary>A host has ceased to pass its checks.</summary>
    public required Action<Host> Failed { get; init; }

    /// <summary>Every host has been checked once.</summary>
    public required Action Settled { get; init; }

    /// <summary>True when every host has been checked once, or nothing checks them.</summary>
    public bool IsSettled => _checks is null || _checks.IsSettled;

    public void Start() => Outliers?.Start();

    public void Stop()
    {
        _window.Cancel();
        Outliers?.Stop();
        _checks?.Stop();
    }

    /// <summary>The cluster is in use from now on. Until then no request told anything of its hosts, or told it to the cluster that was there before.</summary>
    public void MarkInitialized()
    {
        _initialized = true;
        Outliers?.SetHosts(_hosts.All.Select(static entry => entry.Host));
        _checks?.PublishGauges();
    }

    /// <summary>The members are others now. Their flags are right when the call returns; the caller makes them known.</summary>
    /// <returns>The members, and those that have left their source but still pass their checks.</returns>
    public HostSet SetHosts(HostSet found)
    {
        _hosts = _checks is not null && _keepsHealthyHosts ? WithHealthyOnes(found) : found;
        var hosts = _hosts.All.Select(static entry => entry.Host).ToArray();
        _checks?.SetHosts(hosts);
        if (_initialized)
        {
            Outliers?.SetHosts(hosts);
        }

        _window.Cancel(); // what waits goes with the new hosts
        _lastDelivery = _initialized ? _main.Now : null;
        return _hosts;
    }

    // A source that loses its memory must not take down what works.
    private HostSet WithHealthyOnes(HostSet found)
    {
        var known = new HashSet<Host>(found.All.Select(static entry => entry.Host), ReferenceEqualityComparer.Instance);
        var addresses = found.All.Select(static entry => entry.Host.EndPoint).ToHashSet();
        var kept = new List<HostEntry>();
        foreach (var entry in _hosts.All)
        {
            var host = entry.Host;
            if (!known.Contains(host) && !addresses.Contains(host.EndPoint) && host.HealthCheck is not { IsDisabled: true } && !host.Flags.HasFlag(HealthFlags.FailedActiveCheck))
            {
                host.Flags |= HealthFlags.PendingRemoval;
                kept.Add(entry);
            }
        }

        foreach (var host in known)
        {
            host.Flags &= ~HealthFlags.PendingRemoval;
        }

        return kept.Count == 0 ? found : found.With(kept);
    }

    private void OnChecked(HealthCheckResult result)
    {
        if (result.Passed)
        {
            Outliers?.OnCheckPassed(result.Host);
        }

        if (result is { Changed: true, Passed: false })
        {
            Failed(result.Host);
        }

        if (result.Host.Flags.HasFlag(HealthFlags.PendingRemoval) && result.Host.Flags.HasFlag(HealthFlags.FailedActiveCheck))
        {
            Removed();
        }
        else if (result.Changed)
        {
            OnChanged();
        }

        if (result.First && IsSettled)
        {
            Settled();
        }
    }

    private void OnChanged()
    {
        Changed();
        if (!_initialized)
        {
            Deliver();
        }
        else if (_windowMilliseconds == 0 || _lastDelivery is not { } last || _main.Now - last > _windowMilliseconds)
        {
            DeliverNow();
        }
        else if (!_window.IsArmed)
        {
            _window.Arm(_windowMilliseconds);
        }
    }

    private void DeliverNow()
    {
        _window.Cancel();
        _lastDelivery = _main.Now;
        Deliver();
    }
}

using Proxy.Clusters.Outliers;
using Proxy.Workers;

namespace Proxy.Clusters;

/// <summary>What finds out about the health of a cluster's hosts while they are used, and when the workers are told. On main.</summary>
/// <remarks>
/// News of health reaches the workers at most once in <see cref="Configuration.Clusters.ClusterConfig.UpdateMergeWindow"/>: every set of hosts makes
/// balancers start over, and a cluster whose hosts come and go must not do that all the time. Hosts that were added or removed are told at once.
/// </remarks>
internal sealed class ClusterHealth
{
    private readonly Worker _main;
    private readonly OutlierDetector? _outliers;
    private readonly WorkerTimer _window;
    private readonly long _windowMilliseconds;
    private long? _lastDelivery;

    /// <param name="model">The cluster.</param>
    /// <param name="main">The main dispatcher.</param>
    /// <param name="log">Told of ejections; null for nobody.</param>
    public ClusterHealth(ClusterModel model, Worker main, IOutlierLog? log)
    {
        _main = main;
        _windowMilliseconds = (long)model.Config.UpdateMergeWindow.TotalMilliseconds;
        _window = main.CreateTimer(static self => ((ClusterHealth)self!).DeliverNow(), this);
        if (model.Config.OutlierDetection is { } config)
        {
            var stats = model.Scope.CreateGroup(OutlierStats.Schema, model.Stats.Prefix + "outlier_detection.");
            _outliers = new OutlierDetector(config, main, stats.Shard(main)) { Changed = _ => OnChanged(), Log = log };
        }
    }

    /// <summary>True when the cluster has anything that looks at health.</summary>
    public static bool IsWanted(ClusterModel model) => model.Config.OutlierDetection is not null;

    /// <summary>Flags have changed: main's own view of the hosts is to be made anew.</summary>
    public required Action Changed { get; init; }

    /// <summary>The workers are to get the hosts as main sees them.</summary>
    public required Action Deliver { get; init; }

    public void Start() => _outliers?.Start();

    public void Stop()
    {
        _window.Cancel();
        _outliers?.Stop();
    }

    /// <summary>The members are others now. Their flags are right when the call returns; the caller makes them known.</summary>
    public void SetHosts(HostSet hosts)
    {
        _outliers?.SetHosts(hosts.All.Select(static entry => entry.Host));
        if (_window.IsArmed)
        {
            _window.Cancel(); // what waits goes with the new hosts
        }

        _lastDelivery = _lastDelivery is null ? null : _main.Now;
    }

    private void OnChanged()
    {
        Changed();
        if (_windowMilliseconds == 0 || _lastDelivery is not { } last || _main.Now - last > _windowMilliseconds)
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

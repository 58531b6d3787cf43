using Proxy.Configuration.Clusters;
using Proxy.Hosting;
using Proxy.Stats;
using Proxy.Workers;

namespace Proxy.Clusters.Balancing;

/// <summary>One worker's balancer of one cluster: picks a priority, then a host of it.</summary>
internal sealed class LoadBalancer
{
    private static readonly int Sources = Enum.GetValues<HostSource>().Length;

    private readonly ClusterConfig _config;
    private readonly Worker _worker;
    private readonly RuntimeSnapshot _runtime;
    private readonly ulong _seed;
    private HostSet _hosts = HostSet.Empty;
    private PriorityLoads? _loads; // made, with the pickers, when a host is first asked for
    private HostPicker?[] _pickers = [];
    private BoundedLoad?[] _bounds = []; // by priority, where a host may not be given too much

    public LoadBalancer(ClusterConfig config, Worker worker, RuntimeSnapshot runtime)
    {
        _runtime = runtime;
        _config = config;
        _worker = worker;
        _seed = worker.Random.Next();
    }

    /// <summary>Uses another set of hosts from now on.</summary>
    public void Update(HostSet hosts)
    {
        _hosts = hosts;
        _loads = null;
        _bounds = _config.Hashing.BalanceFactor is { } factor ? Array.ConvertAll(hosts.HashTables, table => new BoundedLoad(table, factor)) : [];
    }

    /// <summary>A host; null when there is none to use.</summary>
    public Host? Choose(in LoadBalancerContext context, StatShard stats)
    {
        if (_hosts.Priorities.Length == 0)
        {
            return null;
        }

        var loads = _loads ?? Prepare();
        if (context.AvoidedPriorities != 0)
        {
            loads = loads.Without(context.AvoidedPriorities);
        }

        if (_hosts.HashTables.Length > 0)
        {
            return ChooseByHash(loads, context.Hash ?? _worker.Random.Next(), context.Attempt, stats);
        }

        var (priority, source) = loads.Choose(loads.IsCertain ? 0 : (int)(_worker.Random.Next() % 100));
        if (source == HostSource.All)
        {
            stats.Increment(ClusterStats.HealthyPanic);
            if (_config.FailsOnPanic)
            {
                return null;
            }
        }

        return PickerOf(priority, source)?.Pick();
    }

    // Degraded hosts are in no table: a priority that has no others answers for itself.
    private Host? ChooseByHash(PriorityLoads loads, ulong hash, int attempt, StatShard stats)
    {
        var (priority, _) = loads.Choose((int)(hash % 100));
        var table = _hosts.HashTables[priority];
        if (table.IsPanic)
        {
            stats.Increment(ClusterStats.HealthyPanic);
        }

        return _bounds.Length > 0 ? _bounds[priority]!.Pick(hash, attempt) : table.Pick(hash, attempt);
    }

    private PriorityLoads Prepare()
    {
        if (_hosts.HashTables.Length > 0)
        {
            return _loads = new PriorityLoads(_hosts, PriorityLoads.PanicThresholdOf(_config, _runtime));
        }

        // Rotations go on where they were: a changed set must not send everybody to its first host.
        var count = _hosts.Priorities.Length * Sources;
        if (_pickers.Length != count)
        {
            Array.Resize(ref _pickers, count);
        }

        for (var i = 0; i < count; i++)
        {
            var start = _pickers[i] is RoundRobinPicker turn ? turn.Next : _seed;
            _pickers[i] = Create(HostsOf(i / Sources, (HostSource)(i % Sources)), start);
        }

        return _loads = new PriorityLoads(_hosts, PriorityLoads.PanicThresholdOf(_config, _runtime));
    }

    private HostEntry[] HostsOf(int priority, HostSource source)
    {
        var hosts = _hosts.Priorities[priority];
        return source switch
        {
            HostSource.Healthy => hosts.Healthy,
            HostSource.Degraded => hosts.Degraded,
            _ => hosts.All,
        };
    }

    private HostPicker? PickerOf(int priority, HostSource source) => _pickers[(priority * Sources) + (int)source];

    private double BiasOf(LeastRequestConfig config)
    {
        return config.BiasKey.Length > 0 && _runtime.GetNumber(config.BiasKey) is >= 0 and var bias ? bias : config.ActiveRequestBias;
    }

    private HostPicker? Create(HostEntry[] hosts, ulong start)
    {
        if (hosts.Length <= 1)
        {
            return hosts.Length == 0 ? null : new SingleHostPicker(hosts[0].Host);
        }

        var equal = Array.TrueForAll(hosts, entry => entry.Weight == hosts[0].Weight);
        return _config.Policy switch
        {
            LoadBalancingPolicy.Random => new RandomPicker(hosts, _worker.Random),
            LoadBalancingPolicy.LeastRequest when equal && _config.LeastRequest.ComparesAll => new FullScanPicker(hosts, _worker.Random),
            LoadBalancingPolicy.LeastRequest when equal => new LeastRequestPicker(hosts, _config.LeastRequest.ChoiceCount, _worker.Random),
            LoadBalancingPolicy.LeastRequest => new WeightedPicker(hosts, BiasOf(_config.LeastRequest), start),
            _ when equal => new RoundRobinPicker(hosts, start),
            _ => new WeightedPicker(hosts, 0, start),
        };
    }
}

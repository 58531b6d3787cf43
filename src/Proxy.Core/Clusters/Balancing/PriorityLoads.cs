using Proxy.Configuration.Clusters;
using Proxy.Hosting;

namespace Proxy.Clusters.Balancing;

/// <summary>How load is shared between priorities, by how many of their hosts can be used (Envoy's priority levels and panic threshold).</summary>
internal sealed class PriorityLoads
{
    private readonly int[] _healthy;
    private readonly int[] _degraded;
    private readonly bool[] _panic;

    private readonly int[] _usableHealthy;
    private readonly int[] _usableDegraded;

    public PriorityLoads(HostSet hosts, double panicThreshold)
    {
        var priorities = hosts.Priorities;
        _healthy = new int[priorities.Length];
        _degraded = new int[priorities.Length];
        _panic = new bool[priorities.Length];
        var healthy = _usableHealthy = Array.ConvertAll(priorities, level => Availability(level, level.Healthy, hosts.Share));
        var degraded = _usableDegraded = Array.ConvertAll(priorities, level => Availability(level, level.Degraded, hosts.Share));
        var total = Math.Min(100, healthy.Sum() + degraded.Sum());
        if (total == 0)
        {
            _healthy[0] = 100;
        }
        else
        {
            var left = Distribute(healthy, _healthy, 100, total);
            left = Distribute(degraded, _degraded, left, total);
            GiveRest(left);
        }

        FindPanic(priorities, total, panicThreshold);
    }

    private PriorityLoads(PriorityLoads all, UInt128 avoided)
    {
        _healthy = new int[all._healthy.Length];
        _degraded = new int[all._healthy.Length];
        _panic = new bool[all._healthy.Length];
        _usableHealthy = all._usableHealthy.Select((usable, i) => IsAvoided(avoided, i) ? 0 : usable).ToArray();
        _usableDegraded = all._usableDegraded.Select((usable, i) => IsAvoided(avoided, i) ? 0 : usable).ToArray();
        var total = Math.Min(100, _usableHealthy.Sum() + _usableDegraded.Sum());
        if (total > 0)
        {
            GiveRest(Distribute(_usableDegraded, _degraded, Distribute(_usableHealthy, _healthy, 100, total), total));
        }
    }

    /// <summary>The loads when <paramref name="avoided"/> priorities, one bit each, are left out; unchanged when no other could be used.</summary>
    public PriorityLoads Without(UInt128 avoided)
    {
        var others = new PriorityLoads(this, avoided);
        return others._healthy.Sum() + others._degraded.Sum() > 0 ? others : this;
    }

    private static bool IsAvoided(UInt128 avoided, int priority) => ((avoided >> priority) & 1) == 1;

    /// <summary>The priority and health that the <paramref name="percent"/>th request of a hundred goes to.</summary>
    public (int Priority, HostSource Source) Choose(int percent)
    {
        var sum = 0;
        for (var i = 0; i < _healthy.Length; i++)
        {
            sum += _healthy[i];
            if (percent < sum)
            {
                return (i, _panic[i] ? HostSource.All : HostSource.Healthy);
            }
        }

        for (var i = 0; i < _degraded.Length; i++)
        {
            sum += _degraded[i];
            if (percent < sum)
            {
                return (i, _panic[i] ? HostSource.All : HostSource.Degraded);
            }
        }

        return (0, _panic[0] ? HostSource.All : HostSource.Healthy);
    }

    /// <summary>The panic threshold in percent; as in Envoy, the runtime's counts from the next change of hosts on.</summary>
    public static double PanicThresholdOf(ClusterConfig config, RuntimeSnapshot runtime) =>
        runtime.GetInteger("upstream.healthy_panic_threshold", -1) is >= 0 and var threshold ? Math.Min(100, threshold) : config.PanicThreshold;

    /// <summary>True when all hosts of <paramref name="priority"/> are used because too few are fit.</summary>
    public bool IsInPanic(int priority) => _panic[priority];

    /// <summary>True when the choice does not depend on chance.</summary>
    public bool IsCertain => Array.Exists(_healthy, load => load == 100) || Array.Exists(_degraded, load => load == 100);

    private static int Availability(PriorityHosts hosts, HostEntry[] usable, PriorityShareConfig share)
    {
        var all = share.CountsWeights ? WeightOf(hosts.All.Where(static entry => !entry.IsExcluded)) : (ulong)hosts.Counted;
        var able = share.CountsWeights ? WeightOf(usable) : (ulong)usable.Length;
        return all == 0 ? 0 : (int)UInt128.Min(100, (UInt128)share.OverprovisioningFactor * able / all);
    }

    private static ulong WeightOf(IEnumerable<HostEntry> hosts)
    {
        var sum = 0UL;
        foreach (var host in hosts)
        {
            sum += host.Weight;
        }

        return sum;
    }

    private static int Distribute(int[] availability, int[] loads, int left, int total)
    {
        for (var i = 0; i < loads.Length; i++)
        {
            loads[i] = Math.Min(left, availability[i] * 100 / total);
            left -= loads[i];
        }

        return left;
    }

    // What integer division left over goes to the first that has any.
    private void GiveRest(int rest)
    {
        var loads = Array.Exists(_healthy, load => load > 0) ? _healthy : _degraded;
        loads[Array.FindIndex(loads, load => load > 0)] += rest;
    }

    private void FindPanic(PriorityHosts[] priorities, int total, double threshold)
    {
        if (threshold == 0 && total == 0)
        {
            return; // nobody to send to, and panic is off
        }

        for (var i = 0; i < priorities.Length; i++)
        {
            _panic[i] = total < 100 && IsInPanic(priorities[i], threshold);
        }

        if (Array.TrueForAll(_panic, panic => panic))
        {
            ShareByHosts(priorities);
        }
    }

    private static bool IsInPanic(PriorityHosts hosts, double threshold)
    {
        return hosts.Counted == 0
            ? threshold > 0
            : (100.0 * hosts.Healthy.Length / hosts.Counted) + (100.0 * hosts.Degraded.Length / hosts.Counted) < threshold;
    }

    // When no priority is fit, all of them share by their size.
    private void ShareByHosts(PriorityHosts[] priorities)
    {
        var hosts = priorities.Sum(priority => priority.All.Length);
        Array.Clear(_degraded);
        Array.Clear(_healthy);
        var left = 100;
        for (var i = 0; i < priorities.Length && hosts > 0; i++)
        {
            _healthy[i] = 100 * priorities[i].All.Length / hosts;
            left -= _healthy[i];
        }

        var first = Array.FindIndex(_healthy, load => load > 0);
        _healthy[Math.Max(0, first)] += left;
    }
}

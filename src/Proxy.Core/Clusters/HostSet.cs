using Proxy.Configuration.Clusters;

namespace Proxy.Clusters;

/// <summary>A host and what it counts for at one moment.</summary>
internal readonly record struct HostEntry(Host Host, uint Weight, EndpointHealth Health)
{
    /// <summary>What was found out about the host when the set was made.</summary>
    public HealthFlags Flags { get; init; }

    public bool IsHealthy => (Health is EndpointHealth.Unknown or EndpointHealth.Healthy) && (Flags & (HealthFlags.Failed | HealthFlags.DegradedActiveCheck)) == 0;

    /// <summary>On its way out: neither used nor counted when the share of healthy hosts is judged.</summary>
    public bool IsExcluded => Health == EndpointHealth.Draining || (Flags & HealthFlags.Excluded) != 0;

    public bool IsDegraded => (Flags & HealthFlags.Failed) == 0
        && (Health == EndpointHealth.Degraded
            || ((Health is EndpointHealth.Unknown or EndpointHealth.Healthy) && Flags.HasFlag(HealthFlags.DegradedActiveCheck)));
}

/// <summary>The hosts of a cluster at one moment, by priority. Immutable; main makes it and posts it to the workers.</summary>
internal sealed class HostSet
{
    public HostSet(IReadOnlyList<IReadOnlyList<HostEntry>> priorities, PriorityShareConfig? share = null)
    {
        Priorities = [.. priorities.Select(hosts => new PriorityHosts([.. hosts]))];
        Share = share ?? PriorityShareConfig.Default;
    }

    /// <summary>One priority without hosts.</summary>
    public static HostSet Empty { get; } = new([[]]);

    public PriorityHosts[] Priorities { get; }

    /// <summary>How much load they take.</summary>
    public PriorityShareConfig Share { get; }

    /// <summary>By priority, where hashes go; empty unless the cluster picks by hash. Set on main before a worker sees it.</summary>
    public Balancing.HashTable[] HashTables { get; set; } = [];

    public IEnumerable<HostEntry> All => Priorities.SelectMany(priority => priority.All);

    /// <summary>In how many priorities hosts have come or gone in <paramref name="next"/>.</summary>
    public int CountChanges(HostSet next)
    {
        var changes = 0;
        for (var i = 0; i < Math.Max(Priorities.Length, next.Priorities.Length); i++)
        {
            var old = i < Priorities.Length ? Priorities[i].All : [];
            var now = i < next.Priorities.Length ? next.Priorities[i].All : [];
            changes += old.Length == now.Length && old.Select(entry => entry.Host).ToHashSet().SetEquals(now.Select(entry => entry.Host)) ? 0 : 1;
        }

        return changes;
    }

    /// <summary>These hosts and some more, each at its priority.</summary>
    public HostSet With(IReadOnlyCollection<HostEntry> more)
    {
        var count = Math.Max(Priorities.Length, 1 + more.Max(static entry => entry.Host.Priority));
        return new HostSet([.. Enumerable.Range(0, count).Select(i =>
            (HostEntry[])[.. i < Priorities.Length ? Priorities[i].All : [], .. more.Where(entry => entry.Host.Priority == i)])], Share);
    }

    /// <summary>The same hosts with what is known of them now. On main.</summary>
    public HostSet WithCurrentFlags()
    {
        return new HostSet([.. Priorities.Select(static hosts => Array.ConvertAll(hosts.All, static entry => entry with { Flags = entry.Host.Flags }))], Share);
    }

    /// <summary>Finds the entry of a host by identity.</summary>
    public bool Contains(Host host) => All.Any(entry => ReferenceEquals(entry.Host, host));
}

/// <summary>The hosts of one priority.</summary>
internal sealed class PriorityHosts
{
    public PriorityHosts(HostEntry[] all)
    {
        All = all;
        Healthy = Array.TrueForAll(all, entry => entry.IsHealthy) ? all : Array.FindAll(all, entry => entry.IsHealthy);
        Degraded = Array.FindAll(all, entry => entry.IsDegraded);
        Excluded = all.Count(entry => entry.IsExcluded);
    }

    public HostEntry[] All { get; }

    public HostEntry[] Healthy { get; }

    public HostEntry[] Degraded { get; }

    /// <summary>How many are on their way out.</summary>
    public int Excluded { get; }

    /// <summary>How many there are to be healthy or not.</summary>
    public int Counted => All.Length - Excluded;
}

using Proxy.Clusters.Dns;
using Proxy.Configuration.Clusters;

namespace Proxy.Clusters;

/// <summary>Finds the hosts of one cluster. On main.</summary>
internal abstract class HostDiscovery
{
    /// <summary>A changed set of hosts is known.</summary>
    public required Action<HostSet> Found { get; init; }

    /// <summary>Every source has been asked once, whatever came of it.</summary>
    public required Action Ready { get; init; }

    public static HostDiscovery Create(DiscoveryContext context, Action<HostSet> found, Action ready)
    {
        return context.Config.Type switch
        {
            ClusterType.StrictDns => new StrictDnsDiscovery(context) { Found = found, Ready = ready },
            ClusterType.LogicalDns => new LogicalDnsDiscovery(context) { Found = found, Ready = ready },
            ClusterType.Eds => new EdsDiscovery(context) { Found = found, Ready = ready },
            _ => new StaticDiscovery(context) { Found = found, Ready = ready },
        };
    }

    public abstract void Start();

    public abstract void Stop();

    /// <summary>Sorts hosts by the priority of their place.</summary>
    protected static HostSet ByPriority(IEnumerable<(int Priority, HostEntry Entry)> hosts, IEnumerable<LocalityEndpointsConfig> places, PriorityShareConfig share)
    {
        var priorities = new List<HostEntry>[1 + places.Select(place => place.Priority).DefaultIfEmpty(0).Max()];
        for (var i = 0; i < priorities.Length; i++)
        {
            priorities[i] = [];
        }

        foreach (var (priority, entry) in hosts)
        {
            priorities[priority].Add(entry);
        }

        return new HostSet(priorities, share);
    }
}

using System.Net;
using Proxy.Configuration;

namespace Proxy.Clusters;

/// <summary>One member of a cluster: the same object on all workers as long as it is a member. Counters are for admin and for the least-request balancer.</summary>
public abstract class Host
{
    /// <summary>Where connections go.</summary>
    public abstract EndPoint EndPoint { get; }

    /// <summary>Name, for automatic host rewrite; empty when it has none.</summary>
    public abstract string Hostname { get; }

    /// <summary>Where it runs.</summary>
    public abstract LocalityConfig Locality { get; }

    /// <summary>Share of the load, relative to the others.</summary>
    public abstract uint Weight { get; }
}

using Proxy.Discovery.Bootstrap.Faults;
using Proxy.Discovery.Bootstrap.Nodes;
using Proxy.Discovery.V1.Nodes;

namespace Proxy.Discovery.V1;

/// <summary>What the translators of one v1 text share: where faults go, and what the text says once for all.</summary>
/// <param name="root">The text.</param>
/// <param name="faults">Where faults go.</param>
internal sealed class V1Context(ConfigNode root, FaultList faults)
{
    /// <summary>Where hosts of clusters of type <c>sds</c> come from (<c>cluster_manager.sds</c>); null for nowhere.</summary>
    public string? HostSource { get; set; }

    /// <summary>Whether there is a cluster of a name; null where that is not known yet.</summary>
    public Func<string, bool>? HasCluster { get; set; }

    /// <summary>Whether a cluster is there to stay; null where the bootstrap says it.</summary>
    public Func<string, bool>? IsStatic { get; init; }

    /// <summary>The cluster of the rate limit service; null for none, and then every request is within its limits.</summary>
    public string? RateLimitCluster { get; set; }

    /// <summary>Whether descriptions of requests for that service are of use. Where it is not known, as in answers of discovery services, they are.</summary>
    public bool LimitsRates { get; set; } = true;

    /// <summary>Who traces, in v3; null for nobody.</summary>
    public ConfigNode? TracingProvider { get; set; }

    public bool HasErrors => faults.HasErrors;

    /// <summary>The cluster that a filter of rates asks; null where none does, and the filter with it has no effect.</summary>
    public string? RateLimitService(ConfigNode filter)
    {
        if (RateLimitCluster is null && LimitsRates)
        {
            Unsupported(filter, "the rate limit service is only known to listeners of the configuration, not to those of a discovery service");
        }

        return RateLimitCluster;
    }

    /// <summary>Refuses the name of a cluster that is not there.</summary>
    public void CheckCluster(ConfigNode name, string user, string where = "")
    {
        if (HasCluster?.Invoke(name.Text) == false)
        {
            Fault(name, "cluster", $"{user}: unknown cluster '{name.Text}'{where}");
        }
    }

    /// <summary>Refuses the cluster of a discovery service that is not there, or comes from such a service itself.</summary>
    public void CheckService(ConfigNode name, string user)
    {
        if (IsStatic is null)
        {
            return;
        }

        CheckCluster(name, user);
        if (HasCluster?.Invoke(name.Text) == true && !IsStatic(name.Text))
        {
            Fault(name, "cluster", $"{user}: invalid cluster '{name.Text}': currently only static (non-CDS) clusters are supported");
        }
    }

    /// <summary>Something is wrong with a value.</summary>
    public void Fault(ConfigNode at, string rule, string message, string? hint = null) => Add(at, rule, message, hint, FaultSeverity.Error);

    /// <summary>Something that would not be what it was in v1.</summary>
    public void Warn(ConfigNode at, string message) => Add(at, "differs", message, null, FaultSeverity.Warning);

    /// <summary>Says of settings that they have no effect where they stand.</summary>
    public void WarnUnused(ConfigNode owner, string reason, params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
        {
            if (owner.Get(key) is { } unused)
            {
                Warn(unused, "is left out: " + reason);
            }
        }
    }

    /// <summary>A setting that nothing in v3 corresponds to.</summary>
    public void Unsupported(ConfigNode at, string message) => Fault(at, SourceFault.NotSupported, message);

    /// <summary>A key that an object does not have.</summary>
    public void UnknownKey(ConfigNode node, ConfigEntry entry, string? hint)
    {
        var path = V1Paths.With(PathOf(node), entry.Name);
        faults.Add(new SourceFault(entry.Position, path, SourceFault.UnknownField, "unknown key", hint));
    }

    private void Add(ConfigNode at, string rule, string message, string? hint, FaultSeverity severity) =>
        faults.Add(new SourceFault(at.Position, PathOf(at), rule, message, hint, severity));

    // A text of garbage would be walked through as often as it has values.
    private string PathOf(ConfigNode node) => faults.Count < V1Paths.MostFaults ? V1Paths.Find(root, node.Position) ?? "" : "";
}

using Proxy.Configuration.Matching;

namespace Proxy.Configuration.Filters;

/// <summary>The HTTP filter that admits requests or not (Envoy <c>http.rbac.v3.RBAC</c>).</summary>
public sealed record RbacConfig
{
    /// <summary>What is enforced; a set without anything admits all.</summary>
    public RbacRuleSetConfig Enforced { get; init; } = new();

    /// <summary>What is only counted and noted.</summary>
    public RbacRuleSetConfig Shadow { get; init; } = new();

    /// <summary>Counts for each policy as well, under <c>policy.NAME.</c> Default false.</summary>
    public bool CountsPolicies { get; init; }
}

/// <summary>What a route says about the filter (Envoy <c>http.rbac.v3.RBACPerRoute</c>).</summary>
/// <param name="Rbac">Takes the place of the filter's own rules; null admits all.</param>
public sealed record RbacRouteConfig(RbacConfig? Rbac);

/// <summary>The network filter that admits connections or not (Envoy <c>network.rbac.v3.RBAC</c>).</summary>
/// <param name="StatPrefix">Counts under <c>PREFIX.rbac.</c></param>
public sealed record NetworkRbacConfig(string StatPrefix)
{
    /// <summary>What is enforced; a set without anything admits all.</summary>
    public RbacRuleSetConfig Enforced { get; init; } = new();

    /// <summary>What is only counted and noted.</summary>
    public RbacRuleSetConfig Shadow { get; init; } = new();

    /// <summary>Decides again whenever bytes come. Default false: with the first ones.</summary>
    public bool IsContinuous { get; init; }

    /// <summary>Keeps a connection that is not admitted open for so long. Default zero.</summary>
    public TimeSpan DelayDeny { get; init; }
}

/// <summary>One set of rules. A matcher takes the place of policies.</summary>
public sealed record RbacRuleSetConfig
{
    /// <summary>Policies; null for none.</summary>
    public RbacRulesConfig? Rules { get; init; }

    /// <summary>Leads to <see cref="RbacMatchActionConfig"/>; what matches nothing is not admitted. Null for none.</summary>
    public MatcherConfig? Matcher { get; init; }

    /// <summary>Stands before the names of stats, with a dot behind it, and of metadata. Default empty.</summary>
    public string StatPrefix { get; init; } = "";
}

/// <summary>What becomes of what matches.</summary>
public enum RbacAction
{
    /// <summary>It is admitted, nothing else is.</summary>
    Allow,

    /// <summary>It is not admitted, all else is.</summary>
    Deny,

    /// <summary>All is admitted; whether it matches is left as metadata for access logs.</summary>
    Log,
}

/// <summary>Policies and what becomes of what matches one of them (Envoy <c>config.rbac.v3.RBAC</c>).</summary>
/// <param name="Action">What becomes of what matches.</param>
/// <param name="Policies">Policies by name; they are asked in the order of their names.</param>
public sealed record RbacRulesConfig(RbacAction Action, ConfigList<KeyValuePair<string, RbacPolicyConfig>> Policies);

/// <summary>Who may do what: holds when one of the permissions and one of the principals does.</summary>
/// <param name="Permissions">What is done; one at least.</param>
/// <param name="Principals">By whom; one at least.</param>
public sealed record RbacPolicyConfig(ConfigList<RbacConditionConfig> Permissions, ConfigList<RbacConditionConfig> Principals)
{
    /// <summary>What has to be true besides; null for nothing.</summary>
    public Matching.CelConfig? Condition { get; init; }
}

/// <summary>What a matcher leads to (Envoy <c>config.rbac.v3.Action</c>).</summary>
/// <param name="Name">Name for logs.</param>
/// <param name="Action">What becomes of what matches.</param>
public sealed record RbacMatchActionConfig(string Name, RbacAction Action);

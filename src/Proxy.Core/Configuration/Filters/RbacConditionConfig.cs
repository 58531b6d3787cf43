using Proxy.Configuration.Http;
using Proxy.Configuration.Matching;

namespace Proxy.Configuration.Filters;

/// <summary>A permission or a principal of a policy (Envoy <c>config.rbac.v3.Permission</c>, <c>Principal</c>).</summary>
public abstract record RbacConditionConfig;

/// <summary>Always holds.</summary>
public sealed record RbacAlwaysConfig : RbacConditionConfig;

/// <summary>Holds when all hold.</summary>
/// <param name="Conditions">One or more.</param>
public sealed record RbacAllConfig(ConfigList<RbacConditionConfig> Conditions) : RbacConditionConfig;

/// <summary>Holds when one of them holds.</summary>
/// <param name="Conditions">One or more.</param>
public sealed record RbacAnyConfig(ConfigList<RbacConditionConfig> Conditions) : RbacConditionConfig;

/// <summary>Holds when another does not.</summary>
/// <param name="Condition">The other.</param>
public sealed record RbacNotConfig(RbacConditionConfig Condition) : RbacConditionConfig;

/// <summary>Asks a header.</summary>
/// <param name="Header">The condition.</param>
public sealed record RbacHeaderConfig(HeaderMatcherConfig Header) : RbacConditionConfig;

/// <summary>Compares the path without its query.</summary>
/// <param name="Path">The comparison.</param>
public sealed record RbacPathConfig(StringMatcherConfig Path) : RbacConditionConfig;

/// <summary>Compares the path without its query with a template.</summary>
/// <param name="Template">The template.</param>
public sealed record RbacPathTemplateConfig(string Template) : RbacConditionConfig;

/// <summary>Which address of a connection.</summary>
public enum RbacAddress
{
    /// <summary>Where the client connected to.</summary>
    Destination,

    /// <summary>The connection's peer: the PROXY protocol's word counts, <c>x-forwarded-for</c> does not.</summary>
    Source,

    /// <summary>The socket's peer, whatever others say.</summary>
    DirectRemote,

    /// <summary>The client, as far as it can be told: <c>x-forwarded-for</c> counts where it is trusted.</summary>
    Remote,
}

/// <summary>The address lies in a range.</summary>
/// <param name="Address">Which.</param>
/// <param name="Range">The range.</param>
public sealed record RbacAddressConfig(RbacAddress Address, CidrRange Range) : RbacConditionConfig;

/// <summary>The port that the client connected to lies in [Start, End).</summary>
/// <param name="Start">Lower bound.</param>
/// <param name="End">Upper bound.</param>
public sealed record RbacPortConfig(int Start, int End) : RbacConditionConfig;

/// <summary>Compares the server name that the client asked for (SNI); none is empty.</summary>
/// <param name="Name">The comparison.</param>
public sealed record RbacServerNameConfig(StringMatcherConfig Name) : RbacConditionConfig;

/// <summary>Asks metadata.</summary>
/// <param name="Metadata">The condition.</param>
/// <param name="OfRoute">The route's, not the request's own.</param>
public sealed record RbacMetadataConfig(MetadataMatcherConfig Metadata, bool OfRoute = false) : RbacConditionConfig;

/// <summary>Asks a value that a filter left.</summary>
/// <param name="State">The condition.</param>
public sealed record RbacFilterStateConfig(FilterStateMatcherConfig State) : RbacConditionConfig;

/// <summary>The client has shown a certificate.</summary>
/// <param name="Name">Compares its URI names, or else its DNS names, or else its subject; null takes any.</param>
public sealed record RbacAuthenticatedConfig(StringMatcherConfig? Name) : RbacConditionConfig;

using Proxy.Configuration;
using Proxy.Configuration.Filters;
using Proxy.Filters.AccessControl;
using Proxy.Hosting;

namespace Proxy.Filters.Http.Rbac;

/// <summary>The rules of the filter, or of a route in their place. Immutable, shared by all workers.</summary>
/// <param name="Enforced">What is enforced; null for nothing.</param>
/// <param name="Shadow">What is counted and noted only; null for nothing.</param>
internal sealed record RbacModel(AccessRules? Enforced, AccessRules? Shadow)
{
    /// <summary>Namespace of the verdicts in dynamic metadata.</summary>
    public const string Metadata = "envoy.filters.http.rbac";

    /// <summary>Admits all.</summary>
    public static RbacModel Open { get; } = new(null, null);

    /// <exception cref="ConfigException">Rules are broken; all of them are listed.</exception>
    public static RbacModel Compile(RbacConfig config, FilterFactoryContext context)
    {
        var faults = new FaultList();
        var place = new AccessRulesPlace($"{context.StatPrefix}rbac.", IsShadow: false, CountsPolicies: config.CountsPolicies);
        var model = new RbacModel(
            AccessRules.Compile(config.Enforced, place, context, faults),
            AccessRules.Compile(config.Shadow, place with { IsShadow = true }, context, faults));
        faults.ThrowIfAny();
        return model;
    }
}

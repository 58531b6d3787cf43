using Proxy.Configuration;
using Proxy.Configuration.Filters;
using Proxy.Connections;
using Proxy.Filters.AccessControl;
using Proxy.Hosting;
using Proxy.Workers;

namespace Proxy.Filters.Network.Rbac;

/// <summary>Makes filters that admit connections or not (<see cref="NetworkRbacConfig"/>).</summary>
internal sealed class NetworkRbacFactory : INetworkFilterFactory
{
    /// <inheritdoc />
    public Type ConfigType => typeof(NetworkRbacConfig);

    /// <inheritdoc />
    public Func<Worker, NetworkFilter> Prepare(object config, FilterFactoryContext context)
    {
        var rbac = (NetworkRbacConfig)config;
        var faults = new FaultList();
        if (rbac.StatPrefix.Length == 0)
        {
            faults.Add("stat_prefix", "must not be empty");
        }

        var place = new AccessRulesPlace($"{rbac.StatPrefix}.rbac.", IsShadow: false, HasRequests: false);
        var model = new NetworkRbacModel(
            AccessRules.Compile(rbac.Enforced, place, context, faults),
            AccessRules.Compile(rbac.Shadow, place with { IsShadow = true }, context, faults),
            rbac.IsContinuous,
            (long)rbac.DelayDeny.TotalMilliseconds);
        faults.ThrowIfAny();
        return worker => new NetworkRbacFilter(model, worker);
    }
}

/// <summary>Compiled rules for connections. Immutable, shared by all workers.</summary>
/// <param name="Enforced">What is enforced; null for nothing.</param>
/// <param name="Shadow">What is counted and noted only; null for nothing.</param>
/// <param name="IsContinuous">Decides again whenever bytes come.</param>
/// <param name="DelayDeny">How long to keep a connection that is not admitted, in ms.</param>
internal sealed record NetworkRbacModel(AccessRules? Enforced, AccessRules? Shadow, bool IsContinuous, long DelayDeny);

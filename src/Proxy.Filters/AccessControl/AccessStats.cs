using System.Collections.Frozen;
using Proxy.Stats;
using Proxy.Workers;

namespace Proxy.Filters.AccessControl;

/// <summary>What one set of rules counts. Immutable.</summary>
internal sealed class AccessStats
{
    private static readonly StatSchema Enforced = Declare("allowed", "denied");
    private static readonly StatSchema Shadow = Declare("shadow_allowed", "shadow_denied");

    // Both have them first.
    private static readonly CounterId Allowed = new(0);
    private static readonly CounterId Denied = new(1);

    private readonly StatGroup _all;
    private readonly FrozenDictionary<string, StatGroup> _policies;

    private AccessStats(StatGroup all, FrozenDictionary<string, StatGroup> policies)
    {
        _all = all;
        _policies = policies;
    }

    /// <summary>Counts under <paramref name="prefix"/>, which ends with a dot; for each of <paramref name="policies"/> as well.</summary>
    public static AccessStats Create(StatScope scope, string prefix, bool isShadow, IEnumerable<string> policies)
    {
        var schema = isShadow ? Shadow : Enforced;
        var groups = policies.Distinct(StringComparer.Ordinal).ToFrozenDictionary(
            static policy => policy, policy => scope.CreateGroup(schema, $"{prefix}policy.{policy}."), StringComparer.Ordinal);
        return new AccessStats(scope.CreateGroup(schema, prefix), groups);
    }

    /// <summary>Counts a verdict.</summary>
    public void Count(Worker worker, in Verdict verdict)
    {
        var id = verdict.IsAllowed ? Allowed : Denied;
        _all.Shard(worker).Increment(id);
        if (verdict.Policy is { } policy && _policies.TryGetValue(policy, out var group))
        {
            group.Shard(worker).Increment(id);
        }
    }

    private static StatSchema Declare(string allowed, string denied)
    {
        var schema = new StatSchema();
        schema.Counter(allowed);
        schema.Counter(denied);
        return schema;
    }
}

using Proxy.Configuration;
using Proxy.Configuration.Filters;
using Proxy.Hosting;
using Proxy.Matching;

namespace Proxy.Filters.AccessControl;

/// <summary>A compiled set of rules with what it counts and notes. Immutable, shared by all workers.</summary>
internal sealed class AccessRules
{
    private const string Common = "envoy.common";
    private const string Hint = "access_log_hint";

    private readonly AccessEngine _engine;
    private readonly AccessStats _stats;
    private readonly string _resultKey;
    private readonly string _policyKey;
    private readonly bool _isShadow;

    private AccessRules(AccessEngine engine, AccessStats stats, string keys, bool isShadow)
    {
        _engine = engine;
        _stats = stats;
        _resultKey = $"{keys}engine_result";
        _policyKey = $"{keys}effective_policy_id";
        _isShadow = isShadow;
    }

    /// <summary>Compiles <paramref name="config"/>, adding faults; null when it admits all.</summary>
    public static AccessRules? Compile(RbacRuleSetConfig config, AccessRulesPlace place, FilterFactoryContext context, FaultList faults)
    {
        var shadow = place.IsShadow ? "shadow_" : "";
        var engine = AccessEngine.Compile(config, place.HasRequests, context, $"{shadow}rules", $"{shadow}matcher", faults);
        if (engine is null || faults.Count > 0)
        {
            return null;
        }

        var set = config.StatPrefix.Length == 0 ? "" : $"{config.StatPrefix}.";
        var stats = AccessStats.Create(context.Stats, $"{place.StatPrefix}{set}", place.IsShadow, place.CountsPolicies ? engine.Policies : []);
        return new AccessRules(engine, stats, $"{config.StatPrefix}{(place.IsShadow ? "shadow_" : "enforced_")}", place.IsShadow);
    }

    /// <summary>Decides, counts, and notes the verdict in <paramref name="metadata"/> under <paramref name="name"/>.</summary>
    public Verdict Apply(in MatchData data, IDictionary<string, Dictionary<string, object>> metadata, string name)
    {
        var verdict = _engine.Decide(data);
        if (data.Worker is { } worker)
        {
            _stats.Count(worker, verdict);
        }

        var notes = Of(metadata, name);
        notes[_resultKey] = verdict.IsAllowed ? "allowed" : "denied";
        if (verdict.Policy is { } policy)
        {
            notes[_policyKey] = policy;
        }

        if (verdict.Hint is { } hint && !_isShadow)
        {
            Of(metadata, Common)[Hint] = hint;
        }

        return verdict;
    }

    /// <summary>Why somebody was not admitted, for logs.</summary>
    public static string Details(in Verdict verdict)
    {
        return $"rbac_access_denied_matched_policy[{string.Concat((verdict.Policy ?? "none").Select(static c => char.IsWhiteSpace(c) ? '_' : c))}]";
    }

    private static Dictionary<string, object> Of(IDictionary<string, Dictionary<string, object>> metadata, string name)
    {
        if (!metadata.TryGetValue(name, out var notes))
        {
            metadata[name] = notes = new Dictionary<string, object>(StringComparer.Ordinal);
        }

        return notes;
    }
}

/// <summary>Where a set of rules stands.</summary>
/// <param name="StatPrefix">What it counts under; ends with a dot.</param>
/// <param name="IsShadow">It is counted and noted only.</param>
/// <param name="HasRequests">False where there are only connections.</param>
/// <param name="CountsPolicies">It counts for each policy.</param>
internal sealed record AccessRulesPlace(string StatPrefix, bool IsShadow, bool HasRequests = true, bool CountsPolicies = false);

using Proxy.Configuration.Filters;
using Proxy.Configuration;
using Proxy.Expressions;
using Proxy.Hosting;
using Proxy.Matching;

namespace Proxy.Filters.AccessControl;

/// <summary>Decides who is admitted, by one set of rules. Immutable, shared by all workers.</summary>
internal abstract class AccessEngine
{
    /// <summary>Compiles <paramref name="config"/>, adding faults; null when it says nothing.</summary>
    /// <param name="config">The rules.</param>
    /// <param name="hasRequests">False where there are only connections.</param>
    /// <param name="context">The proxy.</param>
    /// <param name="path">Where the rules stand.</param>
    /// <param name="matcherPath">Where the matcher stands.</param>
    /// <param name="faults">Where faults go.</param>
    public static AccessEngine? Compile(
        RbacRuleSetConfig config, bool hasRequests, FilterFactoryContext context, string path, string matcherPath, FaultList faults)
    {
        if (config.Matcher is { } matcher)
        {
            var names = new List<string>();
            var inputs = hasRequests ? MatchInputs.OfRequests : MatchInputs.OfConnections;
            var compiler = new MatcherCompiler<RbacMatchActionConfig>(inputs, (action, at) => Action(action, at, names, faults), faults)
            {
                Runtime = context.Runtime,
                Stats = context.Stats,
            };
            return new MatcherEngine(compiler.Compile(matcher, matcherPath), names);
        }

        return config.Rules is { } rules ? PolicyEngine.Compile(rules, new ConditionCompiler(hasRequests, faults), path) : null;
    }

    /// <summary>Names that verdicts may carry.</summary>
    public abstract IEnumerable<string> Policies { get; }

    /// <summary>Decides.</summary>
    public abstract Verdict Decide(in MatchData data);

    private static RbacMatchActionConfig? Action(object action, string path, List<string> names, FaultList faults)
    {
        if (action is not RbacMatchActionConfig config)
        {
            faults.Add(path, "must be an action of access control");
            return null;
        }

        if (config.Name.Length == 0)
        {
            faults.Add($"{path}.name", "must not be empty");
        }

        names.Add(config.Name);
        return config;
    }
}

/// <summary>What an engine says.</summary>
/// <param name="IsAllowed">Whether it is admitted.</param>
/// <param name="Policy">The policy that matched; null for none.</param>
/// <param name="Hint">Whether the access log should note it; null where that was not the question.</param>
internal readonly record struct Verdict(bool IsAllowed, string? Policy, bool? Hint);

/// <summary>Decides by a matcher: what matches nothing is not admitted.</summary>
internal sealed class MatcherEngine(Matcher<RbacMatchActionConfig> matcher, List<string> names) : AccessEngine
{
    public override IEnumerable<string> Policies => names;

    public override Verdict Decide(in MatchData data)
    {
        if (matcher.Decide(data, out var action) != MatchOutcome.Yes)
        {
            return new Verdict(false, null, null);
        }

        return new Verdict(action!.Action != RbacAction.Deny, action.Name, action.Action == RbacAction.Log ? true : null);
    }
}

/// <summary>Decides by policies, in the order of their names.</summary>
internal sealed class PolicyEngine : AccessEngine
{
    private readonly RbacAction _action;
    private readonly Policy[] _policies;

    private PolicyEngine(RbacAction action, Policy[] policies)
    {
        _action = action;
        _policies = policies;
    }

    public override IEnumerable<string> Policies => _policies.Select(static policy => policy.Name);

    public static PolicyEngine Compile(RbacRulesConfig config, ConditionCompiler conditions, string path)
    {
        var policies = config.Policies.OrderBy(static policy => policy.Key, StringComparer.Ordinal).Select(policy => new Policy(
            policy.Key,
            conditions.CompileAny(policy.Value.Permissions, $"{path}.policies[{policy.Key}].permissions"),
            conditions.CompileAny(policy.Value.Principals, $"{path}.policies[{policy.Key}].principals"),
            policy.Value.Condition is { } condition ? conditions.Compile(condition, $"{path}.policies[{policy.Key}].condition") : null));
        return new PolicyEngine(config.Action, [.. policies]);
    }

    public override Verdict Decide(in MatchData data)
    {
        string? found = null;
        foreach (var policy in _policies)
        {
            if (policy.Permission.Holds(data) && policy.Principal.Holds(data) && (policy.Condition?.IsTrue(data) ?? true))
            {
                found = policy.Name;
                break;
            }
        }

        return _action switch
        {
            RbacAction.Allow => new Verdict(found is not null, found, null),
            RbacAction.Deny => new Verdict(found is null, found, null),
            _ => new Verdict(true, found, found is not null),
        };
    }

    private sealed record Policy(string Name, Condition Permission, Condition Principal, CelProgram? Condition);
}

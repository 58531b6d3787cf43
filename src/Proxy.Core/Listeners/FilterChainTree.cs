using Proxy.Configuration;
using Proxy.Configuration.Listeners;
using Proxy.Configuration.Matching;
using Proxy.Connections;
using Proxy.Matching;

namespace Proxy.Listeners;

/// <summary>Finds the filter chain for a connection by a decision that names one; a name that no chain has closes the connection.</summary>
internal sealed class FilterChainTree : FilterChainChoice
{
    private static readonly MatchInputKind[] Inputs =
    [
        MatchInputKind.SourceIp, MatchInputKind.DirectSourceIp, MatchInputKind.SourcePort, MatchInputKind.SourceType, MatchInputKind.DestinationIp,
        MatchInputKind.DestinationPort, MatchInputKind.ServerName, MatchInputKind.TransportProtocol, MatchInputKind.ApplicationProtocol,
        MatchInputKind.FilterState, MatchInputKind.Constant,
    ];

    private readonly Matcher<FilterChainActionConfig> _tree;
    private readonly Dictionary<string, FilterChain> _byName;

    private FilterChainTree(Matcher<FilterChainActionConfig> tree, Dictionary<string, FilterChain> byName, FilterChain? fallback)
        : base(fallback)
    {
        _tree = tree;
        _byName = byName;
    }

    /// <summary>Compiles <paramref name="config"/> for the chains of a listener; adds what is wrong to <paramref name="faults"/>.</summary>
    public static FilterChainTree Compile(MatcherConfig config, IReadOnlyList<FilterChain> chains, FilterChain? fallback, FaultList faults)
    {
        var byName = new Dictionary<string, FilterChain>(StringComparer.Ordinal);
        for (var i = 0; i < chains.Count; i++)
        {
            var name = chains[i].Config.Name;
            if (name.Length == 0)
            {
                faults.Add($"filter_chains[{i}].name", "required where filter_chain_matcher chooses");
            }
            else if (!byName.TryAdd(name, chains[i]))
            {
                faults.Add($"filter_chains[{i}].name", $"'{name}' is the name of another chain");
            }
        }

        var compiler = new MatcherCompiler<FilterChainActionConfig>(Inputs, (action, at) => Action(action, at, faults), faults);
        return new FilterChainTree(compiler.Compile(config, "filter_chain_matcher"), byName, fallback);
    }

    /// <inheritdoc />
    public override FilterChain? Find(ConnectionInfo info)
    {
        return _tree.Decide(new MatchData { Connection = info }, out var action) == MatchOutcome.Yes ? _byName.GetValueOrDefault(action!.Chain) : Fallback;
    }

    private static FilterChainActionConfig? Action(object action, string path, FaultList faults)
    {
        if (action is FilterChainActionConfig config)
        {
            return config;
        }

        faults.Add(path, "must name a filter chain");
        return null;
    }
}

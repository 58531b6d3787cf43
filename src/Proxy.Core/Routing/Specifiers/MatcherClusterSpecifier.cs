using Proxy.Configuration;
using Proxy.Configuration.Http;
using Proxy.Http;
using Proxy.Matching;
using Proxy.Streams;
using Proxy.Workers;

namespace Proxy.Routing.Specifiers;

/// <summary>Picks the cluster that a matcher leads to; none where it leads nowhere.</summary>
internal sealed class MatcherClusterSpecifier(Matcher<ClusterChoiceConfig> matcher) : ClusterSpecifier
{
    /// <summary>Compiles <paramref name="config"/>. Every fault goes to <paramref name="faults"/>.</summary>
    public static MatcherClusterSpecifier Compile(MatcherClusterSpecifierConfig config, RouteTableContext context, string path, FaultList faults)
    {
        return new MatcherClusterSpecifier(new MatcherCompiler<ClusterChoiceConfig>(MatchInputs.OfStreams, Action, faults)
        {
            Runtime = context.Runtime,
            Stats = context.Factory?.Stats,
        }.Compile(config.Matcher, $"{path}.cluster_matcher"));

        ClusterChoiceConfig? Action(object action, string at)
        {
            if (action is not ClusterChoiceConfig { Cluster.Length: > 0 })
            {
                faults.Add(at, "must name a cluster");
            }

            return action as ClusterChoiceConfig;
        }
    }

    public override string? Pick(HeaderMap request, StreamInfo info, Worker worker)
    {
        return matcher.Decide(MatchData.Of(request, info, worker), out var choice) == MatchOutcome.Yes ? choice!.Cluster : null;
    }
}

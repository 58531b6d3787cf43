namespace Proxy.Discovery.V3.Routes;

/// <summary>What a route table says about all its routes.</summary>
/// <param name="BodyLimit">Largest body of a direct response, in bytes.</param>
/// <param name="ValidateClusters">Whether clusters that routes name must exist.</param>
/// <param name="Specifiers">Plugins that pick clusters.</param>
internal sealed record RouteLevel(int BodyLimit, bool ValidateClusters, ClusterSpecifiers Specifiers)
{
    /// <summary>Whether there is a cluster called <paramref name="name"/>, or need not be.</summary>
    public bool HasCluster(string name, TranslationContext context) => !ValidateClusters || !context.ChecksClusters || context.Clusters.Contains(name);

    /// <summary>Adds a fault when there is no cluster called <paramref name="name"/> but should be.</summary>
    public void CheckCluster(string name, Place place, TranslationContext context)
    {
        if (!HasCluster(name, context))
        {
            context.Fault(place, $"there is no cluster {name}", Bootstrap.Messages.Suggestion.DidYouMean(name, context.Clusters));
        }
    }
}

namespace Proxy.Discovery.V1.Schema;

/// <summary>The objects of the v1 configuration and their keys, of Envoy 1.3 to 1.7 together.</summary>
/// <remarks>
/// Each subject keeps its objects in a text beside its translation: a line without indentation names one, and says <c>open</c> where other keys may stand
/// in it; the indented lines are its keys.
/// </remarks>
internal static class V1Schema
{
    private static readonly Dictionary<string, V1Object> Objects = Read(
    [
        V1Bootstrap.Objects, ClusterManagers.Objects, Clusters.Objects, HealthChecks.Objects, Outliers.Objects, Tls.Objects, Listeners.Objects, NetworkFilters.Objects, ConnectionManagers.Objects,
        HttpFilters.Objects, RouteTables.Objects, Routes.Objects, Cors.Objects, RateLimits.Objects, HeaderMatchers.Objects, AccessLogs.Objects, Protocols.Objects, Sources.Objects, Members.Objects, Rest.V1Answers.Objects,
    ]);

    /// <summary>The keys of an object; null when there is none of that name.</summary>
    public static V1Object? Find(string name) => Objects.GetValueOrDefault(name);

    /// <summary>Names of the objects that begin with <paramref name="prefix"/>, without it.</summary>
    public static IEnumerable<string> NamesAfter(string prefix) =>
        Objects.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Select(name => name[prefix.Length..]);

    private static Dictionary<string, V1Object> Read(IEnumerable<string> texts)
    {
        var objects = new Dictionary<string, V1Object>(StringComparer.Ordinal);
        var fields = new List<V1Field>();
        foreach (var line in texts.SelectMany(static text => text.Split('\n', StringSplitOptions.RemoveEmptyEntries)))
        {
            if (line.StartsWith(' '))
            {
                fields.Add(V1Field.Parse(line));
            }
            else
            {
                var words = line.Trim().Split(' ');
                objects.Add(words[0], new V1Object(fields = [], IsOpen: words is [_, "open"]));
            }
        }

        return objects;
    }
}

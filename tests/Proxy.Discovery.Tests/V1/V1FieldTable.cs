namespace Proxy.Discovery.Tests.V1;

/// <summary>
/// Reads <c>Fields.txt</c>. A line <c>object NAME</c> begins an object of the schema; <c>put PATH JSON</c> lines make room for it; <c>at PATH => PATH</c> says where
/// it is in v1 and in v3; every other line is a field: <c>NAME JSON | PATH = VALUE | OUTCOME</c>, the path below the object's unless it begins with a slash.
/// </summary>
internal static class V1FieldTable
{
    // Places that many objects are at, in v1 and in v3.
    private static readonly (string Name, string V1, string V3)[] Places =
    [
        ("$route", "$table.virtual_hosts[0].routes[0]", "$table.virtual_hosts[0].routes[0]"),
        ("$table", "$hcm.route_config", "$hcm.route_config"),
        ("$hcm", "listeners[0].filters[0].config", "static_resources.listeners[0].filter_chains[0].filters[0].typed_config"),
        ("$cluster", "cluster_manager.clusters[0]", "static_resources.clusters[0]"),
    ];

    public static List<V1FieldObject> Read(IEnumerable<string> lines)
    {
        var objects = new List<V1FieldObject>();
        foreach (var line in lines.Where(static line => line.Length > 0))
        {
            var (word, rest) = Split(line, " ");
            switch (word)
            {
                case "object":
                    objects.Add(new V1FieldObject(rest, [], "", "", []));
                    break;
                case "put":
                    var (path, json) = Split(rest, " ");
                    objects[^1].Puts.Add((InV1(path), json));
                    break;
                case "at":
                    var (place, target) = Split(rest, " => ");
                    objects[^1] = objects[^1] with { Place = InV1(place), Target = InV3(target) };
                    break;
                default:
                    objects[^1].Fields.Add(Field(word, rest, objects[^1].Target));
                    break;
            }
        }

        return objects;
    }

    private static V1FieldEntry Field(string name, string rest, string owner)
    {
        var (json, expected) = Split(rest, " | ");
        var (found, outcome) = Split(expected, " | ");
        var (path, value) = Split(found, " = ");
        return new V1FieldEntry(name, json, path.StartsWith('/') ? InV3(path[1..]) : $"{owner}.{path}", value, outcome);
    }

    private static (string Before, string After) Split(string text, string separator)
    {
        var at = text.IndexOf(separator, StringComparison.Ordinal);
        return at < 0 ? (text, "") : (text[..at], text[(at + separator.Length)..]);
    }

    private static string InV1(string path) => Places.Aggregate(path, static (text, place) => text.Replace(place.Name, place.V1, StringComparison.Ordinal));

    private static string InV3(string path) => Places.Aggregate(path, static (text, place) => text.Replace(place.Name, place.V3, StringComparison.Ordinal));
}

using System.Globalization;
using System.Text.Json.Nodes;

namespace Proxy.Discovery.Tests.V1;

/// <summary>An object of the v1 schema: a configuration with one in it, and what becomes of each of its fields.</summary>
/// <param name="Name">Its name in the schema.</param>
/// <param name="Puts">What is put into the configuration so that there is one.</param>
/// <param name="Place">Where it is.</param>
/// <param name="Target">Where v3 has it.</param>
/// <param name="Fields">Its fields.</param>
public sealed record V1FieldObject(string Name, List<(string Path, string Json)> Puts, string Place, string Target, List<V1FieldEntry> Fields)
{
    /// <summary>The configuration, and the object in it.</summary>
    public (JsonNode Root, JsonObject Object) Create()
    {
        var root = JsonNode.Parse(V1Loading.Table("""{"prefix": "/", "cluster": "c"}"""))!;
        foreach (var (path, json) in Puts)
        {
            Put(root, path, JsonNode.Parse(json));
        }

        return (root, (JsonObject)Steps(Place).Aggregate(root, Child));
    }

    public override string ToString() => Name;

    /// <summary>The names of a path: keys between dots, indexes in brackets.</summary>
    public static IEnumerable<string> Steps(string path) => path.Replace("[", ".[", StringComparison.Ordinal).Split('.', StringSplitOptions.RemoveEmptyEntries);

    private static JsonNode Child(JsonNode node, string step) => step.StartsWith('[') ? node[int.Parse(step[1..^1], CultureInfo.InvariantCulture)]! : node[step]!;

    private static void Put(JsonNode root, string path, JsonNode? value)
    {
        var steps = Steps(path).ToList();
        var owner = steps.SkipLast(1).Aggregate(root, Child);
        if (owner is JsonObject map)
        {
            map[steps[^1]] = value;
        }
        else if (int.Parse(steps[^1][1..^1], CultureInfo.InvariantCulture) is var index && index < owner.AsArray().Count)
        {
            owner[index] = value;
        }
        else
        {
            owner.AsArray().Add(value);
        }
    }
}

using System.Text.Json;

namespace Proxy.Configuration;

/// <summary>
/// Reads metadata written as JSON: texts, <see cref="double"/>, <see cref="bool"/>, null, dictionaries by text and lists, as filters and logs use them.
/// </summary>
internal static class MetadataTree
{
    private const int MaxDepth = 100;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = MaxDepth };

    /// <summary>The namespaces of <paramref name="config"/>; null, and faults added, when one of them is no JSON object.</summary>
    public static IReadOnlyDictionary<string, Dictionary<string, object>>? Compile(ConfigList<KeyValuePair<string, string>> config, string path, FaultList faults)
    {
        if (config.Count == 0)
        {
            return null;
        }

        var result = new Dictionary<string, Dictionary<string, object>>(StringComparer.Ordinal);
        foreach (var (name, json) in config)
        {
            if (TryParse(json) is { } map)
            {
                result[name] = map;
            }
            else
            {
                faults.Add($"{path}.{name}", "must be a JSON object");
            }
        }

        return result;
    }

    /// <summary>As <see cref="Compile"/>, for what was compiled before or is refused by an exception.</summary>
    /// <exception cref="ConfigException">A namespace is no JSON object.</exception>
    public static IReadOnlyDictionary<string, Dictionary<string, object>>? CompileOrThrow(ConfigList<KeyValuePair<string, string>> config)
    {
        var faults = new FaultList();
        var result = Compile(config, "metadata", faults);
        faults.ThrowIfAny();
        return result;
    }

    /// <summary>The object that <paramref name="json"/> is; null when it is none.</summary>
    public static Dictionary<string, object>? TryParse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Options);
            return ToValue(document.RootElement) as Dictionary<string, object>;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Two values are the same, with all that is in them.</summary>
    public static bool AreEqual(object? one, object? other) => (one, other) switch
    {
        (Dictionary<string, object> a, Dictionary<string, object> b) => a.Count == b.Count && a.All(entry => b.TryGetValue(entry.Key, out var value) && AreEqual(entry.Value, value)),
        (List<object> a, List<object> b) => a.Count == b.Count && a.Zip(b).All(static pair => AreEqual(pair.First, pair.Second)),
        _ => Equals(one, other),
    };

    private static object ToValue(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => ToMap(element),
        JsonValueKind.Array => element.EnumerateArray().Select(ToValue).ToList(),
        JsonValueKind.String => element.GetString()!,
        JsonValueKind.Number => element.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null!, // a key with nothing in it
    };

    private static Dictionary<string, object> ToMap(JsonElement element)
    {
        var map = new Dictionary<string, object>(StringComparer.Ordinal);
        foreach (var property in element.EnumerateObject())
        {
            map[property.Name] = ToValue(property.Value);
        }

        return map;
    }
}

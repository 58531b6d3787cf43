using System.Text.Json.Nodes;

namespace Proxy.Filters.Admin.Handlers;

/// <summary>Reads the sections of a configuration dump.</summary>
internal static class ConfigDumpSections
{
    /// <summary>Full name of a packed message; empty when it has none.</summary>
    public static string TypeOf(JsonObject message)
    {
        var url = (string?)message["@type"] ?? "";
        return url[(url.LastIndexOf('/') + 1)..];
    }

    /// <summary>The elements of a list of a section, with their type, which does not stand in a list.</summary>
    /// <param name="section">The section.</param>
    /// <param name="list">Name of the list.</param>
    /// <param name="type">Full name of its elements.</param>
    public static IEnumerable<JsonObject> Elements(JsonObject section, string list, string type)
    {
        var url = (string?)section["@type"] ?? "";
        foreach (var element in (section[list] as JsonArray ?? []).OfType<JsonObject>())
        {
            var copy = new JsonObject { ["@type"] = url[..(url.LastIndexOf('/') + 1)] + type };
            foreach (var (name, value) in element)
            {
                copy[name] = value?.DeepClone();
            }

            yield return copy;
        }
    }

    /// <summary>Takes elements of unwanted names out of the lists of a section.</summary>
    public static void KeepNamed(JsonObject section, Func<string, bool> wanted)
    {
        foreach (var (name, value) in section.ToArray())
        {
            if (value is JsonArray list)
            {
                var kept = list.Where(element => wanted(NameOf(element) ?? "")).Select(static element => element?.DeepClone()).ToArray();
                section.Remove(name);
                if (kept.Length > 0)
                {
                    section[name] = new JsonArray(kept);
                }
            }
        }
    }

    private static string? NameOf(JsonNode? element)
    {
        if (element is not JsonObject item)
        {
            return null;
        }

        if (item["name"] is JsonValue own)
        {
            return own.GetValue<string>();
        }

        // static_clusters and the like hold the resource in a field: cluster, listener, route_config, …
        return item.Select(static field => field.Value).OfType<JsonObject>()
            .Select(static inner => (inner["name"] ?? inner["cluster_name"]) as JsonValue).FirstOrDefault(static name => name is not null)?.GetValue<string>();
    }
}

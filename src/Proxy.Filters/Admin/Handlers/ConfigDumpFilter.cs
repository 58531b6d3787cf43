using System.Text.Json.Nodes;

namespace Proxy.Filters.Admin.Handlers;

/// <summary>Picks parts of a configuration dump.</summary>
internal static class ConfigDumpFilter
{
    /// <summary>The elements of the repeated field <paramref name="resource"/>, wherever in the dump it is.</summary>
    public static bool TryPick(JsonArray configs, string resource, out JsonArray picked)
    {
        picked = [];
        foreach (var config in configs)
        {
            if (config is not JsonObject section || !section.TryGetPropertyValue(resource, out var field))
            {
                continue;
            }

            // The type of an element is not in a repeated field; a dump of elements has to say it.
            var type = ElementType(section["@type"]?.GetValue<string>() ?? "", resource);
            foreach (var element in field as JsonArray ?? [field?.DeepClone()])
            {
                var copy = new JsonObject { ["@type"] = type };
                foreach (var (name, value) in element?.AsObject() ?? [])
                {
                    copy[name] = value?.DeepClone();
                }

                picked.Add((JsonNode)copy);
            }

            return true;
        }

        return false;
    }

    /// <summary>The elements whose resource has a wanted name.</summary>
    public static JsonArray ByName(JsonArray elements, Func<string, bool>? wanted)
    {
        var kept = new JsonArray();
        foreach (var element in elements.Where(element => wanted is null || wanted(NameOf(element) ?? "")))
        {
            kept.Add(element?.DeepClone());
        }

        return kept;
    }

    /// <summary>Takes elements of unwanted names out of the lists of a section.</summary>
    public static void KeepNamed(JsonObject section, Func<string, bool> wanted)
    {
        foreach (var (name, value) in section.ToArray())
        {
            if (value is JsonArray list)
            {
                section[name] = ByName(list, wanted);
            }
        }
    }

    /// <summary>Keeps the fields that <paramref name="paths"/> name (protobuf field masks), and the types.</summary>
    public static JsonArray Mask(JsonArray configs, string[] paths)
    {
        var masked = new JsonArray();
        foreach (var config in configs.OfType<JsonObject>())
        {
            masked.Add((JsonNode)Mask(config, [.. paths.Select(path => path.Split('.'))]));
        }

        return masked;
    }

    private static JsonObject Mask(JsonObject from, string[][] paths)
    {
        var result = new JsonObject();
        foreach (var (name, value) in from)
        {
            var under = paths.Where(path => path[0] == name).ToArray();
            if (name == "@type" || under.Any(path => path.Length == 1))
            {
                result[name] = value?.DeepClone();
            }
            else if (under.Length > 0)
            {
                result[name] = MaskValue(value, [.. under.Select(path => path[1..])]);
            }
        }

        return result;
    }

    private static JsonNode? MaskValue(JsonNode? value, string[][] paths) => value switch
    {
        JsonObject inner => Mask(inner, paths),
        JsonArray list => new JsonArray([.. list.Select(item => MaskValue(item, paths))]),
        _ => value?.DeepClone(),
    };

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
        return item.Select(field => field.Value).OfType<JsonObject>()
            .Select(inner => (inner["name"] ?? inner["cluster_name"]) as JsonValue).FirstOrDefault(name => name is not null)?.GetValue<string>();
    }

    private static string ElementType(string sectionType, string resource)
    {
        var name = string.Concat(resource.Split('_').Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
        return sectionType.Length == 0 ? name : $"{sectionType}.{name.TrimEnd('s')}";
    }
}

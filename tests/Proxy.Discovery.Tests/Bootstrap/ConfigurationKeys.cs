using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Proxy.Discovery.Bootstrap.Nodes;

namespace Proxy.Discovery.Tests.Bootstrap;

/// <summary>JSON as the configuration of an application has it: keys with texts.</summary>
internal static class ConfigurationKeys
{
    /// <summary>The tree that is read from the keys of a JSON text in section <c>proxy</c>.</summary>
    public static ConfigNode Of(string json)
    {
        var keys = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        using var document = JsonDocument.Parse(json);
        Flatten(document.RootElement, "proxy", keys);
        return ConfigurationNodeReader.Read(new ConfigurationBuilder().AddInMemoryCollection(keys).Build().GetSection("proxy"), "proxy");
    }

    // As the JSON source of applications does.
    private static void Flatten(JsonElement value, string path, Dictionary<string, string?> keys)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object when value.EnumerateObject().Any():
                foreach (var entry in value.EnumerateObject())
                {
                    Flatten(entry.Value, $"{path}:{entry.Name}", keys);
                }

                break;
            case JsonValueKind.Array when value.GetArrayLength() > 0:
                foreach (var (index, item) in value.EnumerateArray().Index())
                {
                    Flatten(item, $"{path}:{index}", keys);
                }

                break;
            case JsonValueKind.Array:
                keys[path] = "";
                break;
            case JsonValueKind.Object or JsonValueKind.Null:
                keys[path] = null;
                break;
            default:
                keys[path] = value.ToString();
                break;
        }
    }
}

using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Proxy.Discovery.Bootstrap.Nodes;
using Proxy.Hosting;

namespace Proxy.Discovery.Bootstrap;

/// <summary>Dumps a bootstrap as it was written, sorted into the sections of Envoy's <c>/config_dump</c>.</summary>
/// <param name="root">The bootstrap.</param>
/// <param name="loadedAt">When it was read.</param>
internal sealed class BootstrapDump(ConfigNode root, DateTimeOffset loadedAt) : IConfigDumpSource
{
    private const string AdminTypes = "type.googleapis.com/envoy.admin.v3.";
    private const string ConfigTypes = "type.googleapis.com/envoy.config.";

    private readonly string _loadedAt = loadedAt.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);

    public ReadOnlyMemory<byte> Dump(bool includeEndpoints)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteStartArray("configs");
        WriteBootstrap(json);
        WriteSection(json, "ClustersConfigDump", "static_clusters", "cluster", "cluster.v3.Cluster", Resources("clusters"));
        if (includeEndpoints)
        {
            WriteSection(json, "EndpointsConfigDump", "static_endpoint_configs", "endpoint_config", "endpoint.v3.ClusterLoadAssignment", Assignments());
        }

        WriteSection(json, "ListenersConfigDump", "static_listeners", "listener", "listener.v3.Listener", Resources("listeners"));
        WriteSection(json, "ScopedRoutesConfigDump", "", "", "", []);
        WriteSection(json, "RoutesConfigDump", "static_route_configs", "route_config", "route.v3.RouteConfiguration", RouteTables(root));
        WriteSection(json, "SecretsConfigDump", "static_secrets", "secret", "", []);
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    // Fields may be written in snake_case or lowerCamelCase.
    private static string FieldName(string name)
    {
        return name.StartsWith('@') || !name.Any(char.IsAsciiLetterUpper)
            ? name
            : string.Concat(name.Select(c => char.IsAsciiLetterUpper(c) ? "_" + char.ToLowerInvariant(c) : c.ToString()));
    }

    private static ConfigNode? Field(ConfigNode? node, string name) => node?.Entries.Where(entry => FieldName(entry.Name) == name).Select(entry => entry.Value).LastOrDefault();

    // Inline route tables, wherever in a listener they are.
    private static IEnumerable<ConfigNode> RouteTables(ConfigNode node)
    {
        foreach (var entry in node.Entries)
        {
            if (FieldName(entry.Name) == "route_config" && entry.Value.Kind == NodeKind.Map)
            {
                yield return entry.Value;
            }

            foreach (var inner in RouteTables(entry.Value))
            {
                yield return inner;
            }
        }

        foreach (var inner in node.Items.SelectMany(RouteTables))
        {
            yield return inner;
        }
    }

    private static void Write(Utf8JsonWriter json, ConfigNode node)
    {
        switch (node.Kind)
        {
            case NodeKind.Null:
                json.WriteNullValue();
                break;
            case NodeKind.Bool:
                json.WriteBooleanValue(node.Text == "true");
                break;
            case NodeKind.Number:
                json.WriteRawValue(node.Text);
                break;
            case NodeKind.String:
                json.WriteStringValue(node.Text);
                break;
            case NodeKind.List:
                json.WriteStartArray();
                node.Items.ForEach(item => Write(json, item));
                json.WriteEndArray();
                break;
            default:
                json.WriteStartObject();
                WriteEntries(json, node);
                json.WriteEndObject();
                break;
        }
    }

    private static void WriteEntries(Utf8JsonWriter json, ConfigNode node)
    {
        foreach (var entry in node.Entries)
        {
            json.WritePropertyName(entry.Name);
            Write(json, entry.Value);
        }
    }

    private IEnumerable<ConfigNode> Resources(string name) => Field(Field(root, "static_resources"), name)?.Items ?? [];

    private IEnumerable<ConfigNode> Assignments() => Resources("clusters").Select(cluster => Field(cluster, "load_assignment")).OfType<ConfigNode>();

    private void WriteBootstrap(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("@type", AdminTypes + "BootstrapConfigDump");
        json.WritePropertyName("bootstrap");
        Write(json, root);
        json.WriteString("last_updated", _loadedAt);
        json.WriteEndObject();
    }

    private void WriteSection(Utf8JsonWriter json, string section, string list, string field, string type, IEnumerable<ConfigNode> resources)
    {
        json.WriteStartObject();
        json.WriteString("@type", AdminTypes + section);
        var all = resources.ToList();
        if (all.Count > 0)
        {
            json.WriteStartArray(list);
            foreach (var resource in all)
            {
                json.WriteStartObject();
                json.WriteStartObject(field);
                json.WriteString("@type", ConfigTypes + type);
                WriteEntries(json, resource);
                json.WriteEndObject();
                json.WriteString("last_updated", _loadedAt);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }
}

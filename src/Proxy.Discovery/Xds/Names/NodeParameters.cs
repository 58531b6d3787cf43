using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Envoy.Config.Core.V3;
using Proxy.Configuration;
using Proxy.Discovery.V3.Dump;

namespace Proxy.Discovery.Xds.Names;

/// <summary>The parameters that tell in a collection's name who asks for it.</summary>
internal static class NodeParameters
{
    private const string Prefix = "xds.node.";
    private const string Metadata = "metadata";

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly Dictionary<string, Func<Node, string>> Fields = new(StringComparer.Ordinal)
    {
        ["id"] = static node => node.Id,
        ["cluster"] = static node => node.Cluster,
        ["user_agent_name"] = static node => node.UserAgentName,
        ["user_agent_version"] = static node => node.UserAgentVersion,
        ["locality.region"] = static node => node.Locality?.Region ?? "",
        ["locality.zone"] = static node => node.Locality?.Zone ?? "",
        ["locality.sub_zone"] = static node => node.Locality?.SubZone ?? "",
        ["user_agent_build_version.version"] = static node => node.UserAgentBuildVersion?.Version is { } version
            ? $"{version.MajorNumber}.{version.MinorNumber}.{version.Patch}"
            : "0.0.0",
    };

    /// <summary>Whether a parameter of that name adds anything.</summary>
    public static bool Knows(string name) => Fields.ContainsKey(name) || name == Metadata;

    /// <summary>The canonical name with the parameters that <paramref name="node"/> asks for; what the name says itself holds.</summary>
    public static string AddTo(string name, NodeConfig node)
    {
        if (node.ContextParameters.Count == 0 || XdsName.TryParse(name) is not { } parsed)
        {
            return name;
        }

        var context = Of(node);
        foreach (var (key, value) in parsed.Context)
        {
            context[key] = value;
        }

        return parsed.With(context).ToString();
    }

    private static Dictionary<string, string> Of(NodeConfig config)
    {
        var node = NodeMessage.Of(config);
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in config.ContextParameters)
        {
            if (Fields.TryGetValue(name, out var field))
            {
                parameters[Prefix + name] = field(node);
            }
            else if (name == Metadata && node.Metadata is not null)
            {
                AddMetadata(parameters, node);
            }
        }

        return parameters;
    }

    // Each value in JSON.
    private static void AddMetadata(Dictionary<string, string> parameters, Node node)
    {
        using var json = JsonDocument.Parse(MessageJson.ToJson(new Node { Metadata = node.Metadata }, "envoy.config.core.v3.Node"));
        foreach (var property in json.RootElement.GetProperty(Metadata).EnumerateObject())
        {
            var buffer = new ArrayBufferWriter<byte>();
            using (var writer = new Utf8JsonWriter(buffer, Options))
            {
                property.Value.WriteTo(writer);
            }

            parameters[$"{Prefix}{Metadata}.{property.Name}"] = Encoding.UTF8.GetString(buffer.WrittenSpan);
        }
    }
}

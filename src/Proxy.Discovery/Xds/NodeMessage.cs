using Envoy.Config.Core.V3;
using Envoy.Type.V3;
using Proxy.Configuration;
using Proxy.Discovery.V3;

namespace Proxy.Discovery.Xds;

/// <summary>What control planes are told of the proxy.</summary>
internal static class NodeMessage
{
    // Control planes decide by these what they may send: the proxy takes what Envoy of this version takes.
    private const string AgentName = "envoy";
    private static readonly SemanticVersion AgentVersion = new() { MajorNumber = 1, MinorNumber = 40 };

    private static readonly Extension[] Extensions =
        [.. ExtensionTranslators.All.TypeNames.Order(StringComparer.Ordinal).Select(static name => new Extension { Name = name, TypeUrls = { name } })];

    /// <summary>The message for a node.</summary>
    public static Node Of(NodeConfig config)
    {
        var node = (config.Message as Node)?.Clone() ?? new Node();
        node.Id = config.Id;
        node.Cluster = config.Cluster;
        if (config.Locality != LocalityConfig.None)
        {
            node.Locality = new Locality { Region = config.Locality.Region, Zone = config.Locality.Zone, SubZone = config.Locality.SubZone };
        }

        node.UserAgentName = AgentName;
        node.UserAgentBuildVersion = new BuildVersion { Version = AgentVersion };
        node.Extensions.AddRange(Extensions);
        return node;
    }
}

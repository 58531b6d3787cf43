using System.IO.Hashing;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Proxy.Clusters;
using Proxy.Configuration;
using Proxy.Configuration.Discovery;
using Proxy.Discovery.Bootstrap;
using Proxy.Discovery.Bootstrap.Faults;
using Proxy.Discovery.Bootstrap.Messages;
using Proxy.Discovery.Bootstrap.Nodes;
using Proxy.Discovery.Bootstrap.Schema;
using Proxy.Discovery.V1.Nodes;
using Proxy.Discovery.V1.Schema;
using Proxy.Discovery.V3;
using Proxy.Discovery.Xds;
using Proxy.Resources;
using FaultList = Proxy.Discovery.Bootstrap.Faults.FaultList;

namespace Proxy.Discovery.V1.Rest;

/// <summary>Reads answers of v1 discovery services: the whole answer is translated to v3, or none of it.</summary>
internal static class V1Answers
{
    public const string Objects =
        """
        cds_answer
          clusters! list cluster
        lds_answer
          listeners! list listener
        """;

    private const string FileName = "answer.json";

    private static readonly EncodeOptions Options = new() { Support = ExtensionTranslators.All.Support };

    /// <summary>The version of an answer: it changes with every byte.</summary>
    public static ulong VersionOf(ReadOnlySpan<byte> body) => XxHash64.HashToUInt64(body);

    /// <summary>What an answer says.</summary>
    /// <param name="request">What was asked for.</param>
    /// <param name="source">The service.</param>
    /// <param name="version">The version of the answer as text.</param>
    /// <param name="body">The answer.</param>
    /// <param name="clusters">The clusters that there are.</param>
    /// <exception cref="ConfigException">Anything in it is wrong.</exception>
    public static V1Answer Read(ResourceRequest request, V1RestSourceConfig source, string version, ReadOnlySpan<byte> body, ClusterManager clusters)
    {
        var faults = new FaultList();
        if (ConfigText.Parse(FileName, body, faults) is not { } root)
        {
            throw Refuse(faults.Sorted());
        }

        var context = new V1Context(root, faults) { HostSource = source.Hosts, HasCluster = clusters.Contains, IsStatic = clusters.IsStatic };
        var name = request.Names.FirstOrDefault() ?? "";
        var resources = Translate(request.Kind, name, root, context);
        ThrowIfAny(root, faults);

        var type = ResourceTypes.Of(request.Kind);
        var read = resources.ConvertAll(resource => Read(type, version, resource, faults));
        ThrowIfAny(root, faults);
        return new V1Answer(new ResourceUpdate(version, read) { IsComplete = true, IsWhole = true })
        {
            Root = root,
            Translated = resources,
            Warnings = [.. faults.Sorted().Select(fault => V1Configuration.Restate(root, fault))],
        };
    }

    private static List<ConfigNode> Translate(ResourceKind kind, string name, ConfigNode root, V1Context context)
    {
        new V1Checker(context).Check(root, kind switch
        {
            ResourceKind.Cluster => "cds_answer",
            ResourceKind.Listener => "lds_answer",
            ResourceKind.Routes => "route_config",
            _ => "sds_answer",
        });
        if (context.HasErrors)
        {
            return [];
        }

        return kind switch
        {
            ResourceKind.Cluster => root.ItemsOf("clusters").ConvertAll(cluster => Clusters.Translate(cluster, context)),
            ResourceKind.Listener => root.ItemsOf("listeners").ConvertAll(listener => Listeners.TranslateNamed(listener, context)),
            ResourceKind.Routes => [RouteTables.Translate(root, context).With("name", name).ToNode()],
            _ => [Members.Translate(root, name, context)],
        };
    }

    private static Resource Read(ResourceType type, string version, ConfigNode resource, FaultList faults)
    {
        var wire = ByteString.CopyFrom(MessageEncoder.Encode(resource, ApiSchema.Message(type.MessageName), Options, faults).Span);
        if (faults.HasErrors)
        {
            return new Resource("", version, null);
        }

        var context = new TranslationContext(faults, new SourceMap(resource), ExtensionTranslators.All) { ChecksClusters = false };
        var translated = type.Translate(wire, context, Place.Root);
        return new Resource(translated.Name, version, translated.Config) { Message = new Any { TypeUrl = type.Url, Value = wire } };
    }

    private static void ThrowIfAny(ConfigNode root, FaultList faults)
    {
        if (faults.HasErrors)
        {
            throw Refuse(faults.Sorted().Where(static fault => fault.Severity == FaultSeverity.Error).Take(V1Paths.MostFaults).Select(fault => V1Configuration.Restate(root, fault)));
        }
    }

    private static ConfigException Refuse(IEnumerable<SourceFault> faults) =>
        new([.. faults.Select(static fault => new ConfigFault("", fault.ToString()))]);
}

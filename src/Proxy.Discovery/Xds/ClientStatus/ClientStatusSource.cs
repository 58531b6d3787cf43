using Envoy.Service.Status.V3;
using Google.Protobuf;
using Proxy.Configuration;
using Proxy.Discovery.Bootstrap;
using Proxy.Discovery.Bootstrap.Faults;
using Proxy.Discovery.Bootstrap.Messages;
using Proxy.Discovery.Bootstrap.Nodes;
using Proxy.Discovery.Bootstrap.Schema;
using Proxy.Discovery.V3;
using Proxy.Discovery.V3.Dump;
using Proxy.Hosting;
using FaultList = Proxy.Discovery.Bootstrap.Faults.FaultList;

namespace Proxy.Discovery.Xds.ClientStatus;

/// <summary>Answers what a proxy makes of its control planes, from its own point of view.</summary>
/// <param name="bootstrap">The bootstrap as it was read, as bytes: it is parsed when somebody asks.</param>
/// <param name="loadedAt">When it was read.</param>
internal sealed class ClientStatusSource(ReadOnlyMemory<byte> bootstrap, DateTimeOffset loadedAt) : IClientStatusSource
{
    /// <summary>Fields of a request that are acted upon; <c>node</c> says who asks, which changes nothing for anybody.</summary>
    public const string Supported =
        """
        envoy.service.status.v3.ClientStatusRequest: *
        envoy.type.matcher.v3.NodeMatcher: *
        envoy.type.matcher.v3.StructMatcher: *
        envoy.type.matcher.v3.StructMatcher.PathSegment: *
        """;

    private const string RequestName = "envoy.service.status.v3.ClientStatusRequest";
    private const string ResponseName = "envoy.service.status.v3.ClientStatusResponse";

    private static readonly EncodeOptions Strict = new() { Support = ExtensionTranslators.All.Support };
    private static readonly EncodeOptions Lenient = Strict with { AllowUnknownFields = true };

    public ReadOnlyMemory<byte> Answer(ReadOnlyMemory<byte> request, MessageEncoding encoding, ProxyServer server)
    {
        var asked = Read(request, encoding);
        var node = NodeMessage.Of(server.Config.Node);
        var response = new ClientStatusResponse();
        if (NodeSelector.Compile(asked.NodeMatchers).Selects(node))
        {
            response.Config.Add(new ClientConfig
            {
                Node = node,
                GenericXdsConfigs = { new StatusReport(server.Dynamic, !asked.ExcludeResourceContents).Entries(BootstrapLoader.Parse(bootstrap), loadedAt) },
            });
        }

        return encoding == MessageEncoding.Json ? MessageJson.ToJson(response, ResponseName) : MessageRedactor.Redact(response.ToByteArray(), ResponseName);
    }

    // By the same rules as everything else that is read.
    private static ClientStatusRequest Read(ReadOnlyMemory<byte> request, MessageEncoding encoding)
    {
        if (request.IsEmpty)
        {
            return new ClientStatusRequest();
        }

        var faults = new FaultList();
        var wire = encoding == MessageEncoding.Json ? FromText(request, faults) : FromWire(request, faults);
        var errors = faults.Sorted().Where(static fault => fault.Severity == FaultSeverity.Error).Select(static fault => new ConfigFault(fault.Path, fault.Message)).ToArray();
        return errors.Length == 0 ? ClientStatusRequest.Parser.ParseFrom(wire.Span) : throw new ConfigException(errors);
    }

    private static ReadOnlyMemory<byte> FromText(ReadOnlyMemory<byte> text, FaultList faults) =>
        ConfigText.Parse("request.json", text.Span, faults) is { } root ? MessageEncoder.Encode(root, ApiSchema.Message(RequestName), Strict, faults) : default;

    private static ReadOnlyMemory<byte> FromWire(ReadOnlyMemory<byte> wire, FaultList faults)
    {
        try
        {
            var type = ApiSchema.Message(RequestName);
            return MessageEncoder.Encode(MessageNodeReader.Read(wire, type), type, Lenient, faults);
        }
        catch (Exception e) when (e is NodeSyntaxException or InvalidDataException)
        {
            faults.Add(new SourceFault(default, "", "syntax", e.Message));
            return default;
        }
    }
}

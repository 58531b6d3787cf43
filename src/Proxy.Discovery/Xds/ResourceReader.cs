using Envoy.Service.Discovery.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Proxy.Configuration;
using Proxy.Discovery.Bootstrap;
using Proxy.Discovery.Bootstrap.Faults;
using Proxy.Discovery.Bootstrap.Messages;
using Proxy.Discovery.Bootstrap.Nodes;
using Proxy.Discovery.Bootstrap.Schema;
using Proxy.Discovery.V3;
using Proxy.Discovery.V3.Dump;
using Proxy.Discovery.Xds.Names;
using Proxy.Resources;
using FaultList = Proxy.Discovery.Bootstrap.Faults.FaultList;
using ResourceRecord = Proxy.Resources.Resource;

namespace Proxy.Discovery.Xds;

/// <summary>Reads what control planes and files say: checks every rule, as for a bootstrap, and makes records.</summary>
/// <remarks>A broken rule refuses the whole answer; a resource that is well-formed but cannot be built is handed on with its faults, as in Envoy.</remarks>
internal static class ResourceReader
{
    /// <summary>Full name of an answer.</summary>
    public const string ResponseName = "envoy.service.discovery.v3.DiscoveryResponse";

    /// <summary>Type of a resource that comes with a version, a name and a time to live of its own.</summary>
    public const string WrapperUrl = ResourceType.UrlPrefix + "envoy.service.discovery.v3.Resource";

    private static readonly EncodeOptions Lenient = new() { AllowUnknownFields = true, Support = ExtensionTranslators.All.Support };
    private static readonly EncodeOptions Strict = Lenient with { AllowUnknownFields = false };

    /// <summary>As the other one; fields that no message has are left out in silence.</summary>
    public static DiscoveryResponse ReadText(string file, ReadOnlySpan<byte> text) => ReadText(file, text, UnknownFields.Ignored);

    /// <summary>Reads an answer from JSON or YAML.</summary>
    /// <param name="file">Its name, whose ending picks the format.</param>
    /// <param name="text">The text.</param>
    /// <param name="unknown">Told of fields that no message has.</param>
    /// <exception cref="ConfigException">It is no answer.</exception>
    public static DiscoveryResponse ReadText(string file, ReadOnlySpan<byte> text, UnknownFields unknown) =>
        TryReadMessage(file, text, ResponseName, unknown, out var broken) is { } wire ? DiscoveryResponse.Parser.ParseFrom(wire.Span) : throw Exception(broken);

    /// <summary>Reads a message of any type from JSON or YAML into its wire form; null when it is none.</summary>
    public static ReadOnlyMemory<byte>? TryReadMessage(
        string file, ReadOnlySpan<byte> text, string name, UnknownFields unknown, out IReadOnlyList<SourceFault> broken)
    {
        var faults = new FaultList();
        var root = ConfigText.Parse(file, text, faults);
        var wire = root is null ? default : Encode(root, ApiSchema.Message(name), unknown, faults);
        broken = [.. faults.Sorted().Where(IsBroken)];
        if (broken.Count > 0)
        {
            return null;
        }

        Note(unknown, name, faults);
        return wire;
    }

    /// <summary>Reads the resources of an answer.</summary>
    /// <exception cref="ConfigException">One of them breaks a rule, or is of another type.</exception>
    public static List<ReadResource> Read(ResourceType type, string version, IEnumerable<Any> resources, UnknownFields unknown)
    {
        var read = new List<ReadResource>();
        var broken = new List<SourceFault>();
        foreach (var any in resources)
        {
            if (any.TypeUrl == WrapperUrl)
            {
                var wrapper = Envoy.Service.Discovery.V3.Resource.Parser.ParseFrom(any.Value);
                read.Add(ReadWrapped(type, version, wrapper, unknown, broken));
            }
            else
            {
                read.Add(new ReadResource(ReadOne(type, version, "", any, unknown, broken), null));
            }
        }

        ThrowIfAny(broken);
        return read;
    }

    /// <summary>Reads the resources of an answer that tells changes.</summary>
    /// <exception cref="ConfigException">One of them breaks a rule, or is of another type.</exception>
    public static List<ReadResource> Read(ResourceType type, IEnumerable<Envoy.Service.Discovery.V3.Resource> resources, UnknownFields unknown)
    {
        var broken = new List<SourceFault>();
        var read = resources.Select(resource => ReadWrapped(type, resource.Version, resource, unknown, broken)).ToList();
        ThrowIfAny(broken);
        return read;
    }

    private static ReadResource ReadWrapped(ResourceType type, string version, Envoy.Service.Discovery.V3.Resource wrapper, UnknownFields unknown, List<SourceFault> broken)
    {
        var own = wrapper.Version.Length > 0 ? wrapper.Version : version;
        var resource = wrapper.Resource_ is { } inner
            ? ReadOne(type, own, wrapper.Name, inner, unknown, broken)
            : new ResourceRecord(wrapper.Name, own, null); // only says that it lives
        return new ReadResource(wrapper.Aliases.Count == 0 ? resource : resource with { Aliases = wrapper.Aliases }, wrapper.Ttl.ToTimeSpanOrNull());
    }

    private static ResourceRecord ReadOne(ResourceType type, string version, string name, Any any, UnknownFields unknown, List<SourceFault> broken)
    {
        if (any.TypeUrl != type.Url)
        {
            broken.Add(new SourceFault(default, name, "any.type", $"{any.TypeUrl} instead of {type.Url}"));
            return new ResourceRecord(name, version, null);
        }

        var faults = new FaultList();
        Check(any.Value, ApiSchema.Message(type.MessageName), unknown, faults);
        broken.AddRange(faults.Sorted().Where(IsBroken));
        if (broken.Count > 0)
        {
            return new ResourceRecord(name, version, null);
        }

        Note(unknown, type.MessageName, faults);
        var context = new TranslationContext(faults, null, ExtensionTranslators.All) { ChecksClusters = false, HasAggregatedSource = true };
        var translated = type.Translate(any.Value, context, Place.Root);
        if (name.Length > 0 && type.IsAskedForByItsName && XdsName.Canonical(translated.Name) != XdsName.Canonical(name))
        {
            context.Fault(Place.Root, $"is '{translated.Name}', sent under the name '{name}'");
        }

        return new ResourceRecord(name.Length > 0 ? name : translated.Name, version, faults.HasErrors ? null : translated.Config)
        {
            Message = any,
            Faults = faults.HasErrors ? [.. Errors(faults.Sorted()).Select(ToConfigFault)] : [],
        };
    }

    private static void Check(ByteString message, MessageType type, UnknownFields unknown, FaultList faults)
    {
        try
        {
            Encode(MessageNodeReader.Read(message.Memory, type), type, unknown, faults);
        }
        catch (Exception e) when (e is NodeSyntaxException or InvalidDataException)
        {
            faults.Add(new SourceFault(default, "", "syntax", e.Message));
        }
    }

    private static ReadOnlyMemory<byte> Encode(ConfigNode root, MessageType type, UnknownFields unknown, FaultList faults)
    {
        try
        {
            return MessageEncoder.Encode(root, type, unknown.AreRefused ? Strict : Lenient, faults);
        }
        catch (NodeSyntaxException e)
        {
            faults.Add(new SourceFault(root.Position with { Line = e.Line, Column = e.Column }, "", "syntax", e.Message));
            return default;
        }
    }

    private static IEnumerable<SourceFault> Errors(IEnumerable<SourceFault> faults) => faults.Where(static fault => fault.Severity == FaultSeverity.Error);

    private static bool IsBroken(SourceFault fault) =>
        fault is { Severity: FaultSeverity.Error, Rule: not (SourceFault.NotSupported or "unknown_extension") } && (fault.Rule == SourceFault.UnknownField || !IsInside(fault));

    // What is packed inside of a resource is only looked at when that is built.
    private static bool IsInside(SourceFault fault) => fault.Path.Contains("typed_config", StringComparison.Ordinal);

    private static void Note(UnknownFields unknown, string message, FaultList faults)
    {
        foreach (var fault in faults.Sorted())
        {
            if (fault.Rule == SourceFault.UnknownField)
            {
                unknown.Found(message, fault.Path);
            }
        }
    }

    /// <summary>The faults as an embedder or a log is told them.</summary>
    public static ConfigException Exception(IEnumerable<SourceFault> faults) => new([.. faults.Select(ToConfigFault)]);

    private static void ThrowIfAny(List<SourceFault> faults)
    {
        if (faults.Count > 0)
        {
            throw Exception(faults);
        }
    }

    private static ConfigFault ToConfigFault(SourceFault fault)
    {
        var place = fault.Position.Line > 0 && !string.IsNullOrEmpty(fault.Position.File) ? $" ({fault.Position.File}:{fault.Position.Line})" : "";
        return new ConfigFault(fault.Path, (fault.Hint is null ? fault.Message : $"{fault.Message} ({fault.Hint})") + place);
    }
}

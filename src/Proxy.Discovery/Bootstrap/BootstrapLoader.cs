using System.Text;
using Google.Protobuf;
using Proxy.Discovery.Bootstrap.Faults;
using Proxy.Discovery.Bootstrap.Messages;
using Proxy.Discovery.Bootstrap.Nodes;
using Proxy.Discovery.Bootstrap.Schema;
using Proxy.Discovery.V1;
using Proxy.Discovery.V1.Schema;
using Proxy.Discovery.V3;

namespace Proxy.Discovery.Bootstrap;

/// <summary>Reads Envoy's bootstraps, of v3 and of v1, from files and from the command line.</summary>
internal static class BootstrapLoader
{
    private const string MessageName = "envoy.config.bootstrap.v3.Bootstrap";
    private const string InlineName = "--config-yaml";

    // Free-form values nest three messages a level.
    private const int MaxMessageDepth = 4 * NodeLimits.MaxDepth;

    /// <summary>Reads a file, puts <paramref name="inlineYaml"/> over it as protobuf merges, and translates the result.</summary>
    /// <param name="path">The file; its ending picks the format. Null when there is only <paramref name="inlineYaml"/>.</param>
    /// <param name="inlineYaml">YAML that adds to lists and replaces values of the file. Null for none.</param>
    /// <param name="options">How to read.</param>
    public static BootstrapResult Load(string? path, string? inlineYaml, BootstrapOptions options)
    {
        var faults = new FaultList();
        var file = path is null ? null : ReadFile(path, options, faults);
        if (file is not null && V1Bootstrap.IsV1(file))
        {
            return V1Configuration.Load(file, v3 => LoadOver(v3, inlineYaml, options, faults), faults);
        }

        return LoadOver(file, inlineYaml, options, faults);
    }

    /// <summary>Checks and translates a tree that was read already, of v3 or of v1; its values may all be texts.</summary>
    public static BootstrapResult Load(ConfigNode root, BootstrapOptions options)
    {
        var faults = new FaultList();
        return V1Bootstrap.IsV1(root)
            ? V1Configuration.Load(V1Typing.Apply(root, "top"), v3 => Load(v3, options, faults), faults)
            : Load(root, options, faults);
    }

    /// <summary>Reads a message that was written here.</summary>
    public static Envoy.Config.Bootstrap.V3.Bootstrap Parse(ReadOnlyMemory<byte> wire)
    {
        using var input = CodedInputStream.CreateWithLimits(new MemoryStream(wire.ToArray(), writable: false), int.MaxValue, MaxMessageDepth);
        return Envoy.Config.Bootstrap.V3.Bootstrap.Parser.ParseFrom(input);
    }

    private static BootstrapResult LoadOver(ConfigNode? file, string? inlineYaml, BootstrapOptions options, FaultList faults)
    {
        var inline = inlineYaml is null ? null : ConfigText.ParseYaml(InlineName, Encoding.UTF8.GetBytes(inlineYaml), faults);
        if (faults.HasErrors || (file ?? inline) is not { } root)
        {
            return new BootstrapResult(null, null, faults.Sorted());
        }

        return Load(file is not null && inline is not null ? NodeMerger.MergeMessages(file, inline) : root, options, faults);
    }

    private static ConfigNode? ReadFile(string path, BootstrapOptions options, FaultList faults)
    {
        try
        {
            return ConfigText.Parse(path, options.ReadFile(path), faults);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            faults.Add(new SourceFault(new FaultPosition(path, 0, 0), "", "file", $"cannot be read: {e.Message}"));
            return null;
        }
    }

    private static BootstrapResult Load(ConfigNode root, BootstrapOptions options, FaultList faults)
    {
        var source = new SourceMap(root);
        var extensions = ExtensionTranslators.All;
        if (Encode(root, options, extensions, faults) is not { } wire)
        {
            return new BootstrapResult(null, null, faults.Sorted()) { Source = source };
        }

        var message = Parse(wire);
        var context = new TranslationContext(faults, source, extensions)
        {
            AllowUnsupported = options.AllowUnsupported,
            ReadFile = options.ReadFile,
            ReadVariable = options.ReadVariable,
            HasNode = (options.NodeId.Length > 0 || message.Node?.Id.Length > 0) && (options.NodeCluster.Length > 0 || message.Node?.Cluster.Length > 0),
        };

        // Even after errors: what the translators find belongs on the same list.
        var config = BootstrapTranslator.Translate(message, context);
        return faults.HasErrors
            ? new BootstrapResult(null, null, faults.Sorted()) { Source = source }
            : new BootstrapResult(config, message, faults.Sorted()) { Source = source, Wire = wire };
    }

    private static byte[]? Encode(ConfigNode root, BootstrapOptions options, ExtensionTranslators extensions, FaultList faults)
    {
        var encode = new EncodeOptions
        {
            AllowUnknownFields = options.AllowUnknownFields,
            AllowUnsupported = options.AllowUnsupported,
            Support = extensions.Support,
        };
        try
        {
            return MessageEncoder.Encode(root, ApiSchema.Message(MessageName), encode, faults).ToArray();
        }
        catch (NodeSyntaxException e)
        {
            faults.Add(new SourceFault(root.Position with { Line = e.Line, Column = e.Column }, "", "syntax", e.Message));
            return null;
        }
    }
}

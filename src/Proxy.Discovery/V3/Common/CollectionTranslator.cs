using Envoy.Config.Core.V3;
using Proxy.Configuration.Discovery;
using Proxy.Discovery.Xds.Names;

namespace Proxy.Discovery.V3.Common;

/// <summary>Translates where all clusters, or all listeners, come from: a source, and perhaps a collection in it.</summary>
/// <param name="locator">URI of the collection; empty for everything that the source has.</param>
/// <param name="source">The source; null for none.</param>
/// <param name="context">What translators share.</param>
internal sealed class CollectionTranslator(string locator, ConfigSource? source, TranslationContext context)
{
    private const string Scheme = "file://";

    /// <summary>Where the locator stands.</summary>
    public required Place LocatorPlace { get; init; }

    /// <summary>Where the source stands.</summary>
    public required Place SourcePlace { get; init; }

    /// <summary>Full name of the resources' message.</summary>
    public required string TypeName { get; init; }

    /// <summary>The source has to say which version of the protocol it speaks. Default true.</summary>
    public bool KnowsVersion { get; init; } = true;

    /// <summary>A file can hold a collection of these. Default false.</summary>
    public bool CanBeFile { get; init; }

    /// <summary>The source, or null with a fault in the list when there is one that cannot be used.</summary>
    public ConfigSourceConfig? Translate()
    {
        if (locator.Length == 0)
        {
            return ConfigSourceTranslator.Translate(source, SourcePlace, context, KnowsVersion);
        }

        var hash = locator.IndexOf('#', StringComparison.Ordinal);
        if (hash >= 0)
        {
            context.Unsupported(LocatorPlace, $"directives ({locator[hash..]}) are not supported");
            return null;
        }

        if (locator.StartsWith(Scheme, StringComparison.Ordinal))
        {
            return File();
        }

        if (locator.StartsWith("http:", StringComparison.Ordinal))
        {
            context.Unsupported(LocatorPlace, "collections over HTTP are not supported");
            return null;
        }

        return Named();
    }

    private FileSourceConfig? File()
    {
        var slash = locator.IndexOf('/', Scheme.Length);
        var path = slash < 0 ? "/" : PercentEncoding.Decode(locator[slash..]);
        if (!CanBeFile)
        {
            context.Unsupported(LocatorPlace, $"a file cannot hold a collection of {TypeName}");
        }
        else if (source is not null)
        {
            context.Fault(SourcePlace, "has no effect: the collection is in a file");
        }
        else if (!context.FileExists(path))
        {
            context.Fault(LocatorPlace, $"the file {path} does not exist");
        }
        else
        {
            return new FileSourceConfig(path) { IsCollection = true };
        }

        return null;
    }

    private CollectionSourceConfig? Named()
    {
        if (!XdsName.IsOne(locator))
        {
            context.Fault(LocatorPlace, "is no locator of a collection", $"such as xdstp://authority/{TypeName}/folder/*");
        }
        else if (XdsName.TryParse(locator) is not { } name)
        {
            context.Fault(LocatorPlace, XdsName.Fault, $"such as xdstp://authority/{TypeName}/folder/*");
        }
        else if (name.Type != TypeName)
        {
            context.Fault(LocatorPlace, $"is a collection of {name.Type} instead of {TypeName}");
        }
        else if (ConfigSourceTranslator.Translate(source, SourcePlace, context, KnowsVersion) is { } config)
        {
            return Over(config, name);
        }
        else if (source is null)
        {
            context.Fault(SourcePlace, "required: a collection comes over ads or from an api_config_source of DELTA_GRPC");
        }

        return null;
    }

    private CollectionSourceConfig? Over(ConfigSourceConfig config, XdsName name)
    {
        if (config is AggregatedSourceConfig or ControlPlaneSourceConfig { ControlPlane.Protocol: ControlPlaneProtocol.DeltaGrpc })
        {
            return new CollectionSourceConfig(name.ToString(), config) { InitialFetchTimeout = config.InitialFetchTimeout };
        }

        context.Fault(SourcePlace, "cannot bring a collection", "ads and an api_config_source of DELTA_GRPC can");
        return null;
    }
}

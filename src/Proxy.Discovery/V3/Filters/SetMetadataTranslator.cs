using Envoy.Extensions.Filters.Http.SetMetadata.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Proxy.Configuration;
using Proxy.Configuration.Filters;
using Proxy.Discovery.V3.Common;

namespace Proxy.Discovery.V3.Filters;

/// <summary>The HTTP filter that gives requests dynamic metadata.</summary>
internal sealed class SetMetadataTranslator : ExtensionTranslator
{
    public override string TypeName => "envoy.extensions.filters.http.set_metadata.v3.Config";

    public override string Supported =>
        """
        envoy.extensions.filters.http.set_metadata.v3.Config: *
        envoy.extensions.filters.http.set_metadata.v3.Metadata: metadata_namespace allow_overwrite value
        """;

    public override object Translate(ByteString message, Place place, TranslationContext context)
    {
        var config = Config.Parser.Read(message);
        var entries = config.Metadata.Select(m => Entry(m.MetadataNamespace, m.Value, m.AllowOverwrite)).ToList();
        if (config.MetadataNamespace.Length > 0 && config.Value is not null)
        {
            entries.Insert(0, Entry(config.MetadataNamespace, config.Value, overwrite: true)); // the older way to say it always merges
        }

        return new SetMetadataConfig(entries.ToConfigList());
    }

    private static SetMetadataEntry Entry(string name, Struct? value, bool overwrite) =>
        new(name, value is null ? "{}" : MetadataTranslator.ToJson(value)) { AllowOverwrite = overwrite };
}

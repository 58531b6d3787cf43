using Envoy.Extensions.Retry.Host.OmitHostMetadata.V3;
using Envoy.Extensions.Retry.Priority.PreviousPriorities.V3;
using Google.Protobuf;
using Proxy.Configuration.Http;
using Proxy.Discovery.V3.Common;

namespace Proxy.Discovery.V3.Routes;

/// <summary>Retries avoid hosts that were tried already.</summary>
internal sealed class PreviousHostsTranslator : ExtensionTranslator
{
    public override string TypeName => "envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate";

    public override string Supported => "envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate: *";

    public override object Translate(ByteString message, Place place, TranslationContext context) => new PreviousHostsPredicateConfig();
}

/// <summary>Retries avoid canaries.</summary>
internal sealed class OmitCanaryHostsTranslator : ExtensionTranslator
{
    public override string TypeName => "envoy.extensions.retry.host.omit_canary_hosts.v3.OmitCanaryHostsPredicate";

    public override string Supported => "envoy.extensions.retry.host.omit_canary_hosts.v3.OmitCanaryHostsPredicate: *";

    public override object Translate(ByteString message, Place place, TranslationContext context) => new OmitCanaryHostsPredicateConfig();
}

/// <summary>Retries avoid hosts by their metadata.</summary>
internal sealed class OmitHostMetadataTranslator : ExtensionTranslator
{
    public override string TypeName => "envoy.extensions.retry.host.omit_host_metadata.v3.OmitHostMetadataConfig";

    public override string Supported => "envoy.extensions.retry.host.omit_host_metadata.v3.OmitHostMetadataConfig: *";

    public override object Translate(ByteString message, Place place, TranslationContext context) =>
        new OmitHostMetadataPredicateConfig(MetadataTranslator.Translate(OmitHostMetadataConfig.Parser.Read(message).MetadataMatch));
}

/// <summary>Retries go to other priorities.</summary>
internal sealed class PreviousPrioritiesTranslator : ExtensionTranslator
{
    public override string TypeName => "envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig";

    public override string Supported => "envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig: *";

    public override object Translate(ByteString message, Place place, TranslationContext context) =>
        new RetryPriorityConfig(PreviousPrioritiesConfig.Parser.Read(message).UpdateFrequency);
}

using Google.Protobuf;
using Proxy.Configuration.Http;

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

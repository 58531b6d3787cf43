using Google.Protobuf;
using Proxy.Configuration.Filters;

namespace Proxy.Discovery.V3.Filters;

/// <summary>The network filter that sends back what comes.</summary>
internal sealed class EchoTranslator : ExtensionTranslator
{
    public override string TypeName => "envoy.extensions.filters.network.echo.v3.Echo";

    public override string Supported => "envoy.extensions.filters.network.echo.v3.Echo: *";

    public override bool IsTerminal => true;

    public override object Translate(ByteString message, Place place, TranslationContext context) => new EchoConfig();
}

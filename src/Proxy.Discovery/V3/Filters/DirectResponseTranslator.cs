using Envoy.Extensions.Filters.Network.DirectResponse.V3;
using Google.Protobuf;
using Proxy.Configuration;
using Proxy.Configuration.Filters;
using Proxy.Discovery.V3.Common;

namespace Proxy.Discovery.V3.Filters;

/// <summary>The network filter that sends a text and closes.</summary>
internal sealed class DirectResponseTranslator : ExtensionTranslator
{
    public override string TypeName => "envoy.extensions.filters.network.direct_response.v3.Config";

    public override string Supported => "envoy.extensions.filters.network.direct_response.v3.Config: *";

    public override bool IsTerminal => true;

    public override object Translate(ByteString message, Place place, TranslationContext context)
    {
        var response = Config.Parser.Read(message).Response;
        var bytes = response is null ? [] : DataSourceReader.Read(response, place.Field("response"), context) ?? [];
        return new DirectResponseConfig(bytes.ToConfigList());
    }
}

using Envoy.Extensions.Filters.Network.ConnectionLimit.V3;
using Google.Protobuf;
using Proxy.Configuration;
using Proxy.Configuration.Filters;
using Proxy.Discovery.V3.Common;

namespace Proxy.Discovery.V3.Filters;

/// <summary>The network filter that caps the connections of its chain.</summary>
internal sealed class ConnectionLimitTranslator : ExtensionTranslator
{
    public override string TypeName => "envoy.extensions.filters.network.connection_limit.v3.ConnectionLimit";

    public override string Supported => "envoy.extensions.filters.network.connection_limit.v3.ConnectionLimit: *";

    public override object Translate(ByteString message, Place place, TranslationContext context)
    {
        var limit = ConnectionLimit.Parser.Read(message);
        if (limit.MaxConnections is null)
        {
            context.Fault(place.Field("max_connections"), "required");
        }

        return new ConnectionLimitConfig
        {
            StatPrefix = limit.StatPrefix,
            MaxConnections = (long)Math.Min(limit.MaxConnections ?? long.MaxValue, long.MaxValue),
            Delay = limit.Delay.TimeoutOr(null),
            Enabled = RuntimeFlagTranslator.Translate(limit.RuntimeEnabled) ?? RuntimeFlagConfig.On,
        };
    }
}

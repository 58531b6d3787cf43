using Envoy.Extensions.Filters.Network.LocalRatelimit.V3;
using Google.Protobuf;
using Proxy.Configuration;
using Proxy.Configuration.Filters;
using Proxy.Discovery.V3.Common;

namespace Proxy.Discovery.V3.Filters;

/// <summary>The network filter that limits how often connections come.</summary>
internal sealed class NetworkLocalRateLimitTranslator : ExtensionTranslator
{
    public override string TypeName => "envoy.extensions.filters.network.local_ratelimit.v3.LocalRateLimit";

    public override string Supported =>
        """
        envoy.extensions.filters.network.local_ratelimit.v3.LocalRateLimit: stat_prefix token_bucket runtime_enabled share_key
        envoy.type.v3.TokenBucket: *
        """;

    public override object Translate(ByteString message, Place place, TranslationContext context)
    {
        var limit = LocalRateLimit.Parser.Read(message);
        var bucket = limit.TokenBucket;
        return new LocalRateLimitConfig
        {
            StatPrefix = limit.StatPrefix,
            ShareKey = limit.ShareKey,
            Bucket = new TokenBucketConfig(bucket?.MaxTokens ?? 0, bucket?.TokensPerFill ?? 1, bucket?.FillInterval.Or(TimeSpan.Zero) ?? TimeSpan.Zero),
            Enabled = RuntimeFlagTranslator.Translate(limit.RuntimeEnabled) ?? RuntimeFlagConfig.On,
        };
    }
}

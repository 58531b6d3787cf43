using Envoy.Config.Cluster.V3;
using Envoy.Extensions.Upstreams.Http.V3;
using Proxy.Configuration.Clusters;
using Proxy.Configuration.Http;
using Proxy.Discovery.V3.Common;

namespace Proxy.Discovery.V3.Clusters;

/// <summary>Translates the HTTP options of a cluster: the extension, or the older fields on the cluster.</summary>
internal static class UpstreamHttpTranslator
{
    private const string Key = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

    private static readonly TimeSpan DefaultIdleTimeout = TimeSpan.FromHours(1);

    public static UpstreamHttpConfig Translate(Cluster cluster, Place place, TranslationContext context)
    {
        var common = cluster.CommonHttpProtocolOptions;
        var http1 = cluster.HttpProtocolOptions;
        var http1At = place.Field("http_protocol_options");
        ErrorMatcherConfig? errors = null;
        foreach (var (name, any) in cluster.TypedExtensionProtocolOptions)
        {
            var at = place.Field("typed_extension_protocol_options").Key(name);
            if (name != Key || !any.TypeUrl.EndsWith("/" + Key, StringComparison.Ordinal))
            {
                context.Unsupported(at, $"options of {name} are not supported yet");
                continue;
            }

            var options = HttpProtocolOptions.Parser.Read(any.Value);
            common = options.CommonHttpProtocolOptions;
            http1 = options.ExplicitHttpConfig?.HttpProtocolOptions;
            errors = OutlierDetectionTranslator.Errors(options.OutlierDetection?.ErrorMatcher, at.Field("outlier_detection").Field("error_matcher"), context);
            http1At = at.Field("explicit_http_config").Field("http_protocol_options");
        }

        return new UpstreamHttpConfig
        {
            IdleTimeout = common is null ? DefaultIdleTimeout : common.IdleTimeout.TimeoutOr(DefaultIdleTimeout),
            MaxConnectionDuration = common?.MaxConnectionDuration.TimeoutOr(null),
            MaxStreamDuration = common?.MaxStreamDuration.TimeoutOr(null),
            MaxRequestsPerConnection = (common?.MaxRequestsPerConnection ?? cluster.MaxRequestsPerConnection).LimitOrNull(),
            MaxHeadersCount = common?.MaxHeadersCount.ToIntOrNull() ?? 100,
            MaxHeadersKilobytes = common?.MaxResponseHeadersKb.ToIntOrNull() ?? 80,
            HeadersWithUnderscores = (UnderscoresAction)(common?.HeadersWithUnderscoresAction ?? default),
            OutlierErrors = errors,
            Http1 = Http1Translator.Translate(http1, http1At, context),
        };
    }
}

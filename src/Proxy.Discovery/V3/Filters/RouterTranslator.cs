using Envoy.Extensions.Filters.Http.Router.V3;
using Google.Protobuf;
using Proxy.Configuration;
using Proxy.Configuration.Filters;
using Proxy.Discovery.V3.AccessLogs;

namespace Proxy.Discovery.V3.Filters;

/// <summary>The HTTP filter that sends requests upstream.</summary>
internal sealed class RouterTranslator : ExtensionTranslator
{
    public override string TypeName => "envoy.extensions.filters.http.router.v3.Router";

    // start_child_span has no effect where nothing traces.
    public override string Supported =>
        """
        envoy.extensions.filters.http.router.v3.Router: suppress_envoy_headers respect_expected_rq_timeout upstream_log upstream_log_options strict_check_headers suppress_grpc_request_failure_code_stats upstream_http_filters start_child_span dynamic_stats=true
        envoy.extensions.filters.http.router.v3.Router.UpstreamAccessLogOptions: *
        """;

    public override bool IsTerminal => true;

    public override object Translate(ByteString message, Place place, TranslationContext context)
    {
        var router = Router.Parser.Read(message);
        return new RouterConfig
        {
            SuppressEnvoyHeaders = router.SuppressEnvoyHeaders,
            RespectExpectedTimeout = router.RespectExpectedRqTimeout,
            StrictHeaders = router.StrictCheckHeaders.ToConfigList(),
            SuppressGrpcStatusStats = router.SuppressGrpcRequestFailureCodeStats,
            LogOnUpstreamStart = router.UpstreamLogOptions?.FlushUpstreamLogOnUpstreamStream ?? false,
            UpstreamLogInterval = router.UpstreamLogOptions?.UpstreamLogFlushInterval.ToTimeSpanOrNull(),
            UpstreamFilters = HttpFiltersTranslator.Upstream(router.UpstreamHttpFilters, place.Field("upstream_http_filters"), context),
            UpstreamLogs = AccessLogTranslator.Translate(router.UpstreamLog, place.Field("upstream_log"), context),
        };
    }
}

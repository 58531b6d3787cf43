using Envoy.Extensions.Filters.Common.Fault.V3;
using Envoy.Extensions.Filters.Http.Fault.V3;
using Envoy.Type.V3;
using Google.Protobuf;
using Proxy.Configuration;
using Proxy.Configuration.Filters;
using Proxy.Configuration.Http;
using Proxy.Discovery.V3.Common;
using Proxy.Discovery.V3.Routes;

namespace Proxy.Discovery.V3.Filters;

/// <summary>The HTTP filter that delays and fails requests; routes take the same message.</summary>
internal sealed class FaultTranslator : ExtensionTranslator
{
    public override string TypeName => "envoy.extensions.filters.http.fault.v3.HTTPFault";

    // Stats and runtime keys by the downstream's cluster are not there, which is what disable_downstream_cluster_stats asks for.
    public override string Supported =>
        """
        envoy.extensions.filters.common.fault.v3.FaultDelay: fixed_delay header_delay percentage
        envoy.extensions.filters.common.fault.v3.FaultDelay.HeaderDelay: *
        envoy.extensions.filters.common.fault.v3.FaultRateLimit: *
        envoy.extensions.filters.common.fault.v3.FaultRateLimit.FixedLimit: *
        envoy.extensions.filters.common.fault.v3.FaultRateLimit.HeaderLimit: *
        envoy.extensions.filters.http.fault.v3.FaultAbort: *
        envoy.extensions.filters.http.fault.v3.FaultAbort.HeaderAbort: *
        envoy.extensions.filters.http.fault.v3.HTTPFault: abort delay response_rate_limit upstream_cluster headers downstream_nodes max_active_faults filter_metadata delay_percent_runtime abort_percent_runtime response_rate_limit_percent_runtime delay_duration_runtime abort_http_status_runtime abort_grpc_status_runtime max_active_faults_runtime disable_downstream_cluster_stats=true
        """;

    public override bool IsPerRoute => true;

    public override object Translate(ByteString message, Place place, TranslationContext context)
    {
        var fault = HTTPFault.Parser.Read(message);
        var defaults = new FaultConfig();
        return new FaultConfig
        {
            Abort = fault.Abort is { } abort ? Abort(abort, fault) : null,
            Delay = fault.Delay is { } delay ? Delay(delay, fault) : null,
            ResponseRateLimit = fault.ResponseRateLimit is { } limit ? Limit(limit, fault) : null,
            UpstreamCluster = fault.UpstreamCluster,
            DownstreamNodes = fault.DownstreamNodes.ToConfigList(),
            Headers = fault.Headers.TranslateEach(place, "headers", context, RouteMatchTranslator.Header),
            MaxActiveFaults = fault.MaxActiveFaults,
            MaxActiveFaultsKey = Or(fault.MaxActiveFaultsRuntime, defaults.MaxActiveFaultsKey),
            Metadata = fault.FilterMetadata is { Fields.Count: > 0 } metadata ? MetadataTranslator.ToJson(metadata) : "",
        };
    }

    private static FaultAbortConfig Abort(FaultAbort abort, HTTPFault fault)
    {
        var config = new FaultAbortConfig((int)abort.HttpStatus, Share(abort.Percentage, fault.AbortPercentRuntime, "fault.http.abort.abort_percent"));
        return config with
        {
            GrpcStatus = abort.HasGrpcStatus ? (int)abort.GrpcStatus : null,
            IsByHeader = abort.HeaderAbort is not null,
            StatusKey = Or(fault.AbortHttpStatusRuntime, config.StatusKey),
            GrpcStatusKey = Or(fault.AbortGrpcStatusRuntime, config.GrpcStatusKey),
        };
    }

    private static FaultDelayConfig Delay(FaultDelay delay, HTTPFault fault)
    {
        var config = new FaultDelayConfig(
            delay.FixedDelay.Or(TimeSpan.Zero), Share(delay.Percentage, fault.DelayPercentRuntime, "fault.http.delay.fixed_delay_percent"));
        return config with { IsByHeader = delay.HeaderDelay is not null, DurationKey = Or(fault.DelayDurationRuntime, config.DurationKey) };
    }

    private static FaultRateLimitConfig Limit(FaultRateLimit limit, HTTPFault fault) =>
        new((long)Math.Min(limit.FixedLimit?.LimitKbps ?? 0, int.MaxValue), Share(limit.Percentage, fault.ResponseRateLimitPercentRuntime, "fault.http.rate_limit.response_percent"))
        {
            IsByHeader = limit.HeaderLimit is not null,
        };

    private static string Or(string key, string otherwise) => key.Length > 0 ? key : otherwise;

    private static FractionConfig Share(FractionalPercent? percent, string key, string defaultKey) =>
        new(percent?.Numerator ?? 0, MatcherTranslator.DenominatorOf(percent?.Denominator ?? default), Or(key, defaultKey));
}

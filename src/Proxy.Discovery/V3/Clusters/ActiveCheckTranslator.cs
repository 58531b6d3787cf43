using Envoy.Config.Core.V3;
using Envoy.Config.Endpoint.V3;
using Google.Protobuf.Collections;
using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Configuration.Http;
using Proxy.Discovery.V3.Common;
using Int64Range = Proxy.Configuration.Http.Int64Range;

namespace Proxy.Discovery.V3.Clusters;

/// <summary>Translates active health checks.</summary>
internal static class ActiveCheckTranslator
{
    // event_service is in the messages and nowhere in Envoy.
    public const string Supported =
        """
        envoy.config.core.v3.HealthCheck: timeout interval initial_jitter interval_jitter interval_jitter_percent unhealthy_threshold healthy_threshold alt_port reuse_connection http_health_check tcp_health_check grpc_health_check no_traffic_interval no_traffic_healthy_interval unhealthy_interval unhealthy_edge_interval healthy_edge_interval event_log_path event_logger always_log_health_check_failures always_log_health_check_success transport_socket_match_criteria event_service
        envoy.config.core.v3.HealthCheck.Payload: *
        envoy.config.core.v3.HealthCheck.HttpHealthCheck: host path send receive response_buffer_size request_headers_to_add request_headers_to_remove expected_statuses retriable_statuses codec_client_type=HTTP1|HTTP2 service_name_matcher method
        envoy.config.core.v3.HealthCheck.TcpHealthCheck: send receive
        envoy.config.core.v3.HealthCheck.GrpcHealthCheck: *
        envoy.config.endpoint.v3.Endpoint.HealthCheckConfig: *
        """;

    private const int DefaultBuffer = 1024;
    private const int LargestBuffer = 1024 * 1024;

    public static HealthCheckConfig? Translate(RepeatedField<HealthCheck> checks, Place place, TranslationContext context)
    {
        if (checks.Count == 0)
        {
            return null;
        }

        if (checks.Count > 1)
        {
            context.Fault(place, "multiple health checks are not supported");
        }

        var check = checks[0];
        var at = place.Item(0);
        var interval = check.Interval.Or(TimeSpan.Zero);
        return Probe(check, at, context) is not { } probe ? null : new HealthCheckConfig(probe)
        {
            TransportLabels = check.TransportSocketMatchCriteria is { } criteria ? MetadataTranslator.ToJson(criteria) : "",
            Timeout = check.Timeout.Or(TimeSpan.Zero),
            Interval = interval,
            UnhealthyThreshold = check.UnhealthyThreshold ?? 0,
            HealthyThreshold = check.HealthyThreshold ?? 0,
            InitialJitter = check.InitialJitter.Or(TimeSpan.Zero),
            IntervalJitter = check.IntervalJitter.Or(TimeSpan.Zero),
            IntervalJitterPercent = check.IntervalJitterPercent,
            NoTrafficInterval = check.NoTrafficInterval.Or(TimeSpan.FromSeconds(60)),
            NoTrafficHealthyInterval = check.NoTrafficHealthyInterval.ToTimeSpanOrNull(),
            UnhealthyInterval = check.UnhealthyInterval.ToTimeSpanOrNull(),
            UnhealthyEdgeInterval = check.UnhealthyEdgeInterval.ToTimeSpanOrNull(),
            HealthyEdgeInterval = check.HealthyEdgeInterval.ToTimeSpanOrNull(),
            ReuseConnection = check.ReuseConnection ?? true,
            AltPort = check.AltPort.ToIntOrNull(),
            EventLogPath = EventLog(check, at, context),
            AlwaysLogFailures = check.AlwaysLogHealthCheckFailures,
            AlwaysLogSuccesses = check.AlwaysLogHealthCheckSuccess,
        };
    }

    /// <summary>What one host has of its own.</summary>
    public static EndpointHealthCheckConfig? Translate(Endpoint.Types.HealthCheckConfig? own, Place place, TranslationContext context)
    {
        if (own is null)
        {
            return null;
        }

        if (own.Address is not null && own.PortValue > 0)
        {
            context.Fault(place.Field("port_value"), "only one of address and port_value may be set");
        }

        return new EndpointHealthCheckConfig
        {
            Address = own.Address is { } address ? AddressTranslator.ToLiteral(address, place.Field("address"), context) : null,
            Port = own.PortValue == 0 ? null : (int)own.PortValue,
            Hostname = own.Hostname,
            IsDisabled = own.DisableActiveHealthCheck,
        };
    }

    private static HealthProbeConfig? Probe(HealthCheck check, Place place, TranslationContext context) => check.HealthCheckerCase switch
    {
        HealthCheck.HealthCheckerOneofCase.HttpHealthCheck => Http(check.HttpHealthCheck, place.Field("http_health_check"), context),
        HealthCheck.HealthCheckerOneofCase.TcpHealthCheck => new TcpHealthProbeConfig
        {
            Send = Digits(check.TcpHealthCheck.Send),
            Receive = check.TcpHealthCheck.Receive.Select(Digits).ToConfigList(),
        },
        HealthCheck.HealthCheckerOneofCase.GrpcHealthCheck => Grpc(check.GrpcHealthCheck, place.Field("grpc_health_check"), context),
        _ => null, // refused by name
    };

    private static HttpHealthProbeConfig Http(HealthCheck.Types.HttpHealthCheck http, Place place, TranslationContext context) => new(http.Path)
    {
        Host = http.Host,
        Method = http.Method == RequestMethod.MethodUnspecified ? "GET" : http.Method.ToString().ToUpperInvariant(),
        UsesHttp2 = http.CodecClientType == Envoy.Type.V3.CodecClientType.Http2,
        Edits = new HeaderEditsConfig
        {
            RequestAdditions = HeaderEditsTranslator.Additions(http.RequestHeadersToAdd, place.Field("request_headers_to_add"), context),
            RequestRemovals = http.RequestHeadersToRemove.Where(static name => name.Length > 0).ToConfigList(),
        },
        ExpectedStatuses = Ranges(http.ExpectedStatuses, place.Field("expected_statuses"), context),
        RetriableStatuses = Ranges(http.RetriableStatuses, place.Field("retriable_statuses"), context),
        Send = Body(http, place, context),
        Receive = http.Receive.Select(Digits).ToConfigList(),
        ResponseBufferSize = http.ResponseBufferSize is { } size ? (int)Math.Min(size == 0 ? LargestBuffer : size, LargestBuffer) : DefaultBuffer,
        ServiceName = http.ServiceNameMatcher is { } name ? MatcherTranslator.Translate(name, place.Field("service_name_matcher"), context) : null,
    };

    private static string Body(HealthCheck.Types.HttpHealthCheck http, Place place, TranslationContext context)
    {
        if (http.Send is null)
        {
            return "";
        }

        if (http.Method is not (RequestMethod.Post or RequestMethod.Put or RequestMethod.Patch or RequestMethod.Options))
        {
            context.Fault(place.Field("send"), "needs a method whose requests have a body", "POST, PUT, PATCH and OPTIONS do");
        }

        return Digits(http.Send);
    }

    private static GrpcHealthProbeConfig Grpc(HealthCheck.Types.GrpcHealthCheck grpc, Place place, TranslationContext context) => new()
    {
        ServiceName = grpc.ServiceName,
        Authority = grpc.Authority,
        Edits = grpc.InitialMetadata.Count == 0
            ? HeaderEditsConfig.None
            : new HeaderEditsConfig { RequestAdditions = HeaderEditsTranslator.Additions(grpc.InitialMetadata, place.Field("initial_metadata"), context) },
    };

    private static ConfigList<Int64Range> Ranges(RepeatedField<Envoy.Type.V3.Int64Range> ranges, Place place, TranslationContext context)
    {
        for (var i = 0; i < ranges.Count; i++)
        {
            if (ranges[i].Start >= ranges[i].End || ranges[i].Start < 100 || ranges[i].End > 600)
            {
                context.Fault(place.Item(i), $"[{ranges[i].Start}, {ranges[i].End}) must be a range of statuses from 100 to 599 that is not empty");
            }
        }

        return ranges.Select(static range => new Int64Range(range.Start, range.End)).ToConfigList();
    }

    private static string Digits(HealthCheck.Types.Payload? payload) => payload?.PayloadCase switch
    {
        HealthCheck.Types.Payload.PayloadOneofCase.Text => payload.Text,
        HealthCheck.Types.Payload.PayloadOneofCase.Binary => Convert.ToHexString(payload.Binary.Span),
        _ => "",
    };

    private static string EventLog(HealthCheck check, Place place, TranslationContext context)
    {
        var path = check.EventLogPath;
        for (var i = 0; i < check.EventLogger.Count; i++)
        {
            var at = place.Field("event_logger").Item(i);
            var sink = context.Extensions.Translate(check.EventLogger[i].TypedConfig, at.Field("typed_config"), context) as string;
            if (sink is not null && path.Length > 0 && sink != path)
            {
                context.Fault(at, "only one file of events is supported");
            }

            path = sink ?? path;
        }

        return path;
    }
}

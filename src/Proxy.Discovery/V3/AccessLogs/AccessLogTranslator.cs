using Envoy.Config.Accesslog.V3;
using Envoy.Type.V3;
using Google.Protobuf.Collections;
using Proxy.Configuration;
using Proxy.Discovery.V3.Common;
using Proxy.Discovery.V3.Routes;

namespace Proxy.Discovery.V3.AccessLogs;

/// <summary>Translates access logs and their filters.</summary>
internal static class AccessLogTranslator
{
    public const string Supported =
        """
        envoy.config.accesslog.v3.AccessLog: *
        envoy.config.accesslog.v3.AccessLogFilter: status_code_filter duration_filter not_health_check_filter and_filter or_filter header_filter response_flag_filter traceable_filter runtime_filter grpc_status_filter log_type_filter metadata_filter extension_filter
        envoy.config.accesslog.v3.ExtensionFilter: *
        envoy.config.accesslog.v3.MetadataFilter: *
        envoy.config.accesslog.v3.RuntimeFilter: *
        envoy.config.accesslog.v3.GrpcStatusFilter: *
        envoy.config.accesslog.v3.LogTypeFilter: *
        envoy.config.accesslog.v3.StatusCodeFilter: *
        envoy.config.accesslog.v3.DurationFilter: *
        envoy.config.accesslog.v3.ComparisonFilter: *
        envoy.config.accesslog.v3.AndFilter: *
        envoy.config.accesslog.v3.OrFilter: *
        envoy.config.accesslog.v3.HeaderFilter: *
        envoy.config.accesslog.v3.ResponseFlagFilter: *
        envoy.config.core.v3.SubstitutionFormatString: text_format text_format_source json_format omit_empty_values content_type formatters json_format_options
        envoy.config.core.v3.JsonFormatOptions: *
        """;

    public static ConfigList<AccessLogConfig> Translate(RepeatedField<AccessLog> logs, Place place, TranslationContext context)
    {
        var translated = new List<AccessLogConfig>(logs.Count);
        for (var i = 0; i < logs.Count; i++)
        {
            var filter = logs[i].Filter is { } f ? Filter(f, place.Item(i).Field("filter"), context) : null;
            if (context.Extensions.Translate(logs[i].TypedConfig, place.Item(i).Field("typed_config"), context) is { } sink)
            {
                translated.Add(new AccessLogConfig(sink) { Filter = filter });
            }
        }

        return translated.ToConfigList();
    }

    /// <summary>One filter, or null with a fault in the list.</summary>
    public static AccessLogFilterConfig? Filter(AccessLogFilter filter, Place place, TranslationContext context)
    {
        switch (filter.FilterSpecifierCase)
        {
            case AccessLogFilter.FilterSpecifierOneofCase.StatusCodeFilter:
                var status = filter.StatusCodeFilter.Comparison ?? new ComparisonFilter();
                return new StatusCodeLogFilter(Operator(status), status.Value?.DefaultValue ?? 0, status.Value?.RuntimeKey ?? "");
            case AccessLogFilter.FilterSpecifierOneofCase.DurationFilter:
                var duration = filter.DurationFilter.Comparison ?? new ComparisonFilter();
                return new DurationLogFilter(Operator(duration), duration.Value?.DefaultValue ?? 0, duration.Value?.RuntimeKey ?? "");
            case AccessLogFilter.FilterSpecifierOneofCase.NotHealthCheckFilter:
                return new NotHealthCheckLogFilter();
            case AccessLogFilter.FilterSpecifierOneofCase.AndFilter:
                return new AndLogFilter(Filters(filter.AndFilter.Filters, place.Field("and_filter").Field("filters"), context));
            case AccessLogFilter.FilterSpecifierOneofCase.OrFilter:
                return new OrLogFilter(Filters(filter.OrFilter.Filters, place.Field("or_filter").Field("filters"), context));
            case AccessLogFilter.FilterSpecifierOneofCase.HeaderFilter when filter.HeaderFilter.Header is { } header:
                return new HeaderLogFilter(RouteMatchTranslator.Header(header, place.Field("header_filter").Field("header"), context));
            case AccessLogFilter.FilterSpecifierOneofCase.ResponseFlagFilter:
                return new ResponseFlagLogFilter(filter.ResponseFlagFilter.Flags.ToConfigList());
            case AccessLogFilter.FilterSpecifierOneofCase.TraceableFilter:
                return new TraceableLogFilter();
            case AccessLogFilter.FilterSpecifierOneofCase.RuntimeFilter:
                return Share(filter.RuntimeFilter);
            case AccessLogFilter.FilterSpecifierOneofCase.GrpcStatusFilter:
                return new GrpcStatusLogFilter(filter.GrpcStatusFilter.Statuses.Select(static s => (int)s).ToConfigList(), filter.GrpcStatusFilter.Exclude);
            case AccessLogFilter.FilterSpecifierOneofCase.LogTypeFilter:
                return LogTypes(filter.LogTypeFilter);
            case AccessLogFilter.FilterSpecifierOneofCase.MetadataFilter:
                var matcher = filter.MetadataFilter.Matcher is { } metadata
                    ? ValueMatcherTranslator.Translate(metadata, place.Field("metadata_filter").Field("matcher"), context)
                    : null;
                return new MetadataLogFilter(matcher, filter.MetadataFilter.MatchIfKeyNotFound ?? true);
            case AccessLogFilter.FilterSpecifierOneofCase.ExtensionFilter:
                return Extension(filter.ExtensionFilter, place.Field("extension_filter").Field("typed_config"), context);
            default:
                context.Unsupported(place, "this filter is not supported yet");
                return null;
        }
    }

    private static AccessLogFilterConfig? Extension(ExtensionFilter filter, Place place, TranslationContext context)
    {
        var record = context.Extensions.Translate(filter.TypedConfig, place, context);
        if (record is not (null or AccessLogFilterConfig))
        {
            context.Fault(place, "is no filter of access logs");
        }

        return record as AccessLogFilterConfig;
    }

    private static RuntimeLogFilter Share(RuntimeFilter filter)
    {
        var share = filter.PercentSampled ?? new FractionalPercent();
        return new RuntimeLogFilter(share.Numerator, MatcherTranslator.DenominatorOf(share.Denominator), filter.RuntimeKey)
        {
            UseIndependentRandomness = filter.UseIndependentRandomness,
        };
    }

    // Nothing is ever logged as the types that have no counterpart here: listing them changes nothing.
    private static LogTypeLogFilter LogTypes(LogTypeFilter filter)
    {
        var types = new List<Observability.AccessLogType>(filter.Types_.Count);
        foreach (var type in filter.Types_)
        {
            if (Enum.TryParse<Observability.AccessLogType>(type.ToString(), out var known))
            {
                types.Add(known);
            }
        }

        return new LogTypeLogFilter(types.ToConfigList(), filter.Exclude);
    }

    private static ConfigList<AccessLogFilterConfig> Filters(RepeatedField<AccessLogFilter> filters, Place place, TranslationContext context) =>
        filters.Select((f, i) => Filter(f, place.Item(i), context)).OfType<AccessLogFilterConfig>().ToConfigList();

    private static ComparisonOperator Operator(ComparisonFilter comparison) => comparison.Op switch
    {
        ComparisonFilter.Types.Op.Ge => ComparisonOperator.GreaterOrEqual,
        ComparisonFilter.Types.Op.Le => ComparisonOperator.LessOrEqual,
        ComparisonFilter.Types.Op.Ne => ComparisonOperator.NotEqual,
        _ => ComparisonOperator.Equal,
    };
}

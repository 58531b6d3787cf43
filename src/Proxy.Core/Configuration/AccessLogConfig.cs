using Proxy.Configuration.Matching;

namespace Proxy.Configuration;

/// <summary>One access log (Envoy <c>accesslog.v3.AccessLog</c>).</summary>
/// <param name="Sink">Where lines go: <see cref="FileAccessLogConfig"/>, <see cref="StreamAccessLogConfig"/> or a record of a custom sink.</param>
public sealed record AccessLogConfig(object Sink)
{
    /// <summary>Which requests are logged; null logs all.</summary>
    public AccessLogFilterConfig? Filter { get; init; }
}

/// <summary>Lines appended to a file by the file flusher (Envoy <c>file.v3.FileAccessLog</c>).</summary>
public sealed record FileAccessLogConfig(string Path, LogFormatConfig Format);

/// <summary>Lines written to standard output or standard error (Envoy <c>stream.v3</c>).</summary>
public sealed record StreamAccessLogConfig(bool StandardError, LogFormatConfig Format);

/// <summary>A line: text with command operators, or JSON whose string values have them (Envoy <c>core.v3.SubstitutionFormatString</c>).</summary>
public sealed record LogFormatConfig
{
    /// <summary>Envoy's default line.</summary>
    public static LogFormatConfig Default { get; } = new();

    /// <summary>Text format; null when JSON is used, or for the default line.</summary>
    public string? Text { get; init; }

    /// <summary>JSON object as a tree of <see cref="JsonFormatNode"/>; null when text is used.</summary>
    public JsonFormatNode? Json { get; init; }

    /// <summary>Operators without a value give nothing instead of <c>-</c> or null. Default false.</summary>
    public bool OmitEmptyValues { get; init; }

    /// <summary>Properties of the JSON keep the order they were written in instead of being sorted by name. Default false, as in Envoy.</summary>
    public bool KeepOrder { get; init; }

    /// <summary>Knows <c>%REQ_WITHOUT_QUERY(X?Y)%</c> (Envoy <c>formatter.req_without_query.v3</c>). Default false.</summary>
    public bool AllowRequestWithoutQuery { get; init; }
}

/// <summary>A node of a JSON format: an object, a list, a text with operators, or a constant.</summary>
public abstract record JsonFormatNode;

/// <summary>An object of a JSON format.</summary>
public sealed record JsonFormatObject(ConfigList<KeyValuePair<string, JsonFormatNode>> Properties) : JsonFormatNode;

/// <summary>A list of a JSON format.</summary>
public sealed record JsonFormatArray(ConfigList<JsonFormatNode> Items) : JsonFormatNode;

/// <summary>A text with operators.</summary>
public sealed record JsonFormatText(string Format) : JsonFormatNode;

/// <summary>A number, boolean or null, as JSON text.</summary>
public sealed record JsonFormatConstant(string Json) : JsonFormatNode;

/// <summary>Which requests an access log takes (Envoy <c>accesslog.v3.AccessLogFilter</c>).</summary>
public abstract record AccessLogFilterConfig;

/// <summary>Comparison operators of <see cref="StatusCodeLogFilter"/> and <see cref="DurationLogFilter"/>.</summary>
public enum ComparisonOperator
{
    /// <summary>Equal.</summary>
    Equal,

    /// <summary>Greater or equal.</summary>
    GreaterOrEqual,

    /// <summary>Less or equal.</summary>
    LessOrEqual,

    /// <summary>Not equal.</summary>
    NotEqual,
}

/// <summary>By response status.</summary>
/// <param name="Operator">How they are compared.</param>
/// <param name="Value">With what.</param>
/// <param name="RuntimeKey">A runtime value under this key stands for <paramref name="Value"/>; empty for none.</param>
public sealed record StatusCodeLogFilter(ComparisonOperator Operator, uint Value, string RuntimeKey = "") : AccessLogFilterConfig;

/// <summary>By duration of the request in ms.</summary>
/// <param name="Operator">How they are compared.</param>
/// <param name="Value">With what.</param>
/// <param name="RuntimeKey">A runtime value under this key stands for <paramref name="Value"/>; empty for none.</param>
public sealed record DurationLogFilter(ComparisonOperator Operator, uint Value, string RuntimeKey = "") : AccessLogFilterConfig;

/// <summary>Requests that no health checker sent.</summary>
public sealed record NotHealthCheckLogFilter : AccessLogFilterConfig;

/// <summary>Requests with one of these response flags (short names); any flag when empty.</summary>
public sealed record ResponseFlagLogFilter(ConfigList<string> Flags) : AccessLogFilterConfig;

/// <summary>Requests for which all filters say yes.</summary>
public sealed record AndLogFilter(ConfigList<AccessLogFilterConfig> Filters) : AccessLogFilterConfig;

/// <summary>Requests for which one filter says yes.</summary>
public sealed record OrLogFilter(ConfigList<AccessLogFilterConfig> Filters) : AccessLogFilterConfig;

/// <summary>A share of the requests, told by their request id so that all proxies on the way pick the same ones (Envoy <c>RuntimeFilter</c>).</summary>
/// <param name="Numerator">Share, over <paramref name="Denominator"/>.</param>
/// <param name="Denominator">100, 10,000 or 1,000,000.</param>
/// <param name="RuntimeKey">A runtime value under this key, a fraction or percent, stands for both; empty for none.</param>
public sealed record RuntimeLogFilter(uint Numerator, uint Denominator = 100, string RuntimeKey = "") : AccessLogFilterConfig
{
    /// <summary>Tosses for each log instead of reading the request id. Default false.</summary>
    public bool UseIndependentRandomness { get; init; }
}

/// <summary>Requests whose tracing was forced by this service; none as long as nothing is traced.</summary>
public sealed record TraceableLogFilter : AccessLogFilterConfig;

/// <summary>By gRPC status; an answer without one counts by its HTTP status.</summary>
/// <param name="Statuses">Numbers of the statuses.</param>
/// <param name="Exclude">Takes all others instead. Default false.</param>
public sealed record GrpcStatusLogFilter(ConfigList<int> Statuses, bool Exclude = false) : AccessLogFilterConfig;

/// <summary>By what is logged.</summary>
/// <param name="Types">The types.</param>
/// <param name="Exclude">Takes all others instead. Default false.</param>
public sealed record LogTypeLogFilter(ConfigList<Observability.AccessLogType> Types, bool Exclude = false) : AccessLogFilterConfig;

/// <summary>By dynamic metadata; <see cref="MetadataMatcherConfig.Invert"/> plays no part, as in Envoy.</summary>
/// <param name="Matcher">Compares the value; null finds none.</param>
/// <param name="MatchIfMissing">Takes requests without that value. Default true.</param>
public sealed record MetadataLogFilter(MetadataMatcherConfig? Matcher, bool MatchIfMissing = true) : AccessLogFilterConfig;

/// <summary>By a header of the request.</summary>
public sealed record HeaderLogFilter(Http.HeaderMatcherConfig Header) : AccessLogFilterConfig;

/// <summary>By an expression: what it is true for is logged (Envoy <c>ExpressionFilter</c>).</summary>
/// <param name="Expression">The expression.</param>
public sealed record ExpressionLogFilter(CelConfig Expression) : AccessLogFilterConfig;

namespace Proxy.Configuration.Filters;

/// <summary>The HTTP filter that counts gRPC calls and messages (Envoy <c>grpc_stats.v3.FilterConfig</c>).</summary>
public sealed record GrpcStatsConfig
{
    /// <summary>
    /// Tells every method apart that clients name, at most 1,000 for each cluster and worker. Default false: only <see cref="Methods"/>
    /// (<c>stats_for_all_methods</c>).
    /// </summary>
    public bool AllMethods { get; init; }

    /// <summary>Methods that are told apart; all others are counted together (<c>individual_method_stats_allowlist</c>).</summary>
    public ConfigList<GrpcServiceMethods> Methods { get; init; } = [];

    /// <summary>
    /// Leaves the numbers of messages as <c>envoy.filters.http.grpc_stats</c> in the filter state, where its text is <c>REQUESTS,RESPONSES</c>. Default false
    /// (<c>emit_filter_state</c>).
    /// </summary>
    public bool EmitFilterState { get; init; }

    /// <summary>Records how long upstreams take, from the end of the request to the end of the answer. Default false (<c>enable_upstream_stats</c>).</summary>
    public bool RecordTimes { get; init; }

    /// <summary>Writes dots in names of services as <c>_</c>. Default false (<c>replace_dots_in_grpc_service_name</c>).</summary>
    public bool ReplaceDots { get; init; }
}

/// <summary>Methods of a service (Envoy <c>core.v3.GrpcMethodList.Service</c>).</summary>
/// <param name="Service">Full name of the service.</param>
/// <param name="Methods">Names of the methods.</param>
public sealed record GrpcServiceMethods(string Service, ConfigList<string> Methods);

using Proxy.Configuration.Filters;
using Proxy.Configuration.Http;

namespace Proxy.Discovery.Tests.V3;

/// <summary>The filters for gRPC.</summary>
internal sealed class GrpcFilterTranslatorTests
{
    private const string Filters = "type.googleapis.com/envoy.extensions.filters.http.";

    [Test]
    public void GrpcStats_OfEverything_IsRead()
    {
        Read("grpc_stats.v3.FilterConfig, stats_for_all_methods: true, emit_filter_state: true, enable_upstream_stats: true, replace_dots_in_grpc_service_name: true")
            .Should().Be(new GrpcStatsConfig { AllMethods = true, EmitFilterState = true, RecordTimes = true, ReplaceDots = true });
    }

    [Test]
    public void GrpcStats_OfSomeMethods_IsRead()
    {
        Read("grpc_stats.v3.FilterConfig, individual_method_stats_allowlist: {services: [{name: a.B, method_names: [C, D]}]}")
            .Should().Be(new GrpcStatsConfig { Methods = [new GrpcServiceMethods("a.B", ["C", "D"])] });
    }

    [Test]
    public void GrpcWeb_IsRead() => Read("grpc_web.v3.GrpcWeb").Should().Be(new GrpcWebConfig());

    [Test]
    public void GrpcHttp1Bridge_IsRead()
    {
        Read("grpc_http1_bridge.v3.Config, upgrade_protobuf_to_grpc: true, ignore_query_parameters: true")
            .Should().Be(new GrpcHttp1BridgeConfig { UpgradeProtobuf = true, IgnoreQueryParameters = true });
    }

    private static object Read(string filter) => ((HttpConnectionManagerConfig)Loading.Config(Loading.ListenerText(
        "filter_chains:\n- filters:\n  - name: hcm\n    typed_config:\n"
        + "      \"@type\": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager\n"
        + "      stat_prefix: s\n      route_config: {}\n      http_filters:\n"
        + $"      - {{name: f, typed_config: {{\"@type\": {Filters}{filter}}}}}\n"
        + $"      - {{name: router, typed_config: {{\"@type\": {Filters}router.v3.Router}}}}\n"))
        .Listeners[0].FilterChains[0].Filters[0].Config).Filters[0].Config;
}

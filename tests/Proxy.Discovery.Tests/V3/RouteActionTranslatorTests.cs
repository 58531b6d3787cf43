using Proxy.Configuration.Filters;
using Proxy.Configuration.Http;

namespace Proxy.Discovery.Tests.V3;

internal sealed class RouteActionTranslatorTests
{
    [Test]
    public void Weights_AllSettings_AreKept()
    {
        var forward = Forward("- {match: {prefix: /}, route: {weighted_clusters: {total_weight: 9, runtime_key_prefix: p, header_name: x-pick, clusters: [{name: u, weight: 1}, {cluster_header: x-to, weight: 2}]}}}");

        forward.WeightHeader.Should().Be("x-pick");
        forward.WeightRuntimePrefix.Should().Be("p");
        forward.WeightedClusters.Should().Equal(new WeightedClusterConfig("u", 1), new WeightedClusterConfig("", 2) { ClusterHeader = "x-to" });
    }

    [Test]
    public void Weights_ByHash_AreKept() =>
        Forward("- {match: {prefix: /}, route: {weighted_clusters: {use_hash_policy: true, clusters: [{name: u, weight: 1}]}}}").WeighsByHash.Should().BeTrue();

    [Test]
    public void Durations_AreKept()
    {
        var forward = Forward("- {match: {prefix: /}, route: {cluster: u, max_grpc_timeout: 3s, grpc_timeout_offset: 1s, max_stream_duration: {max_stream_duration: 0s, grpc_timeout_header_max: 5s, grpc_timeout_header_offset: 2s}}}");

        forward.MaxGrpcTimeout.Should().Be(TimeSpan.FromSeconds(3));
        forward.GrpcTimeoutOffset.Should().Be(TimeSpan.FromSeconds(1));
        forward.StreamDuration.Should().Be(new StreamDurationConfig
        {
            Max = TimeSpan.Zero, GrpcTimeoutMax = TimeSpan.FromSeconds(5), GrpcTimeoutOffset = TimeSpan.FromSeconds(2),
        });
    }

    [Test]
    public void Hedging_AndRetryExtensions_AreKept()
    {
        var forward = Forward(
            """
            - match: {prefix: /}
              route:
                cluster: u
                hedge_policy: {initial_requests: 1, hedge_on_per_try_timeout: true}
                early_data_policy: {name: e, typed_config: {"@type": type.googleapis.com/envoy.extensions.early_data.v3.DefaultEarlyDataPolicy}}
                retry_policy:
                  retry_priority: {name: p, typed_config: {"@type": type.googleapis.com/envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig, update_frequency: 2}}
                  retry_host_predicate:
                  - name: m
                    typed_config: {"@type": type.googleapis.com/envoy.extensions.retry.host.omit_host_metadata.v3.OmitHostMetadataConfig, metadata_match: {filter_metadata: {envoy.lb: {a: b}}}}
            """);

        forward.HedgesOnPerTryTimeout.Should().BeTrue();
        forward.RetryPolicy!.Priority.Should().Be(new RetryPriorityConfig(2));
        forward.RetryPolicy.HostPredicates.Should().Equal(new OmitHostMetadataPredicateConfig([new("envoy.lb", """{"a":"b"}""")]));
    }

    [Test]
    public void Router_Options_AreKept()
    {
        var router = (RouterConfig)Loading.Config(Loading.ManagerText("route_config: {}").Replace(
            "router.v3.Router}",
            "router.v3.Router, strict_check_headers: [x-envoy-max-retries], suppress_grpc_request_failure_code_stats: true, upstream_log_options: {flush_upstream_log_on_upstream_stream: true, upstream_log_flush_interval: 2s}}",
            StringComparison.Ordinal)).Listeners[0].FilterChains[0].Filters[0].Config.Should().BeOfType<HttpConnectionManagerConfig>().Subject.Filters[0].Config;

        router.Should().Be(new RouterConfig
        {
            StrictHeaders = ["x-envoy-max-retries"], SuppressGrpcStatusStats = true, LogOnUpstreamStart = true, UpstreamLogInterval = TimeSpan.FromSeconds(2),
        });
    }

    private static ForwardActionConfig Forward(string routes) => (ForwardActionConfig)Loading.Route(routes).Action;
}

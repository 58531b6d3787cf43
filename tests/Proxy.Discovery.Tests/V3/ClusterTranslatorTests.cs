using System.Net;
using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Configuration.Http;
using Proxy.Connections;

namespace Proxy.Discovery.Tests.V3;

internal sealed class ClusterTranslatorTests
{
    [Test]
    public void Translate_NameOnly_HasTheDefaultsOfTheRecord() =>
        Loading.Cluster("").Should().Be(new ClusterConfig { Name = "u" });

    [Test]
    public void Translate_Settings_AreKept()
    {
        var cluster = Loading.Cluster(
            """
            type: STRICT_DNS
            connect_timeout: 0.25s
            lb_policy: LEAST_REQUEST
            least_request_lb_config: {choice_count: 3}
            per_connection_buffer_limit_bytes: 32768
            dns_refresh_rate: 2s
            dns_lookup_family: V4_ONLY
            respect_dns_ttl: true
            common_lb_config: {healthy_panic_threshold: {value: 10}}
            upstream_connection_options: {tcp_keepalive: {keepalive_time: 30}}
            """);
        cluster.Type.Should().Be(ClusterType.StrictDns);
        cluster.ConnectTimeout.Should().Be(TimeSpan.FromMilliseconds(250));
        cluster.Policy.Should().Be(LoadBalancingPolicy.LeastRequest);
        cluster.LeastRequest.ChoiceCount.Should().Be(3);
        cluster.BufferLimit.Should().Be(32768);
        cluster.Dns.Should().Be(new DnsConfig { RefreshRate = TimeSpan.FromSeconds(2), Family = DnsLookupFamily.V4Only, RespectTtl = true });
        cluster.PanicThreshold.Should().Be(10);
        cluster.Socket.Keepalive!.Time.Should().Be(30);
    }

    [Test]
    public void Translate_LimitPerHost_IsKeptOfEachPriority()
    {
        var cluster = Loading.Cluster("circuit_breakers: {thresholds: [{max_connections: 9}], per_host_thresholds: [{max_connections: 1}, {priority: HIGH, max_connections: 2}]}");

        cluster.DefaultBreaker.Should().Be(new CircuitBreakerConfig { MaxConnections = 9, MaxConnectionsPerHost = 1 });
        cluster.HighBreaker.Should().Be(new CircuitBreakerConfig { MaxConnectionsPerHost = 2 });
    }

    [TestCase("track_cluster_stats: {timeout_budgets: true}", "timeout_budgets: true is not supported yet; false is")]
    [TestCase("circuit_breakers: {per_host_thresholds: [{max_requests: 1}]}", "per_host_thresholds")]
    public void Translate_WhatIsNotThere_IsRefused(string settings, string fault) =>
        Loading.Faults(Loading.ClusterText(settings)).Should().Contain(text => text.Contains(fault, StringComparison.Ordinal));

    [Test]
    public void Translate_BindConfig_KeepsSocketOptions() =>
        Loading.Cluster("upstream_bind_config: {freebind: true, socket_options: [{level: 1, name: 2, int_value: 3}]}").Socket.Options
            .Should().Equal([.. SocketOption.FreeBind, SocketOption.OfNumber(1, 2, 3)]);

    [TestCase("", 140u, false)]
    [TestCase("policy: {overprovisioning_factor: 5, weighted_priority_health: true}", 5u, true)]
    [TestCase("policy: {weighted_priority_health: true}", 140u, true)]
    public void Translate_PriorityShare_IsKept(string policy, uint factor, bool countsWeights) =>
        Loading.Cluster($"load_assignment: {{cluster_name: u, {policy}}}").PriorityShare
            .Should().Be(new PriorityShareConfig { OverprovisioningFactor = factor, CountsWeights = countsWeights });

    [Test]
    public void Translate_OriginalDestination_IsKept()
    {
        var cluster = Loading.Cluster(
            """
            type: ORIGINAL_DST
            lb_policy: CLUSTER_PROVIDED
            cleanup_interval: 9s
            original_dst_lb_config: {use_http_header: true, http_header_name: x-to, upstream_port_override: 8080}
            """);
        cluster.Type.Should().Be(ClusterType.OriginalDestination);
        cluster.OriginalDestination.Should().Be(new OriginalDestinationConfig
        {
            UseHttpHeader = true,
            HttpHeaderName = "x-to",
            PortOverride = 8080,
            CleanupInterval = TimeSpan.FromSeconds(9),
        });
    }

    [TestCase("original_dst_lb_config: {use_http_header: true}")]
    [TestCase("cleanup_interval: 9s")]
    [TestCase("typed_extension_protocol_options: {T: {\"@type\": type.googleapis.com/T, idle_timeout: 1s}}")]
    public void Translate_WhatHasNoEffectThere_IsTaken(string settings) =>
        Loading.Faults(Loading.ClusterText(settings.Replace("T", "envoy.extensions.upstreams.tcp.v3.TcpProtocolOptions", StringComparison.Ordinal))).Should().BeEmpty();

    [Test]
    public void Translate_PoolPerConnection_IsKept() => Loading.Cluster("connection_pool_per_downstream_connection: true").PoolPerDownstreamConnection.Should().BeTrue();

    [Test]
    public void Translate_SettingsByNumber_AreThoseWithNamesOrForThePeer()
    {
        var http2 = Loading.Cluster("http2_protocol_options: {custom_settings_parameters: ["
            + "{identifier: 1, value: 100}, {identifier: 3, value: 7}, {identifier: 4, value: 70000}, {identifier: 2, value: 0}, {identifier: 6000, value: 4000000000}, {identifier: 6000, value: 4000000000}]}").Http.Http2;

        (http2.HpackTableBytes, http2.MaxConcurrentStreams, http2.InitialStreamWindowBytes).Should().Be((100, 7, 70000));
        http2.CustomSettings.Should().Equal(new Http2SettingConfig(6000, 4000000000));
    }

    [TestCase("hpack_table_size: 1, custom_settings_parameters: [{identifier: 1, value: 1}]", "[0]: hpack_table_size says so already")]
    [TestCase("custom_settings_parameters: [{identifier: 2, value: 1}]", "[0]: server push is not supported")]
    [TestCase("custom_settings_parameters: [{identifier: 4, value: 1}]", "[0]: must be between 65535 and 2147483647")]
    [TestCase("custom_settings_parameters: [{identifier: 5, value: 20000}]", "[0]: larger frames than of 16384 bytes are not taken")]
    [TestCase("custom_settings_parameters: [{identifier: 8, value: 1}]", "[0]: is what allow_connect is for")]
    [TestCase("custom_settings_parameters: [{identifier: 99, value: 1}, {identifier: 99, value: 2}]", "[1]: setting 99 has another value already")]
    public void Translate_SettingsByNumberThatCannotBe_AreRefused(string settings, string fault) =>
        Loading.Faults(Loading.ClusterText($"http2_protocol_options: {{{settings}}}")).Should().ContainSingle().Which.Should().EndWith("custom_settings_parameters" + fault);

    [TestCase("type: ORIGINAL_DST", "lb_policy: must be CLUSTER_PROVIDED")]
    [TestCase("lb_policy: CLUSTER_PROVIDED", "lb_policy: CLUSTER_PROVIDED needs a cluster type")]
    [TestCase("type: ORIGINAL_DST\nlb_policy: CLUSTER_PROVIDED\noriginal_dst_lb_config: {metadata_key: {key: k}}", "metadata_key: not supported yet")]
    public void Translate_OriginalDestinationMisused_IsRefused(string settings, string fault)
    {
        Loading.Faults(Loading.ClusterText(settings)).Should().Contain(text => text.Contains(fault, StringComparison.Ordinal));
    }

    [Test]
    public void Translate_ProxyProtocolTransport_IsKept()
    {
        Loading.Cluster(ProxyProtocol("V2", "raw_buffer.v3.RawBuffer", ", added_tlvs: [{type: 226, value: AQI=}]")).Transport.ProxyProtocol
            .Should().Be(new UpstreamProxyProtocolConfig(2) { Tlvs = [new ProxyProtocolTlv(226, [1, 2])] });
        Loading.Cluster(ProxyProtocol("V1", "raw_buffer.v3.RawBuffer")).Transport.ProxyProtocol.Should().Be(new UpstreamProxyProtocolConfig(1));
    }

    [Test]
    public void Translate_ProxyProtocolTransportMisused_IsRefused()
    {
        Loading.Faults(Loading.ClusterText(ProxyProtocol("V1", "raw_buffer.v3.RawBuffer", ", added_tlvs: [{type: 1}]")))
            .Should().ContainSingle(fault => fault.Contains("added_tlvs: need version V2", StringComparison.Ordinal));
        Loading.Faults(Loading.ClusterText(ProxyProtocol("V1", "proxy_protocol.v3.ProxyProtocolUpstreamTransport, transport_socket: {name: r}")))
            .Should().NotBeEmpty();
    }

    private static string ProxyProtocol(string version, string inner, string more = "") =>
        "transport_socket: {name: p, typed_config: {\"@type\": type.googleapis.com/envoy.extensions.transport_sockets.proxy_protocol.v3.ProxyProtocolUpstreamTransport, "
        + $"config: {{version: {version}{more}}}, transport_socket: {{name: r, typed_config: {{\"@type\": type.googleapis.com/envoy.extensions.transport_sockets.{inner}}}}}}}}}";

    [Test]
    public void Translate_Endpoints_AreKeptWithWeightHealthAndPriority()
    {
        var cluster = Loading.Cluster(
            """
            load_assignment:
              cluster_name: u
              endpoints:
              - priority: 1
                locality: {region: r, zone: z}
                lb_endpoints:
                - endpoint: {address: {socket_address: {address: 10.0.0.1, port_value: 80}}, hostname: a}
                  load_balancing_weight: 3
                  health_status: DRAINING
                - endpoint: {address: {pipe: {path: /tmp/s}}}
            """);
        var group = cluster.Endpoints.Should().ContainSingle().Which;
        (group.Priority, group.Locality).Should().Be((1, new LocalityConfig("r", "z", "")));
        group.Endpoints.Should().Equal(
            new EndpointConfig(AddressConfig.Of(IPAddress.Parse("10.0.0.1"), 80)) { Hostname = "a", Weight = 3, Health = EndpointHealth.Draining },
            new EndpointConfig(new PipeAddressConfig("/tmp/s")));
    }

    [Test]
    public void Translate_NameInADnsCluster_StaysAName()
    {
        const string host = "load_assignment: {cluster_name: u, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: a.test, port_value: 80}}}}]}]}";
        Loading.Cluster("type: LOGICAL_DNS\n" + host).Endpoints[0].Endpoints[0].Address.Should().Be(new NameAddressConfig("a.test", 80));
        Loading.Faults(Loading.ClusterText(host)).Should().ContainSingle().Which
            .Should().EndWith("endpoint.address.socket_address.address: \"a.test\" is not an IP address");
    }

    [Test]
    public void Translate_Breakers_FirstOfAPriorityCounts()
    {
        var cluster = Loading.Cluster("circuit_breakers: {thresholds: [{max_requests: 1}, {max_requests: 2}, {priority: HIGH, max_retries: 9}]}");
        cluster.DefaultBreaker.MaxRequests.Should().Be(1);
        cluster.HighBreaker.Should().Be(new CircuitBreakerConfig { MaxRetries = 9 });
    }

    [Test]
    public void Translate_ProtocolOptions_AreKept()
    {
        var cluster = Loading.Cluster(
            """
            typed_extension_protocol_options:
              envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
                "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                common_http_protocol_options: {idle_timeout: 0s, max_requests_per_connection: 7}
                explicit_http_config: {http_protocol_options: {enable_trailers: true}}
            """);
        cluster.Http.IdleTimeout.Should().BeNull();
        cluster.Http.MaxRequestsPerConnection.Should().Be(7);
        cluster.Http.Http1.EnableTrailers.Should().BeTrue();
    }

    [TestCase("http2_protocol_options: {max_concurrent_streams: 7}", UpstreamProtocol.Http2, 7)]
    [TestCase("http2_protocol_options: {}", UpstreamProtocol.Http2, 1024)]
    [TestCase("http2_protocol_options: {max_concurrent_streams: 7}, protocol_selection: USE_DOWNSTREAM_PROTOCOL", UpstreamProtocol.Downstream, 7)]
    [TestCase("typed_extension_protocol_options: {TYPE: {\"@type\": type.googleapis.com/TYPE, explicit_http_config: {http2_protocol_options: {max_concurrent_streams: 7}}}}", UpstreamProtocol.Http2, 7)]
    [TestCase("typed_extension_protocol_options: {TYPE: {\"@type\": type.googleapis.com/TYPE, explicit_http_config: {http_protocol_options: {}}}}", UpstreamProtocol.Http1, 1024)]
    [TestCase("typed_extension_protocol_options: {TYPE: {\"@type\": type.googleapis.com/TYPE, use_downstream_protocol_config: {http2_protocol_options: {max_concurrent_streams: 7}}}}", UpstreamProtocol.Downstream, 7)]
    [TestCase("typed_extension_protocol_options: {TYPE: {\"@type\": type.googleapis.com/TYPE, auto_config: {http2_protocol_options: {max_concurrent_streams: 7}}}}", UpstreamProtocol.Negotiated, 7)]
    public void Translate_Versions_AreTold(string settings, UpstreamProtocol protocol, int streams)
    {
        var cluster = Loading.Cluster(settings.Replace("TYPE", "envoy.extensions.upstreams.http.v3.HttpProtocolOptions", StringComparison.Ordinal).Replace("}, protocol", "}\nprotocol", StringComparison.Ordinal));
        (cluster.Http.Protocol, cluster.Http.Http2.MaxConcurrentStreams).Should().Be((protocol, streams));
    }

    [Test]
    public void Translate_PolicyExtension_IsTaken()
    {
        const string text = "load_balancing_policy: {policies: [{typed_extension_config: {name: r, typed_config: {\"@type\": type.googleapis.com/envoy.extensions.load_balancing_policies.random.v3.Random}}}]}";
        Loading.Cluster(text).Policy.Should().Be(LoadBalancingPolicy.Random);
    }

    [TestCase("type: EDS", "eds_cluster_config.eds_config: required with type EDS")]
    [TestCase("http2_protocol_options: {allow_metadata: true}", "http2_protocol_options.allow_metadata: not supported yet")]
    [TestCase("close_connections_on_host_health_failure: true", "close_connections_on_host_health_failure: not supported yet")]
    [TestCase("type: LOGICAL_DNS", "load_assignment.endpoints: a LOGICAL_DNS cluster has exactly one endpoint")]
    [TestCase("lb_policy: LOAD_BALANCING_POLICY_CONFIG", "lb_policy: LOAD_BALANCING_POLICY_CONFIG needs load_balancing_policy")]
    public void Translate_WhatCannotWork_IsRefused(string settings, string fault) =>
        Loading.Faults(Loading.ClusterText(settings)).Should().ContainSingle().Which.Should().EndWith($"static_resources.clusters[0].{fault}");

    [Test]
    public void Translate_TwoClustersOfOneName_AreRefused() =>
        Loading.Faults("static_resources: {clusters: [{name: u}, {name: u}]}").Should().Equal(
            "envoy.yaml:1:49 static_resources.clusters[1].name: another cluster is named u");
}

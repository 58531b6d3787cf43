using Proxy.Configuration.Clusters;
using Proxy.Configuration.Http;

namespace Proxy.Discovery.Tests.V3;

internal sealed class HashingTranslatorTests
{
    private const string Policy = "load_balancing_policy: {policies: [{typed_extension_config: {name: p, typed_config: {\"@type\": type.googleapis.com/envoy.extensions.load_balancing_policies.";

    [Test]
    public void Cluster_RingHash_IsKept()
    {
        var cluster = Loading.Cluster(
            """
            lb_policy: RING_HASH
            ring_hash_lb_config: {hash_function: MURMUR_HASH_2, minimum_ring_size: 7, maximum_ring_size: 9}
            common_lb_config: {locality_weighted_lb_config: {}, consistent_hashing_lb_config: {use_hostname_for_hashing: true, hash_balance_factor: 120}}
            """);

        cluster.Policy.Should().Be(LoadBalancingPolicy.RingHash);
        cluster.Hashing.Should().Be(new HashBalancingConfig
        {
            Function = HashFunction.Murmur2, MinimumRingSize = 7, MaximumRingSize = 9, UseHostname = true, BalanceFactor = 120, WeighsLocalities = true,
        });
    }

    [Test]
    public void Cluster_Maglev_IsKept()
    {
        var cluster = Loading.Cluster("lb_policy: MAGLEV\nmaglev_lb_config: {table_size: 251}");

        cluster.Policy.Should().Be(LoadBalancingPolicy.Maglev);
        cluster.Hashing.Should().Be(new HashBalancingConfig { MaglevTableSize = 251 });
    }

    [Test]
    public void Policy_RingHash_IsKept() => Loading.Cluster(
        Policy + "ring_hash.v3.RingHash, minimum_ring_size: 5, consistent_hashing_lb_config: {hash_balance_factor: 150, hash_policy: [{header: {header_name: x}}]}}}}]}")
        .Hashing.Should().Be(new HashBalancingConfig { MinimumRingSize = 5, BalanceFactor = 150, Policies = [new HeaderHashConfig("x")] });

    [Test]
    public void Policy_RingHash_OldFields_AreKept() => Loading.Cluster(
        Policy + "ring_hash.v3.RingHash, use_hostname_for_hashing: true, hash_balance_factor: 150, locality_weighted_lb_config: {}}}}]}")
        .Hashing.Should().Be(new HashBalancingConfig { UseHostname = true, BalanceFactor = 150, WeighsLocalities = true });

    [Test]
    public void Policy_Maglev_IsKept() => Loading.Cluster(Policy + "maglev.v3.Maglev, table_size: 11, locality_weighted_lb_config: {}}}}]}")
        .Hashing.Should().Be(new HashBalancingConfig { MaglevTableSize = 11, WeighsLocalities = true });

    [TestCase("lb_policy: MAGLEV\nmaglev_lb_config: {table_size: 250}", "prime")]
    [TestCase("lb_policy: RING_HASH\nring_hash_lb_config: {minimum_ring_size: 9, maximum_ring_size: 8}", "maximum_ring_size")]
    [TestCase("common_lb_config: {locality_weighted_lb_config: {}}", "RING_HASH and MAGLEV only")]
    [TestCase("common_lb_config: {zone_aware_lb_config: {min_cluster_size: 3}}", "not supported yet")]
    public void Cluster_WhatCannotBe_IsRefused(string settings, string why) =>
        Loading.Faults(Loading.ClusterText(settings)).Should().ContainSingle().Which.Should().Contain(why);

    [Test]
    public void Cluster_FailTrafficOnPanic_IsKept() =>
        Loading.Cluster("common_lb_config: {zone_aware_lb_config: {fail_traffic_on_panic: true}}").FailsOnPanic.Should().BeTrue();

    [Test]
    public void Route_HashPolicies_AreKeptInOrder() => Forward(
        """
        - match: {prefix: /}
          route:
            cluster: u
            hash_policy:
            - {header: {header_name: x-user, regex_rewrite: {pattern: {regex: a}, substitution: b}}, terminal: true}
            - {cookie: {name: s, ttl: 5s, path: /p, attributes: [{name: SameSite, value: Strict}]}}
            - {connection_properties: {source_ip: true}}
            - {connection_properties: {}}
            - {query_parameter: {name: q}}
            - {filter_state: {key: k}}
        """).HashPolicies.Should().Equal(
        new HeaderHashConfig("x-user", new RegexRewriteConfig("a", "b")) { Terminal = true },
        new CookieHashConfig("s") { Ttl = TimeSpan.FromSeconds(5), Path = "/p", Attributes = [new CookieAttributeConfig("SameSite", "Strict")] },
        new SourceIpHashConfig(),
        new QueryParameterHashConfig("q"),
        new FilterStateHashConfig("k"));

    [Test]
    public void Route_RewriteFormats_AreKept()
    {
        var forward = Forward("- {match: {prefix: /}, route: {cluster: u, path_rewrite: '/%REQ(a)%', host_rewrite: '%REQ(b)%'}}");

        forward.PathRewriteFormat.Should().Be("/%REQ(a)%");
        forward.HostRewriteFormat.Should().Be("%REQ(b)%");
    }

    private static ForwardActionConfig Forward(string routes) => (ForwardActionConfig)Loading.Route(routes).Action;
}

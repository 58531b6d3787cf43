using Proxy.Configuration.Http;

namespace Proxy.Discovery.Tests.V3;

internal sealed class MirrorTranslatorTests
{
    [Test]
    public void Mirror_AllSettings_AreKept() => Forward(
        """
        - match: {prefix: /}
          route:
            cluster: u
            request_mirror_policies:
            - cluster: u
              runtime_fraction: {default_value: {numerator: 5, denominator: TEN_THOUSAND}, runtime_key: k}
              disable_shadow_host_suffix_append: true
              trace_sampled: false
            - cluster_header: x-to
              host_rewrite_literal: copy.test
              request_headers_mutations: [{remove: x-a}, {append: {header: {key: x-b, value: c}}}]
        """).Mirrors.Should().Equal(
        new MirrorPolicyConfig { Cluster = "u", Fraction = new FractionConfig(5, 10_000, "k"), KeepsHost = true },
        new MirrorPolicyConfig
        {
            ClusterHeader = "x-to",
            HostRewrite = "copy.test",
            Mutations = [new RemoveHeaderMutation("x-a"), new AppendHeaderMutation(new HeaderAddition("x-b", "c"))],
        });

    [TestCase("cluster: nobody", "there is no cluster nobody")]
    [TestCase("cluster: u, cluster_header: x", "exactly one of")]
    [TestCase("trace_sampled: true", "exactly one of")]
    public void Mirror_WhatCannotBe_IsRefused(string policy, string why) =>
        Loading.Faults(Loading.RoutesText($"- {{match: {{prefix: /}}, route: {{cluster: u, request_mirror_policies: [{{{policy}}}]}}}}"))
            .Should().ContainSingle().Which.Should().Contain(why);

    [Test]
    public void Mirror_Levels_MostSpecificIsTaken()
    {
        var table = Loading.Manager(
            """
            route_config:
              request_mirror_policies: [{cluster_header: table}]
              virtual_hosts:
              - name: a
                domains: [a]
                request_mirror_policies: [{cluster_header: host}]
                routes:
                - {match: {prefix: /r}, route: {cluster: u, request_mirror_policies: [{cluster_header: route}]}}
                - {match: {prefix: /}, route: {cluster: u}}
              - {name: b, domains: [b], routes: [{match: {prefix: /}, route: {cluster: u}}, {match: {prefix: /d}, direct_response: {status: 200}}]}
            """).Routes;

        table.VirtualHosts.SelectMany(static host => host.Routes).Select(static route => route.Action).OfType<ForwardActionConfig>()
            .Select(static action => action.Mirrors.Single().ClusterHeader).Should().Equal("route", "host", "table");
    }

    private static ForwardActionConfig Forward(string routes) => (ForwardActionConfig)Loading.Route(routes).Action;
}

using Proxy.Configuration;

namespace Proxy.Stats;

public sealed class StatTagsTests
{
    [TestCase("cluster.users.upstream_cx_total", "cluster.upstream_cx_total", "envoy.cluster_name=users")]
    [TestCase("cluster.users.circuit_breakers.default.cx_open", "cluster.circuit_breakers.default.cx_open", "envoy.cluster_name=users")]
    [TestCase("cluster.u.upstream_rq_2xx", "cluster.upstream_rq_xx", "envoy.response_code_class=2,envoy.cluster_name=u")]
    [TestCase("cluster.u.upstream_rq_503", "cluster.upstream_rq", "envoy.response_code=503,envoy.cluster_name=u")]
    [TestCase("cluster.u.external.upstream_rq_200", "cluster.external.upstream_rq", "envoy.response_code=200,envoy.cluster_name=u")]
    [TestCase("cluster.u.zone.a.b.upstream_rq_200", "cluster.zone.a.b.upstream_rq", "envoy.response_code=200,envoy.cluster_name=u")]
    [TestCase("cluster.u.ext_authz.p.error", "cluster.ext_authz.error", "envoy.cluster_name=u,envoy.ext_authz_prefix=p")]
    [TestCase("cluster.u.ssl.versions.TLSv1.2", "cluster.ssl.versions", "envoy.cluster_name=u,envoy.ssl_version=TLSv1.2")]
    [TestCase("http.in.downstream_rq_total", "http.downstream_rq_total", "envoy.http_conn_manager_prefix=in")]
    [TestCase("http.in.rbac.policy.p.allowed", "http.rbac.policy.allowed", "envoy.http_conn_manager_prefix=in,envoy.rbac_policy_name=p")]
    [TestCase("http.in.rbac.p.allowed", "http.rbac.allowed", "envoy.http_conn_manager_prefix=in,envoy.rbac_http_prefix=p")]
    [TestCase("http.in.rds.my.table.config_reload", "http.rds.config_reload", "envoy.http_conn_manager_prefix=in,envoy.rds_route_config=my.table")]
    [TestCase("listener.127.0.0.1_8080.downstream_cx_total", "listener.downstream_cx_total", "envoy.listener_address=127.0.0.1_8080")]
    [TestCase("listener.[__1]_8080.downstream_cx_total", "listener.downstream_cx_total", "envoy.listener_address=[__1]_8080")]
    [TestCase("listener.named.http.in.downstream_rq_2xx", "listener.http.downstream_rq_xx", "envoy.response_code_class=2,envoy.listener_address=named,envoy.http_conn_manager_prefix=in")]
    [TestCase("listener.0.0.0.0_80.worker_3.downstream_cx_active", "listener.worker.downstream_cx_active", "envoy.listener_address=0.0.0.0_80,envoy.worker_id=3")]
    [TestCase("listener.admin.downstream_cx_total", "listener.admin.downstream_cx_total", "")]
    [TestCase("listener.admin.http.admin.downstream_rq_2xx", "listener.admin.http.downstream_rq_xx", "envoy.response_code_class=2,envoy.http_conn_manager_prefix=admin")]
    [TestCase("vhost.v.vcluster.other.upstream_rq_retry", "vhost.vcluster.upstream_rq_retry", "envoy.virtual_host=v,envoy.virtual_cluster=other")]
    [TestCase("vhost.v.route.r.upstream_rq_total", "vhost.route.upstream_rq_total", "envoy.virtual_host=v,envoy.route=r")]
    [TestCase("tcp.in.downstream_cx_total", "tcp.downstream_cx_total", "envoy.tcp_prefix=in")]
    [TestCase("proxy_proto.versions.v2.found", "proxy_proto.found", "envoy.proxy_protocol_version=2")]
    [TestCase("p.http_local_rate_limit.enabled", "http_local_rate_limit.enabled", "envoy.local_http_ratelimit_prefix=p")]
    [TestCase("server.worker_1.watchdog_miss", "server.worker.watchdog_miss", "envoy.worker_id=1")]
    [TestCase("server.live", "server.live", "")]
    public void Extract_DefaultRules_SplitNameAndTags(string name, string extracted, string tags)
    {
        var result = StatTags.Default.Extract(name);

        result.Name.Should().Be(extracted);
        string.Join(',', result.Tags.Select(tag => tag.Key + "=" + tag.Value)).Should().Be(tags);
    }

    [Test]
    public void Extract_CustomTagInsideADefaultOne_BothSeeTheWholeName()
    {
        var tags = new StatTags(new StatsConfig
        {
            Tags = [new StatTagConfig("colour", @"^http\.svc_((.+?)\.)", null), new StatTagConfig("fixed", null, "yes")],
        });

        var result = tags.Extract("http.svc_blue.downstream_rq_total");

        result.Name.Should().Be("http.downstream_rq_total");
        result.Tags.Should().BeEquivalentTo(new Dictionary<string, string>
        {
            ["fixed"] = "yes",
            ["envoy.http_conn_manager_prefix"] = "svc_blue",
            ["colour"] = "blue",
        });
    }

    [Test]
    public void Extract_DefaultsTurnedOffButOneNamed_TakesThatOne()
    {
        var tags = new StatTags(new StatsConfig { UseAllDefaultTags = false, Tags = [new StatTagConfig("envoy.cluster_name", null, null)] });

        tags.Extract("cluster.u.upstream_rq_200").Should().BeEquivalentTo(new
        {
            Name = "cluster.upstream_rq_200",
            Tags = new[] { KeyValuePair.Create("envoy.cluster_name", "u") },
        });
    }

    [Test]
    public void Extract_DefaultsTurnedOff_NameStays()
    {
        var tags = new StatTags(new StatsConfig { UseAllDefaultTags = false });

        tags.Extract("cluster.u.upstream_rq_200").Should().BeEquivalentTo(new { Name = "cluster.u.upstream_rq_200", Tags = Array.Empty<object>() });
    }
}

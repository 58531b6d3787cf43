using Proxy.Clusters;
using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Configuration.Filters;
using Proxy.Configuration.Http;
using Proxy.Filters.Http.HealthCheck;
using Proxy.Filters.Network.HttpConnectionManager;
using Proxy.Filters.Tests.HttpConnectionManager;
using Proxy.Http;
using Proxy.Stats;
using Proxy.Streams;
using Proxy.Workers;

namespace Proxy.Filters.Tests.HealthCheck;

/// <summary>Health checks of the proxy itself.</summary>
[TestFixture]
public sealed class HealthCheckFilterTests : ManagerFixture
{
    private static readonly HealthCheckFilterConfig Plain =
        new() { Headers = [new HeaderMatcherConfig(":path") { Text = new StringMatcherConfig(StringMatchKind.Exact, "/hc") }] };

    private static readonly (CounterId Id, string Name)[] Counters =
    [
        (HealthCheckStats.Total, "total"), (HealthCheckStats.Ok, "ok"), (HealthCheckStats.Failed, "failed"), (HealthCheckStats.Cached, "cached"),
        (HealthCheckStats.Degraded, "degraded"), (HealthCheckStats.NoCluster, "none"), (HealthCheckStats.ClusterEmpty, "empty"), (HealthCheckStats.ClusterUnhealthy, "unhealthy"),
    ];

    private readonly StatShard _stats = new(HealthCheckStats.Schema);
    private int _passed;

    private int UpstreamStatus { get; set; } = 200;

    [Test]
    public void HealthCheck_OfAHealthyProxy_IsAnsweredAndCountsForNothing()
    {
        var answer = Ask(Plain, Get("/hc"));

        answer.Should().StartWith("HTTP/1.1 200 OK\r\nx-envoy-upstream-healthchecked-cluster: own\r\n").And.EndWith("content-length: 0\r\n\r\n");
        AccessLog.Lines.Should().ContainSingle().Which.Should().StartWith("200 None health_check_ok ");
        (_passed, Count(HttpStats.RequestCompleted)).Should().Be((0, 0));
        Counted().Should().Be("total=1 ok=1");
    }

    [Test]
    public void Request_OfAnotherKind_PassesUntouched()
    {
        Ask(Plain, Get("/x")).Should().StartWith("HTTP/1.1 200 ").And.NotContain("healthcheck");
        (_passed, Count(HttpStats.RequestCompleted)).Should().Be((1, 1));
        Counted().Should().BeEmpty();
    }

    [Test]
    public void Request_OfAnyKindWithoutMatchers_IsAHealthCheck() => Ask(Plain with { Headers = [] }, Get("/x")).Should().Contain("healthchecked-cluster: own");

    [Test]
    public void HealthCheck_WithABody_IsAnsweredWhenItIsComplete()
    {
        Start(Plain);
        var peer = Connect().Send("POST /hc HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\n\r\nab");
        peer.Received.Should().BeEmpty();
        peer.Send("cd").ReadUntil("\r\n\r\n").Should().StartWith("HTTP/1.1 200 ");
    }

    [Test]
    public void FailedProxy_TellsHealthChecksAndEverybodyElse()
    {
        Start(Plain);
        Drain.HealthCheckFailed = true;

        Connect().Send(Get("/hc")).ReadUntil("\r\n\r\n").Should().StartWith(
            "HTTP/1.1 503 Service Unavailable\r\nx-envoy-upstream-healthchecked-cluster: own\r\nx-envoy-immediate-health-check-fail: true\r\n").And.Contain("connection: close\r\n");
        Connect().Send(Get("/x")).ReadUntil("\r\n\r\n").Should().StartWith("HTTP/1.1 200 ").And.Contain("x-envoy-immediate-health-check-fail: true\r\n");
        AccessLog.Lines[0].Should().StartWith("503 FailedLocalHealthCheck health_check_failed ");

        Drain.HealthCheckFailed = false;
        Connect().Send(Get("/hc")).ReadUntil("\r\n\r\n").Should().StartWith("HTTP/1.1 200 ").And.NotContain("immediate");
    }

    [Test]
    public void PassThrough_AsksTheUpstreamAndTellsWhoWasChecked()
    {
        Start(Plain with { PassThrough = true });
        UpstreamStatus = 500;

        Connect().Send(Get("/hc")).ReadUntil("\r\n\r\n").Should().StartWith("HTTP/1.1 500 ").And.Contain("x-envoy-upstream-healthchecked-cluster: own\r\n");
        Drain.HealthCheckFailed = true;
        Connect().Send(Get("/hc")).ReadUntil("\r\n\r\n").Should().StartWith("HTTP/1.1 503 ");
        _passed.Should().Be(1);
    }

    [Test]
    public void PassThrough_WithCache_AsksAgainWhenTheTimeIsOver()
    {
        Start(Plain with { PassThrough = true, CacheTime = TimeSpan.FromSeconds(2) });
        UpstreamStatus = 503;
        Connect().Send(Get("/hc")).ReadUntil("\r\n\r\n").Should().StartWith("HTTP/1.1 503 ").And.Contain("x-envoy-degraded");

        UpstreamStatus = 200;
        Runtime.Advance(1999);
        Connect().Send(Get("/hc")).ReadUntil("\r\n\r\n").Should().StartWith("HTTP/1.1 503 ").And.Contain("x-envoy-degraded");
        AccessLog.Lines[1].Should().StartWith("503 FailedLocalHealthCheck health_check_cached ");
        _passed.Should().Be(1);

        Counted().Should().Be("total=1 failed=1 cached=1 degraded=1");

        Runtime.Advance(1);
        Connect().Send(Get("/hc")).ReadUntil("\r\n\r\n").Should().StartWith("HTTP/1.1 200 ");
        _passed.Should().Be(2);
    }

    [TestCase("half", 50.9, 200, "health_check_ok_cluster_healthy", "ok=1")]
    [TestCase("half", 51, 503, "health_check_failed_cluster_unhealthy", "failed=1 unhealthy=1")]
    [TestCase("degraded", 100, 200, "health_check_ok_cluster_healthy", "ok=1")]
    [TestCase("empty", 0, 200, "health_check_ok_cluster_healthy", "ok=1")]
    [TestCase("empty", 1, 503, "health_check_failed_cluster_empty", "failed=1 empty=1")]
    [TestCase("none", 0, 503, "health_check_failed_no_cluster_found", "failed=1 none=1")]
    public void Clusters_BelowTheirFloor_FailTheCheck(string cluster, double percent, int status, string details, string counted)
    {
        Ask(Plain with { Floors = [new ClusterHealthFloor(cluster, percent)] }, Get("/hc")).Should().StartWith($"HTTP/1.1 {status} ");

        AccessLog.Lines.Should().ContainSingle().Which.Should().Contain($" {details} ");
        Counted().Should().Be($"total=1 {counted}");
    }

    [Test]
    public void Compile_Faults_AreAllListed()
    {
        var act = () => HealthCheckModel.Compile(
            new HealthCheckFilterConfig { CacheTime = TimeSpan.FromSeconds(1), Headers = [new HeaderMatcherConfig("")], Floors = [new ClusterHealthFloor("c", 101)] },
            Drain, new Members(), "own");

        act.Should().Throw<ConfigException>().Which.Faults.Select(static fault => fault.Path)
            .Should().Equal("cache_time", "cluster_min_healthy_percentages[c].value", "headers[0].name");
    }

    private string Ask(HealthCheckFilterConfig config, string request)
    {
        Start(config);
        return Connect().Send(request).ReadUntil("\r\n\r\n");
    }

    private void Start(HealthCheckFilterConfig config)
    {
        var model = HealthCheckModel.Compile(config, Drain, new Members(), "own");
        Listen(Config(), () => new HealthCheckFilter(model, _stats), () => new Upstream(this));
    }

    private string Counted() =>
        string.Join(' ', Counters.Where(counter => _stats.Read(counter.Id) > 0).Select(counter => $"{counter.Name}={_stats.Read(counter.Id)}"));

    private sealed class Upstream(HealthCheckFilterTests test) : HttpFilter
    {
        private readonly HeaderMap _headers = new();

        public override HeadersStatus OnRequestHeaders(HeaderMap headers, bool endStream)
        {
            test._passed++;
            _headers.Set(KnownHeader.Status, test.UpstreamStatus);
            if (test.UpstreamStatus == 503)
            {
                _headers.Set(KnownHeader.XEnvoyDegraded, ""u8);
            }

            Callbacks.SendHeaders(_headers, endStream: true);
            return HeadersStatus.StopIteration;
        }
    }

    /// <summary>Clusters that have members and nothing else.</summary>
    private sealed class Members : ClusterManager
    {
        public override WorkerCluster? Find(Worker worker, string name) => name switch
        {
            "half" => Cluster(worker, EndpointHealth.Healthy, EndpointHealth.Unhealthy),
            "degraded" => Cluster(worker, EndpointHealth.Degraded, EndpointHealth.Healthy),
            "empty" => Cluster(worker),
            _ => null,
        };

        public override bool Contains(string name) => throw new NotSupportedException();

        public override bool AddOrUpdate(ClusterConfig config) => throw new NotSupportedException();

        public override bool Remove(string name) => throw new NotSupportedException();

        public override void WhenReady(Action callback) => throw new NotSupportedException();

        private static PooledCluster Cluster(Worker worker, params EndpointHealth[] members)
        {
            var cluster = new PooledCluster(worker, null!);
            var address = new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 1);
            cluster.Update(new HostSet([[.. members.Select(health => new HostEntry(new Host(address, "", new LocalityConfig("", "", ""), 1), 1, health))]]));
            return cluster;
        }
    }
}

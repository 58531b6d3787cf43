using Proxy.Configuration;
using Proxy.Configuration.Filters;
using Proxy.Configuration.Http;

namespace Proxy.Filters.Tests.Router;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ForwardTests : RouterFixture
{
    [Test]
    public void Router_Get_ReachesTheUpstreamAndTheAnswerTheClient()
    {
        Start(To("app"));
        var client = Client().Send(Get("/x?y=1", "x-mine: 1\r\n"));

        var upstream = Upstream.Accept();
        upstream.Expect("GET /x?y=1 HTTP/1.1\r\nhost: a.test\r\nx-mine: 1\r\nx-forwarded-proto: http\r\nx-envoy-expected-rq-timeout-ms: 15000\r\n\r\n");
        upstream.Send(Ok("hello", "x-theirs: 2\r\n"));

        var (head, body) = Answer(client);
        head.Should().StartWith("HTTP/1.1 200 OK\r\ncontent-length: 5\r\nx-theirs: 2\r\nx-envoy-upstream-service-time: 0\r\n");
        body.Should().Be("hello");
        Log.Should().Equal("200 - via_upstream");
        Stat("cluster.app.upstream_rq_2xx").Should().Be(1);
        Stat("cluster.app.upstream_rq_completed").Should().Be(1);
        Stat("cluster.app.external.upstream_rq_completed").Should().Be(1);
        Stat("http.in.rq_total").Should().Be(1);
        Stat("cluster.app.http1.response_flood").Should().Be(0);
    }

    [TestCase(":path", "missing required header: :path")]
    [TestCase(":method", "missing required header: :method")]
    public void Router_RequestWithoutWhatItNeeds_IsAnsweredWith503(string removed, string text)
    {
        var removing = new HeaderMutationFilterConfig(new HeaderMutationSet { Request = [new RemoveHeaderMutation(removed)] });
        Start(Table(To("app")), null, config => config with { Filters = [new FilterConfig("removing", removing), .. config.Filters] });

        var (head, body) = Answer(Client().Send(Get()));
        head.Should().StartWith("HTTP/1.1 503 ");
        body.Should().Be(text);
        Log.Should().Equal($"503 - filter_removed_required_request_headers{{missing_required_header:_{removed}}}");
    }

    [TestCase("x-envoy-upstream-canary: true\r\n", 1)]
    [TestCase("x-envoy-upstream-canary: false\r\n", 0)]
    public void Router_AnswerOfACanary_IsCountedApart(string header, int count)
    {
        Start(To("app"));
        var client = Client().Send(Get());
        Upstream.Accept().Send(Ok(more: header));
        Answer(client).Head.Should().Contain(header);
        if (count > 0)
        {
            Stat("cluster.app.canary.upstream_rq_2xx").Should().Be(count);
        }
        else
        {
            Store.Snapshot().Should().NotContain(group => group.Prefix.EndsWith("canary.", StringComparison.Ordinal));
        }
    }

    [TestCase(false, "https://")]
    [TestCase(true, "http://")]
    public void Router_SchemeOfTheUpstream_IsTakenWhenAskedFor(bool match, string sent)
    {
        ChangeApp = static app => app with { Http = app.Http with { Http1 = new Http1Config { SendFullyQualifiedUrl = true } } };
        Start(Table(To("app")), null, config => config with { SchemeMatchesUpstream = match });
        Client().Send(Get(more: "x-forwarded-proto: https\r\n"));
        Upstream.Accept().ReadUntil("\r\n\r\n").Should().StartWith($"GET {sent}a.test/ HTTP/1.1\r\n");
    }

    [Test]
    public void Manager_ClientThatCannotBeTold_IsRefusedAndCounted()
    {
        Start(Table(To("app")), null, config => config with { OriginalAddresses = [new HeaderAddressConfig("x-client") { RejectStatus = 403 }] });
        Client().Send(Get()).ReadUntil("\r\n\r\n").Should().StartWith("HTTP/1.1 403 ");
        Log.Should().Equal("403 - original_ip_detection_failed");
        Stat("http.in.downstream_rq_rejected_via_ip_detection").Should().Be(1);
    }

    [Test]
    public void Router_SecondRequest_UsesTheSameUpstreamConnection()
    {
        Start(To("app"));
        var client = Client().Send(Get());
        var upstream = Upstream.Accept();
        upstream.Send(Ok());
        Answer(client);
        client.Send(Get("/second"));
        upstream.ReadUntil("\r\n\r\n");

        upstream.ReadUntil("\r\n\r\n").Should().StartWith("GET /second ");
        upstream.Send(Ok("two"));

        Answer(client).Body.Should().Be("two");
        Upstream.Connections.Should().Be(1);
    }

    [Test]
    public void Router_BodyBeforeTheConnectionIsUp_IsSentWhenItIs()
    {
        Start(To("app"));
        var client = Client().Send(Post("hello"));

        var upstream = Upstream.Accept();

        upstream.ReadUntil("\r\n\r\n").Should().Contain("content-length: 5");
        upstream.Expect("hello").Send(Ok());
        Answer(client).Body.Should().Be("ok");
    }

    [Test]
    public void Router_BodyByteByByte_ArrivesWhole()
    {
        Start(To("app"));
        var client = Client().SendByteByByte("POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n");

        var upstream = Upstream.Accept();
        upstream.ReadUntil("\r\n\r\n").Should().Contain("transfer-encoding: chunked");

        string.Concat(upstream.ReadUntil("0\r\n\r\n").Split("\r\n").Where(static (_, i) => i % 2 == 1)).Should().Be("abcdefg");
        upstream.Send(Ok());
        Answer(client).Body.Should().Be("ok");
    }

    [Test]
    public void Router_PrefixAndHostRewrite_ChangeTheRequestAndKeepTheOriginals()
    {
        Start(To("app", "/old", static action => action with { PrefixRewrite = "/new", HostRewrite = "b.test", AppendForwardedHost = true }));
        Client().Send(Get("/old/x?q"));

        Upstream.Accept().ReadUntil("\r\n\r\n").Should().StartWith("GET /new/x?q HTTP/1.1\r\nhost: b.test\r\n")
            .And.Contain("x-envoy-original-path: /old/x?q\r\n").And.Contain("x-envoy-original-host: a.test\r\n").And.Contain("x-forwarded-host: a.test\r\n");
    }

    [Test]
    public void Router_AutoHostRewrite_UsesTheNameOfTheHostPicked()
    {
        Start(To("app", "/", static action => action with { AutoHostRewrite = true }));
        Client().Send(Get());

        Upstream.Accept().ReadUntil("\r\n\r\n").Should().Contain("host: named.test\r\n").And.Contain("x-envoy-original-host: a.test\r\n");
    }

    [Test]
    public void Router_SuppressEnvoyHeaders_AddsNone()
    {
        Start(Table(To("app", "/", static action => action with { PrefixRewrite = "/new" })), new RouterConfig { SuppressEnvoyHeaders = true });
        var client = Client().Send(Get());
        var upstream = Upstream.Accept();

        upstream.ReadUntil("\r\n\r\n").Should().NotContain("x-envoy");
        upstream.Send(Ok());
        Answer(client).Head.Should().NotContain("x-envoy");
    }

    [Test]
    public void Router_HeaderEditsAtEveryLevel_RunFromRouteToTable()
    {
        HeaderEditsConfig Edits(string level) => new()
        {
            RequestAdditions = [new HeaderAddition("x-level", level)],
            ResponseAdditions = [new HeaderAddition("x-level", $"{level}-%RESPONSE_CODE%")],
        };
        var route = To("app") with { Edits = Edits("route") };
        var table = Table(route) with { Edits = Edits("table") };
        Start(table with { VirtualHosts = [table.VirtualHosts[0] with { Edits = Edits("host") }] });
        var client = Client().Send(Get());
        var upstream = Upstream.Accept();

        upstream.ReadUntil("\r\n\r\n").Should().Contain("x-level: route\r\nx-level: host\r\nx-level: table\r\n");
        upstream.Send(Ok());
        Answer(client).Head.Should().Contain("x-level: route-200\r\nx-level: host-200\r\nx-level: table-200\r\n");
    }

    [Test]
    public void Router_ClusterHeader_NamesTheCluster()
    {
        Start(Route("/", new ForwardActionConfig { ClusterHeader = "x-cluster" }));
        var client = Client().Send(Get("/", "x-cluster: app\r\n"));
        Upstream.Accept().Send(Ok());
        Answer(client).Body.Should().Be("ok");

        client.Send(Get("/", "x-cluster: nope\r\n"));

        Answer(client).Head.Should().StartWith("HTTP/1.1 503");
        Log[^1].Should().Be("503 NC cluster_not_found");
        Stat("http.in.no_cluster").Should().Be(1);
    }

    [Test]
    public void Router_AttemptCountAsked_TellsBothSides()
    {
        var table = Table(To("app"));
        Start(table with { VirtualHosts = [table.VirtualHosts[0] with { IncludeRequestAttemptCount = true, IncludeAttemptCountInResponse = true }] });
        var client = Client().Send(Get());
        var upstream = Upstream.Accept();

        upstream.ReadUntil("\r\n\r\n").Should().Contain("x-envoy-attempt-count: 1\r\n");
        upstream.Send(Ok());
        Answer(client).Head.Should().Contain("x-envoy-attempt-count: 1\r\n");
    }

    [Test]
    public void Router_AnswerInFrontOfTheRequestsEnd_ReachesTheClientAndGivesTheConnectionUp()
    {
        Start(To("app"));
        var client = Client().Send("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\nabc");
        var upstream = Upstream.Accept();

        upstream.Send("HTTP/1.1 413 Payload Too Large\r\ncontent-length: 8\r\n\r\ntoo much");

        var (head, body) = Answer(client);
        head.Should().StartWith("HTTP/1.1 413").And.Contain("connection: close").And.NotContain("service-time");
        body.Should().Be("too much");
        upstream.IsOpen.Should().BeFalse();
    }

    [Test]
    public void Router_RequestsOneAfterTheOther_ShareOneUpstreamConnection()
    {
        Start(To("app"));
        var client = Client().Send(Get());
        var upstream = Upstream.Accept();
        upstream.OnReceived = static peer => peer.Connection.Write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"u8);
        upstream.Send(Ok());
        client.Take();

        Log.Should().HaveCount(1);
        for (var i = 0; i < 5; i++)
        {
            client.Send(Get());
            client.Take().Should().Contain("ok");
        }

        Upstream.Connections.Should().Be(1);
        Log.Should().HaveCount(6).And.OnlyContain(static line => line == "200 - via_upstream");
    }
}

using System.Net;
using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Configuration.Filters;
using Proxy.Configuration.Http;
using Proxy.Http;
using Proxy.Streams;
using Proxy.Testing;

namespace Proxy.Filters.Tests.Router;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class UpstreamFilterTests : RouterFixture
{
    private readonly List<string> _events = [];
    private readonly ScriptedFilter _filter;

    public UpstreamFilterTests()
    {
        _filter = new ScriptedFilter(_events);
        MoreFilters = [_filter];
        ChangeApp = static cluster => cluster with { Http = cluster.Http with { Filters = [Scripted] } };
    }

    private static FilterConfig Scripted => new("scripted", new ScriptedFilter.Settings());

    [Test]
    public void Filters_RequestAndAnswer_PassThem()
    {
        _filter.Request = static (_, headers) => Mark(headers, "x-up");
        _filter.Response = static (_, headers) => Mark(headers, "x-down");
        Start(To("app"));
        var client = Client().Send(Post("payload"));
        var upstream = Upstream.Accept();
        upstream.ReadUntil("\r\n\r\n").Should().Contain("x-up: 1\r\n");
        upstream.Expect("payload").Send(Ok("answer"));

        Answer(client).Should().Match<(string Head, string Body)>(answer => answer.Head.Contains("x-down: 1\r\n") && answer.Body == "answer");
        _events.Should().Equal("request", "request data 7, end", "response", "response data 6, end", "complete");
    }

    [Test]
    public void Filters_OfTheCluster_StandInPlaceOfThoseOfTheRouter()
    {
        var edits = new HeaderMutationFilterConfig(new HeaderMutationSet { Request = [new AppendHeaderMutation(new HeaderAddition("x-router", "1"))] });
        MoreClusters = [Cluster("other", UpstreamAddress)];
        Start(Table(To("app", "/own"), To("other")), new RouterConfig { UpstreamFilters = [new FilterConfig("edits", edits)] });
        Client().Send(Get("/own"));
        Upstream.Accept().ReadUntil("\r\n\r\n").Should().NotContain("x-router");
        _events.Should().Equal("request, end");

        Client().Send(Get());
        Upstream.Accept().ReadUntil("\r\n\r\n").Should().Contain("x-router: 1\r\n");
        _events.Should().HaveCount(1);
    }

    [Test]
    public void Filters_Retry_SeeEachAttempt()
    {
        _filter.Request = static (_, headers) => Mark(headers, "x-up");
        Start(To("app", "/", static action => action with { RetryPolicy = new RetryPolicyConfig { RetryOn = "5xx" } }));
        var client = Client().Send(Get());
        var upstream = Upstream.Accept();
        upstream.ReadUntil("\r\n\r\n");
        upstream.Send("HTTP/1.1 503 X\r\ncontent-length: 0\r\n\r\n");
        Runtime.Advance(300);
        upstream.ReadUntil("\r\n\r\n").Should().Contain("x-up: 1\r\nx-up: 1\r\n");
        upstream.Send(Ok());

        Answer(client).Body.Should().Be("ok");
        _events.Should().Equal("request, end", "response, end", "complete", "request, end", "response", "response data 2, end", "complete");
    }

    [Test]
    public void Filters_LocalReply_GoesToTheClientWithoutAConnection()
    {
        _filter.Request = static (stream, _) =>
        {
            stream.SendLocalReply(403, "not from here"u8, "upstream_filter_says_no");
            return HeadersStatus.StopIteration;
        };
        Start(To("app", "/", static action => action with { RetryPolicy = new RetryPolicyConfig { RetryOn = "5xx,retriable-4xx" } }));
        var client = Client().Send(Get());

        Answer(client).Should().Match<(string Head, string Body)>(answer => answer.Head.StartsWith("HTTP/1.1 403 ") && answer.Body == "not from here");
        Log.Should().Equal("403 - upstream_filter_says_no");
        Stat("cluster.app.upstream_cx_total").Should().Be(0);
        _events.Should().Equal("request, end", "complete");
    }

    [Test]
    public void Filters_LocalReplyToAnAnswer_TakesItsPlace()
    {
        _filter.Response = static (stream, _) =>
        {
            stream.SendLocalReply(502, "bad answer"u8, "no");
            return HeadersStatus.StopIteration;
        };
        Start(To("app"));
        var client = Client().Send(Get());
        Upstream.Accept().Send("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc");

        Answer(client).Should().Match<(string Head, string Body)>(answer => answer.Head.StartsWith("HTTP/1.1 502 ") && answer.Body == "bad answer");
        Stat("cluster.app.upstream_rq_active").Should().Be(0);
    }

    [Test]
    public void Filters_HoldTheHead_LetItGoLater()
    {
        _filter.Request = static (_, _) => HeadersStatus.StopAllAndWatermark;
        Start(To("app"));
        var client = Client().Send(Post("payload"));
        var upstream = Upstream.Accept();
        upstream.ExpectSilence();

        Runtime.Run(Worker, () => _filter.Stream.ContinueRequest());
        upstream.ReadUntil("\r\n\r\n").Should().StartWith("POST / ");
        upstream.Expect("payload").Send(Ok());
        Answer(client).Body.Should().Be("ok");
    }

    [Test]
    public void Filters_HoldTheAnswer_SendItWhole()
    {
        _filter.ResponseData = DataStatus.StopAndBuffer;
        _filter.Response = static (_, _) => HeadersStatus.StopIteration;
        Start(To("app"));
        var client = Client().Send(Get());
        var upstream = Upstream.Accept();
        upstream.Send("HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nabc");
        client.ExpectSilence();
        upstream.Send("def");
        Answer(client).Body.Should().Be("abcdef");
    }

    [Test]
    public void Filters_RequestTooLargeToHold_IsRefused()
    {
        _filter.RequestData = DataStatus.StopAndBuffer;
        Start(To("app", "/", static action => action with { RequestBufferLimit = 1 << 30 }));
        var client = Client().Send("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 4000000\r\n\r\n");
        for (var i = 0; i < 20; i++)
        {
            client.Send(new string('x', 100_000));
        }

        client.ReadUntil("\r\n\r\n").Should().StartWith("HTTP/1.1 413 ");
    }

    [Test]
    public void Filters_ResetTheStream_EndsTheClientsToo()
    {
        _filter.Response = static (stream, _) =>
        {
            stream.ResetStream(StreamResetReason.LocalReset, "filter_reset");
            return HeadersStatus.StopIteration;
        };
        Start(To("app"));
        var client = Client().Send(Get());
        Upstream.Accept().Send(Ok());

        client.ExpectEnd();
        Log.Should().Equal("0 - filter_reset");
    }

    [Test]
    public void Filters_Throw_AnswerIsAnError()
    {
        _filter.Request = static (_, _) => throw new InvalidOperationException("bug");
        Start(To("app"));
        var client = Client().Send(Get());

        Answer(client).Head.Should().StartWith("HTTP/1.1 500 ");
        Log.Should().Equal("500 - filter_exception");
    }

    [Test]
    public void Filters_UpstreamRefusesTheConnection_IsAnUpstreamFault()
    {
        ChangeApp = static cluster => Cluster("app", DeadAddress) with { Http = new UpstreamHttpConfig { Filters = [Scripted] } };
        Start(To("app"));
        var client = Client().Send(Get());
        Runtime.Advance(1);

        Answer(client).Head.Should().StartWith("HTTP/1.1 503 ");
        _events.Should().Equal("request, end", "complete");
    }

    [Test]
    public void Filters_ClientGoes_LetGo()
    {
        Start(To("app"));
        var client = Client().Send(Get());
        var upstream = Upstream.Accept();
        upstream.ReadUntil("\r\n\r\n");
        client.Reset();

        _events.Should().Equal("request, end", "complete");
        Stat("cluster.app.upstream_rq_active").Should().Be(0);
    }

    [Test]
    public void Filters_Tunnel_CarriesBytesThroughThem()
    {
        var connect = new RouteConfig
        {
            Match = new RouteMatchConfig(PathMatchKind.Connect),
            Action = new ForwardActionConfig { Cluster = "app", Upgrades = [new UpgradeConfig("CONNECT") { TerminateConnect = true }] },
        };
        Start(Table(connect), null, static config => config with { Upgrades = [new UpgradeConfig("CONNECT")] });
        var client = Client().Send("CONNECT a.test:443 HTTP/1.1\r\nhost: a.test:443\r\n\r\n");
        client.ReadUntil("\r\n\r\n").Should().StartWith("HTTP/1.1 200 ");
        client.Send("ping");
        var upstream = Upstream.Accept();
        upstream.Expect("ping").Send("pong");
        client.Expect("pong");
        _events.Should().Equal("request", "response", "request data 4", "response data 4");
    }

    [Test]
    public void Filters_OfTheMirrorsCluster_SeeTheCopy()
    {
        var shadowAt = IPEndPoint.Parse("10.9.9.5:80");
        var shadow = TestUpstream.Listen(Runtime, shadowAt);
        _filter.Request = static (_, headers) => Mark(headers, "x-up");
        ChangeApp = static cluster => cluster;
        var copies = Cluster("copies", shadowAt);
        MoreClusters = [copies with { Http = copies.Http with { Filters = [Scripted] } }];
        Start(To("app", "/", static action => action with { Mirrors = [new MirrorPolicyConfig { Cluster = "copies" }] }));
        var client = Client().Send(Get());
        var copy = shadow.Accept();
        copy.ReadUntil("\r\n\r\n").Should().Contain("x-up: 1\r\n");
        copy.Send(Ok());
        var upstream = Upstream.Accept();
        upstream.ReadUntil("\r\n\r\n").Should().NotContain("x-up");
        upstream.Send(Ok());

        Answer(client).Body.Should().Be("ok");
        _events.Should().Equal("request, end", "response", "response data 2, end", "complete");
        Stat("cluster.copies.internal.upstream_rq_2xx").Should().Be(1);
    }

    [Test]
    public void Filters_RouteSaysMore_IsFoundByName()
    {
        static HeaderMutationSet Adds(string name) => new() { Request = [new AppendHeaderMutation(new HeaderAddition(name, "1"))] };
        ChangeApp = static cluster => cluster with { Http = cluster.Http with { Filters = [new FilterConfig("edits", new HeaderMutationFilterConfig(Adds("x-cluster")))] } };
        Start(To("app", "/more") with { PerFilter = [new PerFilterConfig("edits", new HeaderMutationRouteConfig(Adds("x-route")))] }, To("app", "/off") with { PerFilter = [new PerFilterConfig("edits", null, Disabled: true)] });
        Client().Send(Get("/more"));
        Upstream.Accept().ReadUntil("\r\n\r\n").Should().Contain("x-cluster: 1\r\nx-route: 1\r\n");
        Client().Send(Get("/off"));
        Upstream.Accept().ReadUntil("\r\n\r\n").Should().NotContain("x-cluster");
    }

    [Test]
    public void Filters_ThatDoNotWorkUpstream_AreRefused()
    {
        MoreFilters = [new ScriptedFilter(_events) { WorksUpstream = false }];
        FluentActions.Invoking(() => Start(To("app"))).Should().Throw<Exception>().WithMessage("*'scripted' cannot stand in front of an upstream*");
    }

    private static HeadersStatus Mark(HeaderMap headers, string name)
    {
        headers.Add(System.Text.Encoding.ASCII.GetBytes(name), "1"u8);
        return HeadersStatus.Continue;
    }
}

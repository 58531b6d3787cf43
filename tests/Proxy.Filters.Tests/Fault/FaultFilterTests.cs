using Proxy.Configuration;
using Proxy.Configuration.Filters;
using Proxy.Configuration.Http;
using Proxy.Filters.Http.Fault;
using Proxy.Filters.Tests.Router;
using Proxy.Hosting;
using Proxy.Http;
using Proxy.Testing;

namespace Proxy.Filters.Tests.Fault;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class FaultFilterTests : RouterFixture
{
    private static readonly FractionConfig All = new(100);

    [Test]
    public void Abort_AnswersInPlaceOfTheUpstream()
    {
        Start(new FaultConfig { Abort = new FaultAbortConfig(418, All) });
        var (head, body) = Answer(Client().Send(Get()));

        head.Should().StartWith("HTTP/1.1 418");
        body.Should().Be("fault filter abort");
        Log.Should().Equal("418 FI fault_filter_abort");
        Stat("http.in.fault.aborts_injected").Should().Be(1);
    }

    [Test]
    public void Delay_LetsTheRequestWait()
    {
        Start(new FaultConfig { Delay = new FaultDelayConfig(TimeSpan.FromMilliseconds(100), All) });
        var client = Client().Send(Post("body"));
        Runtime.Advance(90);
        Upstream.Waiting.Should().Be(0);
        Active().Should().Be(1);

        Runtime.Advance(20);

        Upstream.Accept().Send(Ok()).ReadUntil("\r\n\r\nbody");
        Answer(client).Body.Should().Be("ok");
        Log.Should().Equal("200 DI via_upstream");
        Stat("http.in.fault.delays_injected").Should().Be(1);
        Active().Should().Be(0);
    }

    [Test]
    public void Delay_ThenAbort_AreBothDone()
    {
        Start(new FaultConfig { Delay = new FaultDelayConfig(TimeSpan.FromMilliseconds(100), All), Abort = new FaultAbortConfig(503, All) });
        var client = Client().Send(Get());
        Runtime.Advance(110);

        Answer(client).Body.Should().Be("fault filter abort");
        Log.Should().Equal("503 DI,FI fault_filter_abort");
    }

    [Test]
    public void Delay_ClientLeaves_IsForgotten()
    {
        Start(new FaultConfig { Delay = new FaultDelayConfig(TimeSpan.FromMilliseconds(100), All) });
        Client().Send(Get()).Close();
        Runtime.Advance(200);

        Upstream.Waiting.Should().Be(0);
        Active().Should().Be(0);
    }

    [TestCase("other", "")]
    [TestCase("", "x-fault")]
    public void Abort_RequestOfOthers_Passes(string cluster, string header)
    {
        Start(new FaultConfig
        {
            Abort = new FaultAbortConfig(418, All),
            UpstreamCluster = cluster,
            Headers = header.Length == 0 ? [] : [new HeaderMatcherConfig(header)],
        });
        var client = Client().Send(Get());
        Upstream.Accept().Send(Ok());

        Answer(client).Body.Should().Be("ok");
    }

    [Test]
    public void Route_BringsItsOwnFaults()
    {
        var own = To("app", "/own") with { PerFilter = [new PerFilterConfig("fault", new FaultConfig { Abort = new FaultAbortConfig(401, All) })] };
        Start(Table(own), null, static config => config with { Filters = [new FilterConfig("fault", new FaultConfig()), .. config.Filters] });

        Answer(Client().Send(Get("/own"))).Head.Should().StartWith("HTTP/1.1 401");
    }

    [Test]
    public void Abort_GrpcStatus_IsToldToGrpcClientsOnly([Values] bool isGrpc)
    {
        Start(new FaultConfig { Abort = new FaultAbortConfig(0, All) { GrpcStatus = 8 } });
        var (head, body) = Answer(Client().Send(isGrpc ? With("content-type: application/grpc") : Get()));

        head.Should().StartWith("HTTP/1.1 200");
        head.Contains("grpc-status: 8", StringComparison.Ordinal).Should().Be(isGrpc);
        body.Should().Be(isGrpc ? "" : "fault filter abort");
    }

    [TestCase("x-envoy-fault-abort-request: 418", 418)]
    [TestCase("x-envoy-fault-abort-grpc-request: 5", 200)]
    [TestCase("x-envoy-fault-abort-request: 418\r\nx-envoy-fault-abort-request-percentage: 100", 418)]
    [TestCase("x-envoy-fault-abort-request: 418\r\nx-envoy-fault-abort-request-percentage: 0", 0)]
    [TestCase("x-envoy-fault-abort-request: 199", 0)]
    [TestCase("x-envoy-fault-abort-request: teapot", 0)]
    [TestCase("x-other: 1", 0)]
    public void Abort_ByHeader_IsWhatTheRequestSays(string header, int status)
    {
        Start(new FaultConfig { Abort = new FaultAbortConfig(0, All) { IsByHeader = true } });
        var client = Client().Send(With(header));
        if (status == 0)
        {
            Upstream.Accept().Send(Ok());
        }

        Answer(client).Head.Should().StartWith($"HTTP/1.1 {(status == 0 ? 200 : status)}");
        Stat("http.in.fault.aborts_injected").Should().Be(status == 0 ? 0 : 1);
    }

    [TestCase("x-envoy-fault-delay-request: 100", true)]
    [TestCase("x-envoy-fault-delay-request: 100\r\nx-envoy-fault-delay-request-percentage: 0", false)]
    [TestCase("x-envoy-fault-delay-request: 0", false)]
    [TestCase("x-envoy-fault-delay-request: soon", false)]
    public void Delay_ByHeader_IsWhatTheRequestSays(string header, bool waits)
    {
        Start(new FaultConfig { Delay = new FaultDelayConfig(TimeSpan.Zero, All) { IsByHeader = true } });
        Client().Send(With(header));
        Runtime.Advance(90);
        Upstream.Waiting.Should().Be(waits ? 0 : 1);

        Runtime.Advance(20);
        Upstream.Waiting.Should().Be(1);
    }

    [Test]
    public void MaxActiveFaults_Reached_LetsOthersPass()
    {
        Start(new FaultConfig { Delay = new FaultDelayConfig(TimeSpan.FromSeconds(1), All), MaxActiveFaults = 1 });
        Client().Send(Get());
        Client().Send(Get());
        Runtime.Advance(10);

        Upstream.Waiting.Should().Be(1, "the second request is not delayed");
        Stat("http.in.fault.faults_overflow").Should().Be(1);
        Active().Should().Be(1);
    }

    [TestCase("n2", 418)]
    [TestCase("n3", 200)]
    [TestCase("", 200)]
    public void DownstreamNodes_OthersPass(string node, int status)
    {
        Start(new FaultConfig { Abort = new FaultAbortConfig(418, All), DownstreamNodes = ["n1", "n2"] });
        var client = Client().Send(node.Length == 0 ? Get() : With($"x-envoy-downstream-service-node: {node}"));
        if (status == 200)
        {
            Upstream.Accept().Send(Ok());
        }

        Answer(client).Head.Should().StartWith($"HTTP/1.1 {status}");
    }

    [Test]
    public void Metadata_IsSetOnRequestsAtFault()
    {
        LogText = "%DYNAMIC_METADATA(envoy.filters.http.fault:why)%";
        Start(new FaultConfig { Abort = new FaultAbortConfig(418, All), Metadata = """{"why": "test"}""" });
        Answer(Client().Send(Get()));

        Log.Should().Equal("test");
    }

    // 2 KiB a second are 102 bytes in each 50 ms.
    [Test]
    public void ResponseRateLimit_PassesSharesOfASecond()
    {
        Start(new FaultConfig { ResponseRateLimit = new FaultRateLimitConfig(2, All) });
        var client = Client().Send(Get());
        Upstream.Accept().Send($"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{new string('a', 500)}");
        Runtime.Advance(5);
        BodyOf(client).Should().BeInRange(102, 106, "a timer takes a millisecond or two");

        Runtime.Advance(50);
        BodyOf(client).Should().BeInRange(200, 206);
        Runtime.Advance(1000);

        BodyOf(client).Should().Be(500);
        Stat("http.in.fault.response_rl_injected").Should().Be(1);
        Active().Should().Be(0);
    }

    [Test]
    public void ResponseRateLimit_ByHeader_TrailersFollowTheBody()
    {
        Start(new FaultConfig { ResponseRateLimit = new FaultRateLimitConfig(0, All) { IsByHeader = true } });
        var client = Client().Send(With("x-envoy-fault-throughput-response: 1\r\nte: trailers"));
        Upstream.Accept().Send($"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n64\r\n{new string('a', 100)}\r\n0\r\nx-end: 1\r\n\r\n");
        Runtime.Advance(5);
        client.Text.Should().NotContain("x-end");

        Runtime.Advance(200);

        client.Text.Should().EndWith("0\r\nx-end: 1\r\n\r\n");
    }

    // The end used to be lost when it came by itself: the client waited for ever.
    [Test]
    public void ResponseRateLimit_EndComesAfterTheBodyHasPassed_Ends()
    {
        Start(new FaultConfig { ResponseRateLimit = new FaultRateLimitConfig(2, All) });
        var client = Client().Send(Get());
        var upstream = Upstream.Accept().Send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n");
        Runtime.Advance(500);
        client.Text.Should().EndWith("2\r\nab\r\n");

        upstream.Send("0\r\n\r\n");
        Runtime.Advance(500);

        client.Text.Should().EndWith("2\r\nab\r\n0\r\n\r\n");
        Active().Should().Be(0);
    }

    [Test]
    public void ResponseRateLimit_ClientLeaves_IsForgotten()
    {
        Start(new FaultConfig { ResponseRateLimit = new FaultRateLimitConfig(1, All) });
        var client = Client().Send(Get());
        Upstream.Accept().Send($"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{new string('a', 500)}");
        Runtime.Advance(5);
        client.Close();
        Runtime.Advance(1000);

        Active().Should().Be(0);
    }

    [Test]
    public void Runtime_OverridesWhatIsConfigured()
    {
        var runtime = new RuntimeSnapshot([]);
        var headers = new HeaderMap();
        var delay = new FaultDelayConfig(TimeSpan.FromSeconds(1), All) { DurationKey = "duration" };
        var model = FaultModel.Compile(
            new FaultConfig { Abort = new FaultAbortConfig(418, new FractionConfig(100, 100, "percent")), Delay = delay, MaxActiveFaults = 3 }, runtime);
        (Status(), model.Delay!.Decide(headers, 0), model.MaxActive).Should().Be((418, 1000, 3));

        runtime.Replace([new RuntimeValue("fault.http.abort.http_status", "404"), new RuntimeValue("duration", "5"), new RuntimeValue("fault.http.max_active_faults", "1")]);
        (Status(), model.Delay!.Decide(headers, 0), model.MaxActive).Should().Be((404, 5, 1));
        runtime.Replace([new RuntimeValue("fault.http.abort.http_status", "999")]);
        Status().Should().Be(418, "999 is no status");
        runtime.Replace([new RuntimeValue("percent", "0")]);
        Status().Should().Be(0);

        int Status() => model.Abort!.TryDecide(headers, 0, out var status, out _) ? status : 0;
    }

    [Test]
    public void Compile_LimitOfNothing_IsRefused()
    {
        var act = () => FaultModel.Compile(new FaultConfig { ResponseRateLimit = new FaultRateLimitConfig(0, All) }, RuntimeSnapshot.Empty);

        act.Should().Throw<ConfigException>().Which.Faults.Should().ContainSingle().Which.Path.Should().Be("response_rate_limit.fixed_limit.limit_kbps");
    }

    [TestCase(199)]
    [TestCase(600)]
    public void Compile_StatusOutOfRange_IsRefused(int status)
    {
        var act = () => FaultModel.Compile(new FaultConfig { Abort = new FaultAbortConfig(status, All) }, RuntimeSnapshot.Empty);

        act.Should().Throw<ConfigException>().Which.Faults.Should().ContainSingle().Which.Path.Should().Be("abort.http_status");
    }

    private static string With(string header) => Get("/", header + "\r\n");

    private static int BodyOf(TestPeer client) => client.Text.Length - client.Text.IndexOf("\r\n\r\n", StringComparison.Ordinal) - 4;

    private void Start(FaultConfig fault)
    {
        ChangeApp = static app => app with { Http = app.Http with { Http1 = app.Http.Http1 with { EnableTrailers = true } } };
        Start(Table(To("app")), null, config => config with
        {
            Http1 = config.Http1 with { EnableTrailers = true },
            Filters = [new FilterConfig("fault", fault), .. config.Filters],
        });
    }

    private long Active() => Store.Snapshot().Single(static group => group.Prefix == "http.in.fault.").Shards.ToArray().Sum(static shard => shard?.Read(FaultModel.Active) ?? 0);
}

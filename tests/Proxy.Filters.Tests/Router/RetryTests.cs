using System.Net;
using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Configuration.Filters;
using Proxy.Configuration.Http;
using Proxy.Testing;

namespace Proxy.Filters.Tests.Router;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class RetryTests : RouterFixture
{
    private const string Busy = "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 4\r\n\r\nbusy";

    // Longer than any pause with the default back-off.
    private const int Pause = 300;

    [TestCase("5xx", "503", true)]
    [TestCase("5xx", "404", false)]
    [TestCase("gateway-error", "502", true)]
    [TestCase("gateway-error", "500", false)]
    [TestCase("retriable-4xx", "409", true)]
    [TestCase("retriable-4xx", "400", false)]
    [TestCase("retriable-status-codes", "418", true)]
    [TestCase("retriable-status-codes", "419", false)]
    [TestCase("reset,nonsense, connect-failure", "503", false)]
    public void Router_AnswerWithAStatus_IsRetriedWhereThePolicySaysSo(string on, string status, bool retried)
    {
        Start(Retrying(on, static policy => policy with { RetriableStatusCodes = [418] }));
        var client = Client().Send(Get());
        Fail($"HTTP/1.1 {status} X\r\ncontent-length: 0\r\n\r\n");
        Runtime.Advance(Pause);

        if (retried)
        {
            Next("second");
        }

        Answer(client).Head.Should().StartWith(retried ? "HTTP/1.1 200" : "HTTP/1.1 " + status);
        Stat("cluster.app.upstream_rq_retry").Should().Be(retried ? 1 : 0);
        Stat("cluster.app.upstream_rq_retry_success").Should().Be(retried ? 1 : 0);
        Stat("cluster.app.upstream_rq_retry_backoff_exponential").Should().Be(retried ? 1 : 0);
    }

    [TestCase(true, "RemoteReset")]
    [TestCase(false, "Normal")]
    public void Log_UpstreamCloseType_IsThatOfTheConnection(bool reset, string expected)
    {
        LogText = "%UPSTREAM_DETECTED_CLOSE_TYPE% %UPSTREAM_LOCAL_CLOSE_REASON% %DOWNSTREAM_DETECTED_CLOSE_TYPE%";
        Start(To("app"));
        var client = Client().Send(Post("x"));
        var upstream = Upstream.Accept();
        upstream.ReadUntil("\r\n\r\n");
        _ = reset ? upstream.Reset() : upstream.SendEnd();
        Answer(client).Head.Should().StartWith("HTTP/1.1 503 ");

        Log.Should().Equal(expected + " - Normal");
    }

    [Test]
    public void Log_ClientResets_IsItsCloseType()
    {
        LogText = "%DOWNSTREAM_DETECTED_CLOSE_TYPE% %DOWNSTREAM_LOCAL_CLOSE_REASON%";
        Start(To("app"));
        var client = Client().Send(Get());
        Upstream.Accept().ReadUntil("\r\n\r\n");
        client.Reset();

        Log.Should().Equal("RemoteReset -");
    }

    [Test]
    public void Log_ConnectionEndsAsUsual_HasNoReason()
    {
        LogText = "%RESPONSE_CODE% %DOWNSTREAM_LOCAL_CLOSE_REASON%";
        Start(To("app"));
        Client().Send("GET / HTTP/1.1\r\nbroken\r\n\r\n");

        Log.Should().Equal("400 -");
    }

    [Test]
    public void Log_HostsAttempted_AreAllOfThem()
    {
        LogText = "%UPSTREAM_HOSTS_ATTEMPTED% %UPSTREAM_CONNECTION_IDS_ATTEMPTED% %UPSTREAM_HOSTS_ATTEMPTED_WITHOUT_PORT% %UPSTREAM_HOST_NAMES_ATTEMPTED%";
        Start(Retrying("5xx"));
        var client = Client().Send(Get());
        Fail(Busy);
        Runtime.Advance(Pause);
        Next("second");
        Answer(client);

        Log.Should().ContainSingle().Which.Should().MatchRegex("^10.9.9.9:80,10.9.9.9:80 [0-9]+,[0-9]+ 10.9.9.9,10.9.9.9 named.test,named.test$");
    }

    [Test]
    public void Log_NobodyWasAsked_HasNoHostsAttempted()
    {
        LogText = "%UPSTREAM_HOSTS_ATTEMPTED% %UPSTREAM_CONNECTION_IDS_ATTEMPTED%";
        Start(To("empty"));

        Answer(Client().Send(Get()));

        Log.Should().Equal("- -");
    }

    [TestCase("cancelled", "1", true)]
    [TestCase("deadline-exceeded", "4", true)]
    [TestCase("resource-exhausted", "8", true)]
    [TestCase("internal", "13", true)]
    [TestCase("unavailable", "14", true)]
    [TestCase("unavailable", "13", false)]
    [TestCase("unavailable", "junk", false)]
    public void Router_GrpcStatusInTheHead_IsRetriedWhereThePolicySaysSo(string on, string status, bool retried)
    {
        Start(Retrying(on));
        var client = Client().Send(Get());
        Fail($"HTTP/1.1 200 OK\r\ngrpc-status: {status}\r\ncontent-length: 0\r\n\r\n");
        Runtime.Advance(Pause);

        if (retried)
        {
            Next("second");
        }

        Answer(client).Body.Should().Be(retried ? "second" : "");
    }

    [TestCase("reset", true)]
    [TestCase("5xx", true)]
    [TestCase("gateway-error", true)]
    [TestCase("reset-before-request", false)]
    [TestCase("connect-failure", false)]
    [TestCase("refused-stream", false)]
    public void Router_ConnectionDiesUnderTheRequest_IsRetriedWhereThePolicySaysSo(string on, bool retried)
    {
        Start(Retrying(on));
        var client = Client().Send(Get());
        Upstream.Accept().Reset();
        Runtime.Advance(Pause);

        if (retried)
        {
            Next("second");
        }

        Answer(client).Head.Should().StartWith(retried ? "HTTP/1.1 200" : "HTTP/1.1 503");
    }

    [TestCase("connect-failure", 2)]
    [TestCase("reset-before-request", 2)]
    [TestCase("retriable-4xx", 1)]
    public void Router_NobodyListens_IsTriedAgainWhereThePolicySaysSo(string on, int tries)
    {
        LogText = "%RESPONSE_CODE% %RESPONSE_FLAGS% %UPSTREAM_REQUEST_ATTEMPT_COUNT%";
        Start(Table(To("dead", "/", action => action with { RetryPolicy = new RetryPolicyConfig { RetryOn = on } })));
        var client = Client().Send(Get());
        Runtime.Advance(Pause);

        Answer(client).Head.Should().StartWith("HTTP/1.1 503");
        Log.Should().Equal(tries == 2 ? "503 UF,URX 2" : "503 UF 1");
        Stat("cluster.dead.upstream_rq_retry_limit_exceeded").Should().Be(tries - 1);
    }

    [Test]
    public void Router_RetriesUsedUp_PassesTheLastAnswerOn()
    {
        LogText = "%RESPONSE_CODE% %RESPONSE_FLAGS% %UPSTREAM_REQUEST_ATTEMPT_COUNT%";
        Start(Retrying("5xx", static policy => policy with { NumRetries = 2 }));
        var client = Client().Send(Get());
        for (var i = 0; i < 3; i++)
        {
            Fail(Busy);
            Runtime.Advance(Pause);
        }

        Answer(client).Body.Should().Be("busy");
        Log.Should().Equal("503 URX 3");
        Stat("cluster.app.upstream_rq_retry").Should().Be(2);
        Stat("cluster.app.upstream_rq_retry_limit_exceeded").Should().Be(1);
        Stat("cluster.app.retry.upstream_rq_5xx").Should().Be(2);
        Stat("cluster.app.upstream_rq_5xx").Should().Be(1);
    }

    [Test]
    public void Router_RequestWithABody_SendsAllOfItAgain()
    {
        Start(Retrying("5xx"));
        var client = Client().Send("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 6\r\n\r\nabc");
        var first = Upstream.Accept();
        first.ReadUntil("abc");
        first.Send(Closing(Busy));
        client.Send("def"); // while the proxy waits
        Runtime.Advance(Pause);

        var second = Upstream.Accept();
        second.ReadUntil("\r\n\r\n");
        second.Expect("abcdef").Send(Ok());

        Answer(client).Body.Should().Be("ok");
    }

    [Test]
    public void Router_BodyAboveTheBufferLimit_IsNotRetriedButCounted()
    {
        Start(Retrying("5xx", null, static action => action with { RequestBufferLimit = 5 }));
        var client = Client().Send(Post("123456"));
        Fail(Busy);
        Runtime.Advance(Pause);

        Answer(client).Body.Should().Be("busy");
        Upstream.Connections.Should().Be(1);
        Stat("cluster.app.retry_or_shadow_abandoned").Should().Be(1);
    }

    [Test]
    public void Router_BodyOutgrowsTheLimitBetweenTries_Answers507()
    {
        Start(Retrying("5xx", null, static action => action with { RequestBufferLimit = 5 }));
        var client = Client().Send("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\nabc");
        Fail(Busy);
        client.Send("defghi");

        Answer(client).Body.Should().Be("exceeded request buffer limit while retrying upstream");
        Log.Should().Equal("507 - request_payload_exceeded_retry_buffer_limit");
    }

    [Test]
    public void Router_PerTryTimeout_RetriesThenAnswers504()
    {
        Start(Retrying("5xx", static policy => policy with { PerTryTimeout = TimeSpan.FromMilliseconds(300) }));
        var client = Client().Send(Get());
        var first = Upstream.Accept();
        first.ReadUntil("\r\n\r\n").Should().Contain("x-envoy-expected-rq-timeout-ms: 300\r\n");
        Runtime.Advance(310);
        first.IsOpen.Should().BeFalse();
        Runtime.Advance(Pause);
        Upstream.Accept();
        Runtime.Advance(310);

        Answer(client).Body.Should().Be("upstream request timeout");
        Log.Should().Equal("504 UT,URX upstream_per_try_timeout");
        Stat("cluster.app.upstream_rq_per_try_timeout").Should().Be(2);
        Stat("cluster.app.upstream_rq_timeout").Should().Be(0);
    }

    [Test]
    public void Router_PerTryIdleTimeout_EndsATryThatStandsStill()
    {
        Start(Retrying("retriable-4xx", static policy => policy with { PerTryIdleTimeout = TimeSpan.FromMilliseconds(200) }));
        var client = Client().Send(Get());
        var upstream = Upstream.Accept();
        Runtime.Advance(150);
        upstream.Send("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n");
        Runtime.Advance(150);
        upstream.Send("abc");
        Runtime.Advance(190);
        client.IsOpen.Should().BeTrue();

        Runtime.Advance(20);

        client.IsOpen.Should().BeFalse();
        Log.Should().Equal("200 UT upstream_per_try_idle_timeout");
        Stat("cluster.app.upstream_rq_per_try_idle_timeout").Should().Be(1);
    }

    [Test]
    public void Router_RouteTimeoutBetweenTries_Answers504()
    {
        Start(Retrying(
            "5xx",
            static policy => policy with { ResetHeaders = [new ResetHeaderConfig("retry-after")] },
            static action => action with { Timeout = TimeSpan.FromSeconds(1) }));
        var client = Client().Send(Get());
        Fail("HTTP/1.1 503 X\r\nretry-after: 5\r\ncontent-length: 0\r\n\r\n");

        Runtime.Advance(1010);

        Answer(client).Head.Should().StartWith("HTTP/1.1 504");
        Stat("cluster.app.upstream_rq_timeout").Should().Be(1);
        Runtime.Advance(20_000);
        Upstream.Connections.Should().Be(1);
    }

    [Test]
    public void Router_RouteTimeoutBetweenTries_LogsTheTryOnce()
    {
        LogText = "request";
        var table = Retrying(
            "5xx",
            static policy => policy with { ResetHeaders = [new ResetHeaderConfig("retry-after")] },
            static action => action with { Timeout = TimeSpan.FromSeconds(1) });
        Start(table, new RouterConfig { UpstreamLogs = [new AccessLogConfig(new FileAccessLogConfig("log", new LogFormatConfig { Text = "try\n" }))] });
        Client().Send(Get());
        Fail("HTTP/1.1 503 X\r\nretry-after: 5\r\ncontent-length: 0\r\n\r\n");

        Runtime.Advance(1010);

        Log.Should().Equal("try", "request");
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Router_TooManyRetriesUnderWay_PassesTheAnswerOn(bool byBudget)
    {
        LogText = "%RESPONSE_CODE% %RESPONSE_FLAGS%";
        ChangeApp = cluster => cluster with
        {
            DefaultBreaker = byBudget
                ? new CircuitBreakerConfig { RetryBudget = new RetryBudgetConfig(Percent: 0, MinConcurrency: 1) }
                : new CircuitBreakerConfig { MaxRetries = 1 },
        };
        Start(Retrying("5xx"));
        Client().Send(Get());
        Client().Send(Get());

        Fail(Busy);
        Fail(Busy);

        Log.Should().Equal("503 UO");
        Stat("cluster.app.upstream_rq_retry").Should().Be(1);
        Stat("cluster.app.upstream_rq_retry_overflow").Should().Be(1);
    }

    [Test]
    public void Router_RuntimeForbidsRetries_PassesTheAnswerOn()
    {
        RuntimeValues.Replace([new RuntimeValue("upstream.use_retry", "0")]);
        LogText = "%RESPONSE_CODE%";
        Start(Retrying("5xx"));
        Client().Send(Get());

        Fail(Busy);

        Log.Should().Equal("503");
        Stat("cluster.app.upstream_rq_retry").Should().Be(0);
    }

    [Test]
    public void Router_RuntimePause_StandsForTheUsualOne()
    {
        RuntimeValues.Replace([new RuntimeValue("upstream.base_retry_backoff_ms", "10000")]);
        Start(Retrying("5xx"));
        Client().Send(Get());
        Fail(Busy);

        Runtime.Advance(250);
        Upstream.Waiting.Should().Be(0);
        Runtime.Advance(10_000);

        Stat("cluster.app.upstream_rq_total").Should().Be(2);
    }

    [Test]
    public void Router_RetryBudget_GrowsWithWhatIsUnderWay()
    {
        ChangeApp = static cluster => cluster with { DefaultBreaker = new CircuitBreakerConfig { RetryBudget = new RetryBudgetConfig(Percent: 50, MinConcurrency: 0) } };
        Start(Retrying("5xx"));
        for (var i = 0; i < 8; i++)
        {
            Client().Send(Get());
        }

        for (var i = 0; i < 8; i++)
        {
            Fail(Busy);
        }

        var allowed = Stat("cluster.app.upstream_rq_retry");
        allowed.Should().BeInRange(2, 4);
        Stat("cluster.app.upstream_rq_retry_overflow").Should().Be(8 - allowed);
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Router_HostsTriedAlready_AreAvoidedWhereThePolicySaysSo(bool avoid)
    {
        ChangeApp = static cluster => cluster with { Endpoints = [Hosts(false)] };
        Start(Retrying("5xx", policy => policy with { HostPredicates = avoid ? [new PreviousHostsPredicateConfig()] : [], HostSelectionAttempts = 3 }));
        var other = TestUpstream.Listen(Runtime, OtherAddress);
        Client().Send(Get());
        var (first, second) = Upstream.Connections == 1 ? (Upstream, other) : (other, Upstream);
        Client().Send(Get()); // takes the turn of the second: the first is next again
        second.Connections.Should().Be(1);

        first.Accept().Send(Closing(Busy));
        Runtime.Advance(Pause);

        (avoid ? second : first).Connections.Should().Be(2);
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Router_Canaries_AreAvoidedWhereThePolicySaysSo(bool avoid)
    {
        ChangeApp = static cluster => cluster with { Endpoints = [Hosts(true)] };
        Start(Retrying("5xx", policy => policy with { HostPredicates = avoid ? [new OmitCanaryHostsPredicateConfig()] : [], HostSelectionAttempts = 3 }));
        var canary = TestUpstream.Listen(Runtime, OtherAddress);
        Client().Send(Get());
        if (Upstream.Connections == 0)
        {
            Client().Send(Get());
        }

        var before = canary.Connections;
        Upstream.Accept().Send(Closing(Busy)); // and the canary's turn is next
        Runtime.Advance(Pause);

        canary.Connections.Should().Be(avoid ? before : before + 1);
        Upstream.Connections.Should().Be(avoid ? 2 : 1);
    }

    [TestCase("retry-after: 5", 5000)]
    [TestCase("x-reset: 1893456005", 4900)] // the simulated clock starts in 2030
    public void Router_AnswerSaysWhenToComeAgain_WaitsThatLong(string header, int pause)
    {
        Start(Retrying("5xx", static policy => policy with { ResetHeaders = [new ResetHeaderConfig("retry-after"), new ResetHeaderConfig("x-reset", true)] }));
        var client = Client().Send(Get());
        Fail($"HTTP/1.1 503 X\r\n{header}\r\ncontent-length: 0\r\n\r\n");
        Runtime.Advance(pause - 1000);
        Upstream.Connections.Should().Be(1);

        Runtime.Advance(4000);

        Next("late");
        Answer(client).Body.Should().Be("late");
        Stat("cluster.app.upstream_rq_retry_backoff_ratelimited").Should().Be(1);
    }

    [Test]
    public void Router_ResetHeaderAboveTheMaximum_IsIgnored()
    {
        Start(Retrying("5xx", static policy => policy with { ResetHeaders = [new ResetHeaderConfig("retry-after")], MaxResetInterval = TimeSpan.FromSeconds(4) }));
        var client = Client().Send(Get());
        Fail("HTTP/1.1 503 X\r\nretry-after: 5\r\ncontent-length: 0\r\n\r\n");
        Runtime.Advance(Pause);

        Next("soon");
        Answer(client).Body.Should().Be("soon");
    }

    [TestCase("x-envoy-retry-on: 5xx", 2)]
    [TestCase("x-envoy-retry-on: 5xx\r\nx-envoy-max-retries: 2", 3)]
    [TestCase("x-envoy-retry-on: 5xx\r\nx-envoy-max-retries: 0", 1)]
    [TestCase("x-envoy-retry-on: nonsense", 1)]
    [TestCase("x-envoy-retry-on: retriable-status-codes\r\nx-envoy-retriable-status-codes: 400, 503", 2)]
    [TestCase("x-envoy-retry-on: retriable-headers\r\nx-envoy-retriable-header-names: x-no, x-again", 2)]
    [TestCase("x-envoy-retry-grpc-on: unavailable", 2)]
    public void Router_TrustedClientAsksForRetries_GetsThem(string asked, int tries)
    {
        Start(Table(To("app")), null, static config => config with { InternalRanges = [new CidrRange(IPAddress.Parse("10.0.0.0"), 8)] });
        var client = Client().Send(Get("/", $"x-forwarded-for: 10.0.0.1\r\n{asked}\r\n"));
        for (var i = 0; i < tries; i++)
        {
            var upstream = Upstream.Accept();
            upstream.ReadUntil("\r\n\r\n").Should().NotContain("x-envoy-retr").And.NotContain("x-envoy-max");
            upstream.Send(Closing("HTTP/1.1 503 X\r\nx-again: 1\r\ngrpc-status: 14\r\ncontent-length: 0\r\n\r\n"));
            Runtime.Advance(Pause);
        }

        Answer(client).Head.Should().StartWith("HTTP/1.1 503");
        Upstream.Connections.Should().Be(tries);
    }

    [TestCase("x-envoy-overloaded: true", "5xx", false)]
    [TestCase("x-envoy-ratelimited: true", "5xx", false)]
    [TestCase("x-envoy-ratelimited: true", "envoy-ratelimited", true)]
    public void Router_UpstreamProxyIsFull_IsNotPressedFurther(string header, string on, bool retried)
    {
        Start(Retrying(on));
        Client().Send(Get());
        Fail($"HTTP/1.1 503 X\r\n{header}\r\ncontent-length: 0\r\n\r\n");
        Runtime.Advance(Pause);

        Stat("cluster.app.upstream_rq_retry").Should().Be(retried ? 1 : 0);
    }

    [TestCase("GET", true)]
    [TestCase("DELETE", false)]
    public void Router_RetriableRequestHeaders_LimitRetries(string method, bool retried)
    {
        Start(Retrying("5xx", static policy => policy with
        {
            RetriableRequestHeaders = [new HeaderMatcherConfig(":method") { Text = new StringMatcherConfig(StringMatchKind.Exact, "GET") }],
        }));
        Client().Send($"{method} / HTTP/1.1\r\nhost: a\r\n\r\n");
        Fail(Busy);
        Runtime.Advance(Pause);

        Stat("cluster.app.upstream_rq_retry").Should().Be(retried ? 1 : 0);
    }

    [Test]
    public void Router_RetriableHeaders_AreLookedForInTheAnswer()
    {
        Start(Retrying("retriable-headers", static policy => policy with { RetriableHeaders = [new HeaderMatcherConfig("x-again")] }));
        var client = Client().Send(Get());
        Fail(Ok("first", "x-again: 1\r\n"));
        Runtime.Advance(Pause);

        Next("second");
        Answer(client).Body.Should().Be("second");
    }

    [Test]
    public void Router_AttemptHeaders_TellBothSides()
    {
        var table = Retrying("5xx", static policy => policy with { PerTryTimeout = TimeSpan.FromMilliseconds(100) });
        Start(table with
        {
            VirtualHosts = [table.VirtualHosts[0] with { IncludeRequestAttemptCount = true, IncludeAttemptCountInResponse = true, IncludeIsTimeoutRetryHeader = true }],
        });
        var client = Client().Send(Get());
        Upstream.Accept().ReadUntil("\r\n\r\n").Should().Contain("x-envoy-attempt-count: 1\r\n").And.NotContain("is-timeout-retry");
        Runtime.Advance(110 + Pause - 200);
        var second = Upstream.Accept();
        second.ReadUntil("\r\n\r\n").Should().Contain("x-envoy-attempt-count: 2\r\n").And.Contain("x-envoy-is-timeout-retry: true\r\n");
        second.Send(Ok());

        Answer(client).Head.Should().Contain("x-envoy-attempt-count: 2\r\n");
    }

    [Test]
    public void Router_ClientLeavesBetweenTries_NothingIsSentAnyMore()
    {
        Start(Retrying("5xx"));
        var client = Client().Send(Get());
        Fail(Busy);
        client.Reset();

        Runtime.Advance(Pause);

        Upstream.Connections.Should().Be(1);
    }

    [Test]
    public void Router_ExpectedTimeoutOfATrustedClient_IsTakenWhereConfigured()
    {
        Start(Table(To("app")), new RouterConfig { RespectExpectedTimeout = true }, static config => config with { InternalRanges = [new CidrRange(IPAddress.Parse("10.0.0.0"), 8)] });
        Client().Send(Get("/", "x-forwarded-for: 10.0.0.1\r\nx-envoy-expected-rq-timeout-ms: 450\r\n"));

        Upstream.Accept().ReadUntil("\r\n\r\n").Should().Contain("x-envoy-expected-rq-timeout-ms: 450\r\n");
    }

    private static LocalityEndpointsConfig Hosts(bool otherIsCanary) => new()
    {
        Endpoints =
        [
            new EndpointConfig(AddressConfig.Of(UpstreamAddress.Address, UpstreamAddress.Port)),
            new EndpointConfig(AddressConfig.Of(OtherAddress.Address, OtherAddress.Port))
            {
                Metadata = otherIsCanary ? [KeyValuePair.Create("envoy.lb", """{"canary": true}""")] : [],
            },
        ],
    };

    private static RouteTableConfig Retrying(
        string on, Func<RetryPolicyConfig, RetryPolicyConfig>? change = null, Func<ForwardActionConfig, ForwardActionConfig>? action = null)
    {
        var policy = new RetryPolicyConfig { RetryOn = on };
        policy = change?.Invoke(policy) ?? policy;
        return Table(To("app", "/", forward => (action?.Invoke(forward) ?? forward) with { RetryPolicy = policy }));
    }

    private static string Closing(string answer) => answer.Replace("\r\n\r\n", "\r\nconnection: close\r\n\r\n", StringComparison.Ordinal);

    // Answers so that the next try needs a connection of its own.
    private void Fail(string answer) => Upstream.Accept().Send(Closing(answer));

    private void Next(string body) => Upstream.Accept().Send(Ok(body));
}

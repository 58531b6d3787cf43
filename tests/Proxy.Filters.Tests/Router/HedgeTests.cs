using Proxy.Configuration.Http;
using Proxy.Testing;

namespace Proxy.Filters.Tests.Router;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class HedgeTests : RouterFixture
{
    private const int PerTry = 300;
    private const int Pause = 300; // longer than any pause with the default back-off
    private const string Busy = "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 4\r\n\r\nbusy";

    private TestPeer _client = null!;
    private TestPeer _first = null!;
    private TestPeer _second = null!;

    [TestCase(true)]
    [TestCase(false)]
    public void Hedge_SlowTry_GoesOnBesideTheNextAndTheFirstGoodAnswerWins(bool firstWins)
    {
        HedgeOnce();

        (firstWins ? _first : _second).Send(Ok("winner"));

        Answer(_client).Body.Should().Be("winner");
        (firstWins ? _second : _first).IsOpen.Should().BeFalse("the other try is given up");
        Stat("cluster.app.upstream_rq_retry").Should().Be(1);
        Stat("cluster.app.upstream_rq_per_try_timeout").Should().Be(0, "the try was not ended");
        Log.Should().ContainSingle().Which.Should().StartWith("200 -");
    }

    [Test]
    public void Hedge_Body_IsSentToEachTry()
    {
        Start(Hedging());
        _client = Client().Send(Post("payload"));
        Upstream.Accept().ReadUntil("payload");
        Runtime.Advance(PerTry);
        Runtime.Advance(Pause);

        var second = Upstream.Accept();
        second.ReadUntil("\r\n\r\n").Should().Contain("content-length: 7");
        second.Expect("payload").Send(Ok());

        Answer(_client).Body.Should().Be("ok");
    }

    [Test]
    public void Hedge_SecondTryIsBad_WaitsForTheFirst()
    {
        HedgeOnce();

        _second.Send(Busy);
        Runtime.RunUntilIdle();
        _client.ExpectSilence();
        _first.Send(Ok("first"));

        Answer(_client).Body.Should().Be("first");
    }

    [Test]
    public void Hedge_FirstTryIsBad_WaitsForTheSecond()
    {
        HedgeOnce();

        _first.Send(Busy);
        Runtime.RunUntilIdle();
        _client.ExpectSilence();
        _second.Send(Ok("second"));

        Answer(_client).Body.Should().Be("second");
    }

    [Test]
    public void Hedge_BothAreBad_LastOneIsPassedOn()
    {
        HedgeOnce();

        _second.Send(Busy);
        _first.Send(Busy.Replace("busy", "last", StringComparison.Ordinal));

        Answer(_client).Body.Should().Be("last");
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Hedge_OneTryDies_OtherAnswers(bool firstDies)
    {
        HedgeOnce();

        (firstDies ? _first : _second).Reset();
        Runtime.RunUntilIdle();
        (firstDies ? _second : _first).Send(Ok("left"));

        Answer(_client).Body.Should().Be("left");
    }

    [Test]
    public void Hedge_BothDie_FailsOnce()
    {
        HedgeOnce();

        _second.Reset();
        _first.Reset();
        Runtime.RunUntilIdle();

        Answer(_client).Head.Should().StartWith("HTTP/1.1 503");
        Log.Should().ContainSingle();
    }

    [Test]
    public void Hedge_NobodyAnswersInTime_TimesOutBoth()
    {
        HedgeOnce();

        Runtime.Advance(15_000);

        Answer(_client).Head.Should().StartWith("HTTP/1.1 504");
        Stat("cluster.app.upstream_rq_timeout").Should().Be(2);
        _first.IsOpen.Should().BeFalse();
        _second.IsOpen.Should().BeFalse();
    }

    [Test]
    public void Hedge_AnsweredDuringThePause_StartsNoOtherTry()
    {
        Start(Hedging());
        _client = Client().Send(Get());
        _first = Upstream.Accept();
        Runtime.Advance(PerTry);

        _first.Send(Ok("first"));
        Answer(_client).Body.Should().Be("first");
        Runtime.Advance(Pause);

        Upstream.Connections.Should().Be(1);
    }

    [Test]
    public void Hedge_ClientLeaves_GivesUpBoth()
    {
        HedgeOnce();

        _client.Reset();
        Runtime.RunUntilIdle();

        _first.IsOpen.Should().BeFalse();
        _second.IsOpen.Should().BeFalse();
    }

    [Test]
    public void Hedge_NextRequestOnTheConnection_StartsAfresh()
    {
        HedgeOnce();
        _first.Send(Ok("first"));
        Answer(_client);

        _client.Send(Get("/again"));
        _first.Take();
        _first.Send(Ok("again"));

        Answer(_client).Body.Should().Be("again");
    }

    [TestCase("true", false, true)]
    [TestCase("false", true, false)]
    [TestCase("junk", true, true)]
    public void Hedge_TrustedClient_TurnsItOnAndOff(string header, bool configured, bool hedges)
    {
        Start(Hedging(configured), change: static manager => manager with { UseRemoteAddress = true, InternalRanges = [CidrRangeOfClients] });
        Client().Send(Get("/", $"x-envoy-hedge-on-per-try-timeout: {header}\r\n"));
        var first = Upstream.Accept();
        first.ReadUntil("\r\n\r\n").Should().Contain($"x-envoy-expected-rq-timeout-ms: {(hedges ? 15_000 : PerTry)}\r\n").And.NotContain("x-envoy-hedge");

        Runtime.Advance(PerTry);

        first.IsOpen.Should().Be(hedges);
    }

    private static Proxy.Configuration.CidrRange CidrRangeOfClients => new(System.Net.IPAddress.Parse("9.0.0.0"), 8);

    private static RouteTableConfig Hedging(bool hedges = true)
    {
        return Table(To("app", "/", action => action with
        {
            RetryPolicy = new RetryPolicyConfig { RetryOn = "5xx", PerTryTimeout = TimeSpan.FromMilliseconds(PerTry) }, HedgesOnPerTryTimeout = hedges,
        }));
    }

    private void HedgeOnce()
    {
        Start(Hedging());
        _client = Client().Send(Get());
        _first = Upstream.Accept();
        _first.Take();
        Runtime.Advance(PerTry);
        Runtime.Advance(Pause);
        _second = Upstream.Accept();
        _second.Take();
    }
}

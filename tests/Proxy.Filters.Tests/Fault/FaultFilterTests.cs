using Proxy.Configuration;
using Proxy.Configuration.Filters;
using Proxy.Configuration.Http;
using Proxy.Filters.Http.Fault;
using Proxy.Filters.Tests.Router;
using Proxy.Hosting;

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
    public void Runtime_OverridesWhatIsConfigured()
    {
        var runtime = new RuntimeSnapshot([]);
        var delay = new FaultDelayConfig(TimeSpan.FromSeconds(1), All);
        var model = FaultModel.Compile(new FaultConfig { Abort = new FaultAbortConfig(418, new FractionConfig(100, 100, "percent")), Delay = delay }, runtime);
        (model.AbortStatus, model.IsAborted(0), model.DelayMilliseconds).Should().Be((418, true, 1000));

        runtime.Replace([new RuntimeValue("percent", "0"), new RuntimeValue("fault.http.abort.http_status", "404"), new RuntimeValue("fault.http.delay.fixed_duration_ms", "5")]);
        (model.AbortStatus, model.IsAborted(0), model.DelayMilliseconds).Should().Be((404, false, 5));
        runtime.Replace([new RuntimeValue("fault.http.abort.http_status", "999")]);

        model.AbortStatus.Should().Be(418, "999 is no status");
    }

    [TestCase(199)]
    [TestCase(600)]
    public void Compile_StatusOutOfRange_IsRefused(int status)
    {
        var act = () => FaultModel.Compile(new FaultConfig { Abort = new FaultAbortConfig(status, All) }, RuntimeSnapshot.Empty);

        act.Should().Throw<ConfigException>().Which.Faults.Should().ContainSingle().Which.Path.Should().Be("abort.http_status");
    }

    private void Start(FaultConfig fault) =>
        Start(Table(To("app")), null, config => config with { Filters = [new FilterConfig("fault", fault), .. config.Filters] });

    private long Active() => Store.Snapshot().Single(static group => group.Prefix == "http.in.fault.").Shards.ToArray().Sum(static shard => shard?.Read(FaultModel.Active) ?? 0);
}

using Proxy.Testing;

namespace Proxy.Filters.Tests.TcpProxy;

public sealed class TcpProxyTimeTests : TcpProxyFixture
{
    private TestUpstream _upstream = null!;

    [SetUp]
    public void Start()
    {
        _upstream = TestUpstream.Listen(Runtime, A);
        Cluster("app", A);
    }

    [Test]
    public void Idle_NothingMoves_BothSidesAreClosed()
    {
        Listen(ToApp with { IdleTimeout = TimeSpan.FromSeconds(10) });
        var client = Connect();
        var server = _upstream.Accept();
        Runtime.Advance(6_000);
        client.Send("a");
        Runtime.Advance(6_000);
        server.Send("b");
        Runtime.Advance(9_999);
        client.IsOpen.Should().BeTrue("bytes of either direction count");

        Runtime.Advance(2);

        client.ExpectEnd();
        server.ExpectEnd();
        Stat("tcp.t.idle_timeout").Should().Be(1);
        Log.Lines.Single().Should().StartWith("TcpConnectionEnd|None|1|1|");
    }

    [Test]
    public void Idle_NoTimeout_StaysForEver()
    {
        Listen(ToApp with { IdleTimeout = null });
        var client = Connect();

        Runtime.Advance(TimeSpan.FromDays(2));

        client.IsOpen.Should().BeTrue();
    }

    [Test]
    public void Idle_Default_IsAnHour()
    {
        Listen();
        var client = Connect();
        Runtime.Advance(TimeSpan.FromMinutes(59));
        client.IsOpen.Should().BeTrue();

        Runtime.Advance(TimeSpan.FromMinutes(2));

        client.ExpectEnd();
    }

    [Test]
    public void Idle_ClientStopsReading_EndsTheFlushAndFreesTheMemory()
    {
        Listen(ToApp with { IdleTimeout = TimeSpan.FromSeconds(10) });
        var client = Connect();
        client.PauseReading();
        _upstream.Accept().Send(new byte[200_000]).Close();
        Accepted.Single().PendingBytes.Should().BeGreaterThan(0);
        Runtime.Advance(9_000);
        client.Connection.IsReadDisabled.Should().BeTrue();
        Stat("tcp.t.idle_timeout").Should().Be(0);

        Runtime.Advance(20_000);

        Accepted.Single().PendingBytes.Should().Be(0);
        Stat("tcp.t.idle_timeout").Should().Be(1);
        Log.Lines.Should().ContainSingle();
    }

    [Test]
    public void MaxDuration_ConnectionInUse_IsClosed()
    {
        Listen(ToApp with { MaxConnectionDuration = TimeSpan.FromSeconds(1) });
        var client = Connect();
        var server = _upstream.Accept();
        Runtime.Advance(999);
        client.Send("a");
        server.Expect("a");

        Runtime.Advance(2);

        client.ExpectEnd();
        server.ExpectEnd();
        Stat("tcp.t.max_downstream_connection_duration").Should().Be(1);
        Log.Lines.Single().Should().StartWith("TcpConnectionEnd|DurationTimeout|1|0|");
    }

    [Test]
    public void MaxDuration_WithJitter_EndsConnectionsApart()
    {
        Listen(ToApp with { MaxConnectionDuration = TimeSpan.FromSeconds(10), MaxConnectionDurationJitter = 50 });
        var clients = Enumerable.Range(0, 20).Select(_ => Connect()).ToList();

        Runtime.Advance(9_900);
        clients.Should().AllSatisfy(static client => client.IsOpen.Should().BeTrue());
        Runtime.Advance(2_600);
        clients.Count(static client => client.IsOpen).Should().BeInRange(1, 19);
        Runtime.Advance(2_600);
        clients.Should().AllSatisfy(static client => client.IsOpen.Should().BeFalse());
    }

    [Test]
    public void Log_InIntervalsAndOnEvents_TellsHowFarItIs()
    {
        Listen(ToApp with { LogOnStart = true, LogOnConnected = true, AccessLogFlushInterval = TimeSpan.FromSeconds(4) });
        var client = Connect();
        var server = _upstream.Accept();
        client.Send("12345");
        server.Send("12345");
        Runtime.Advance(10_000);
        client.Send("678");
        server.Send("678");
        client.Reset();
        Runtime.Advance(10_000);

        Log.Lines.Select(line => string.Join('|', line.Split('|')[..6])).Should().Equal(
            "TcpConnectionStart|None|0|0|0|0",
            "TcpUpstreamConnected|None|0|0|0|0",
            "TcpPeriodic|None|5|5|5|5",
            "TcpPeriodic|None|5|5|5|5",
            "TcpConnectionEnd|None|8|8|8|8");
    }
}

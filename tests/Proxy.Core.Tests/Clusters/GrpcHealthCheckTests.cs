using Proxy.Clusters.Health;
using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Configuration.Http;
using Proxy.Core.Tests.Http.H2;
using Proxy.Http.H2;
using Proxy.Http.H2.Hpack;
using Proxy.Stats;
using Proxy.Testing;

namespace Proxy.Core.Tests.Clusters;

/// <summary>Health checks over HTTP/2: calls of the gRPC health service, and plain requests. The test is the host, frame by frame.</summary>
[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class GrpcHealthCheckTests : ClusterFixture
{
    private const string Serving = "\0\0\0\0\u0002\b\u0001";
    private const string Head = ":status: 200|content-type: application/grpc";

    private readonly TestUpstream _upstream;
    private readonly HpackDecoder _decoder = new();
    private TestPeer? _peer;
    private int _stream;

    public GrpcHealthCheckTests()
    {
        _upstream = TestUpstream.Listen(Runtime, A);
    }

    [Test]
    public void Call_Looks_AsEnvoys()
    {
        var edits = new HeaderEditsConfig { RequestAdditions = [new HeaderAddition("x-hc", "1")] };
        Start(new GrpcHealthProbeConfig { ServiceName = "app", Authority = "hc.test", Edits = edits });

        var frames = Asked();

        Fields(frames.Single(static frame => frame.Type == FrameType.Headers)).Should().Be(
            ":method: POST|:path: /grpc.health.v1.Health/Check|:authority: hc.test|:scheme: http|te: trailers|content-type: application/grpc|"
            + "user-agent: Envoy/HC|x-hc: 1|grpc-timeout: 400m");
        var data = frames.Single(static frame => frame.Type == FrameType.Data);
        data.Payload.Should().Equal(0, 0, 0, 0, 5, (1 << 3) | 2, 3, (byte)'a', (byte)'p', (byte)'p');
        data.EndStream.Should().BeTrue();
    }

    [TestCase(Serving, "grpc-status: 0", true)]
    [TestCase("\0\0\0\0\0" + Serving, "grpc-status: 0", true)]
    [TestCase("\0\0\0\0\u0008\u0012\u0002xy\b\u0001\u0018\u0007", "grpc-status: 0", true)]
    [TestCase("\0\0\0\0\u0002\b\u0002", "grpc-status: 0", false)]
    [TestCase("\0\0\0\0\u0002\u0010\u0001", "grpc-status: 0", false)]
    [TestCase("\0\0\0\0\0", "grpc-status: 0", false)]
    [TestCase("", "grpc-status: 0", false)]
    [TestCase(Serving, "grpc-status: 14", false)]
    [TestCase(Serving, "x: y", false)]
    public void Answer_MessageAndStatus_Decide(string body, string trailers, bool healthy)
    {
        Start();
        Asked();

        Send(Frames.Headers(_stream, Head, endStream: false), Frames.Data(_stream, body), Frames.Headers(_stream, trailers));

        IsHealthy().Should().Be(healthy);
        Health("attempt").Should().Be(1);
        Health(healthy ? "success" : "failure").Should().Be(1);
        Health("network_failure").Should().Be(0);
    }

    [TestCase(":status: 503|content-type: application/grpc", "")]
    [TestCase(":status: 200|content-type: text/plain", "")]
    [TestCase(Head, "\u0001\0\0\0\u0002\b\u0001")]
    [TestCase(Head, "\0\0\0\u0005\0")]
    [TestCase(Head, "\0\0\0\0\u0002\bx" + Serving)]
    [TestCase(Head, Serving + Serving)]
    [TestCase(Head, "\0\0\0\0\u0002\u0009\u0001")]
    public void Answer_ThatIsNone_FailsBeforeItsEnd_AndIsGivenUp(string head, string body)
    {
        Start();
        Asked();

        Send(Frames.Headers(_stream, head, endStream: false), Frames.Data(_stream, body));

        Health("failure").Should().Be(1);
        Frames.Parse(_peer!.Received).Should().Contain(frame => frame.Type == FrameType.Reset && frame.StreamId == _stream);
        _peer.IsOpen.Should().BeTrue();
    }

    [TestCase(":status: 200|content-type: application/grpc|grpc-status: 12", true)]
    [TestCase(":status: 503", true)]
    public void Answer_WithoutABody_Fails(string head, bool end)
    {
        Start();
        Asked();

        Send(Frames.Headers(_stream, head, end));

        Health("failure").Should().Be(1);
    }

    [Test]
    public void Answer_EndsWithoutTrailers_Fails()
    {
        Start();
        Asked();

        Send(Frames.Headers(_stream, Head, endStream: false), Frames.Data(_stream, Serving, endStream: true));

        IsHealthy().Should().BeFalse();
    }

    [Test]
    public void Connection_IsKept_AlsoWhenAnAnswerIsLate()
    {
        Start();
        Asked();
        Serve();
        Next();

        Runtime.Advance(400);
        Health("network_failure").Should().Be(1);
        IsHealthy().Should().BeFalse();
        Frames.Parse(_peer!.Received).Should().Contain(frame => frame.Type == FrameType.Reset && frame.StreamId == _stream);
        _peer.Take();
        Next();
        Serve();

        IsHealthy().Should().BeTrue();
        _upstream.Connections.Should().Be(1);
    }

    [Test]
    public void Connection_HostGoesAway_IsNotUsedAgain()
    {
        Start();
        Asked();
        Serve();
        Send(Frames.Of(FrameType.GoAway, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0));

        Runtime.Advance(1_000);
        _peer = null;
        Asked();
        Serve();

        Health("success").Should().Be(2);
        Health("failure").Should().Be(0);
        _upstream.Connections.Should().Be(2);
    }

    [Test]
    public void Stream_HostResetsIt_IsANetworkFailure()
    {
        Start();
        Asked();

        Send(Frames.Reset(_stream));

        Health("network_failure").Should().Be(1);
    }

    [Test]
    public void Call_LongerThanTheWindow_IsGivenUpWithWhatWaits()
    {
        Start(new GrpcHealthProbeConfig { ServiceName = new string('n', 70_000) }, reuses: false);
        Asked();

        Runtime.Advance(400);

        Health("network_failure").Should().Be(1);
        _peer!.IsOpen.Should().BeFalse(); // the fixture sees to it that no buffer is left behind
    }

    [Test]
    public void Http_OverHttp2_AsksAndBelievesTheStatus()
    {
        Start(new HttpHealthProbeConfig("/hc") { Host = "hc.test", UsesHttp2 = true });

        var head = Asked().Single(static frame => frame.Type == FrameType.Headers);
        Send(Frames.Headers(_stream, ":status: 200"));

        head.EndStream.Should().BeTrue();
        Fields(head).Should().Be(":method: GET|:authority: hc.test|:path: /hc|:scheme: http|user-agent: Envoy/HC");
        IsHealthy().Should().BeTrue();
    }

    [Test]
    public void Record_GrpcInAClusterOfHttp1_IsRefused()
    {
        var act = () => Add(Config(A) with { HealthCheck = Check(new GrpcHealthProbeConfig()) });

        act.Should().Throw<ConfigException>().Which.Faults.Should().ContainSingle().Which.Message.Should().Be("only in clusters that speak HTTP/2");
    }

    [Test]
    public void Request_LongName_HasALengthOfTwoBytes()
    {
        var request = GrpcHealthMessages.Request(new string('n', 300));

        request[..8].Should().Equal(0, 0, 0, 1, 47, 10, 0xAC, 2);
        request.Should().HaveCount(308);
    }

    private static HealthCheckConfig Check(HealthProbeConfig probe) => new(probe)
    {
        Timeout = TimeSpan.FromMilliseconds(400),
        Interval = TimeSpan.FromSeconds(1),
        NoTrafficInterval = TimeSpan.FromSeconds(1),
        UnhealthyThreshold = 1,
        HealthyThreshold = 1,
    };

    private void Start(HealthProbeConfig? probe = null, bool reuses = true)
    {
        Add(Config(A) with
        {
            HealthCheck = Check(probe ?? new GrpcHealthProbeConfig()) with { ReuseConnection = reuses },
            UpdateMergeWindow = TimeSpan.Zero,
            Http = new UpstreamHttpConfig { Protocol = UpstreamProtocol.Http2 },
        });
        Runtime.RunUntilIdle();
    }

    // What the host was sent; the first time with the preface, which it answers.
    private List<Frame> Asked()
    {
        if (_peer is null)
        {
            _peer = _upstream.Accept();
            _peer.Take("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".Length);
            _peer.Send(Frames.Settings());
        }

        var frames = Frames.Parse(_peer.Received);
        _peer.Take();
        _stream = frames.Single(static frame => frame.Type == FrameType.Headers).StreamId;
        return frames;
    }

    private void Next()
    {
        Runtime.Advance(1_000);
        Asked();
    }

    private void Serve() => Send(Frames.Headers(_stream, Head, endStream: false), Frames.Data(_stream, Serving), Frames.Headers(_stream, "grpc-status: 0"));

    private void Send(params byte[][] frames)
    {
        _peer!.Send(frames.SelectMany(static frame => frame).ToArray());
        Runtime.RunUntilIdle();
    }

    private string Fields(Frame frame)
    {
        var log = new FieldLog();
        _decoder.TryDecode(frame.Payload, log).Should().BeTrue();
        return log.Take();
    }

    private bool IsHealthy() => Manager.Clusters.Single().Hosts.All.Single().IsHealthy;

    private long Health(string name)
    {
        var group = Stats.Snapshot().Single(static group => group.Prefix == "cluster.c.health_check.");
        return group.Shards.ToArray().OfType<StatShard>().Sum(shard => shard.Read(new CounterId(group.Schema.Counters.ToList().IndexOf(name))));
    }
}

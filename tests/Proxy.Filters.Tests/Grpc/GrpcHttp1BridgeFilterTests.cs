using Proxy.Configuration.Filters;

namespace Proxy.Filters.Tests.Grpc;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class GrpcHttp1BridgeFilterTests : GrpcFixture
{
    [Test]
    public void Answer_WaitsForItsTrailersAndCarriesThemInTheHead()
    {
        StartWith(new GrpcHttp1BridgeConfig());
        var client = Client().Send(Call("/s/ok", "application/grpc"));
        Upstream.Accept().Send(Reply(Message, "grpc-status: 0\r\n"));

        var (head, body) = Answer(client);

        head.Should().StartWith("HTTP/1.1 200").And.Contain("grpc-status: 0\r\n").And.Contain("content-length: 8\r\n").And.NotContain("transfer-encoding");
        body.Should().Be(Message);
        Stat("cluster.app.grpc.s.ok.success").Should().Be(1);
    }

    [Test]
    public void Call_Fails_IsA503()
    {
        StartWith(new GrpcHttp1BridgeConfig());
        var client = Client().Send(Call("/s/bad", "application/grpc"));
        Upstream.Accept().Send(Reply("", "grpc-status: 5\r\ngrpc-message: not there\r\n"));

        var (head, body) = Answer(client);

        head.Should().StartWith("HTTP/1.1 503").And.Contain("grpc-status: 5\r\n").And.Contain("grpc-message: not there\r\n").And.Contain("content-length: 0\r\n");
        body.Should().BeEmpty();
    }

    [Test]
    public void Call_FailsByAHeadOnly_IsA503()
    {
        StartWith(new GrpcHttp1BridgeConfig());
        var client = Client().Send(Call("/s/bad", "application/grpc"));
        Upstream.Accept().Send(HeadOnly("grpc-status: 14\r\n"));

        Answer(client).Head.Should().StartWith("HTTP/1.1 503").And.Contain("grpc-status: 14\r\n");
        Stat("cluster.app.grpc.s.bad.failure").Should().Be(1);
    }

    [Test]
    public void Protobuf_IsFramedAndUnframed()
    {
        StartWith(new GrpcHttp1BridgeConfig { UpgradeProtobuf = true });
        var client = Client().Send(Call("/s/ok", "application/x-protobuf", "hi!"));
        var upstream = Upstream.Accept();
        var request = upstream.ReadUntil("\r\n\r\n");
        request.Should().Contain("content-type: application/grpc\r\n").And.Contain("te: trailers\r\n").And.NotContain("content-length");
        upstream.Expect("8\r\n\0\0\0\0\u0003hi!\r\n0\r\n\r\n");
        upstream.Send(Reply(Message, "grpc-status: 0\r\n"));

        var (head, body) = Answer(client);

        head.Should().Contain("content-type: application/x-protobuf\r\n").And.Contain("grpc-status: 0\r\n");
        body.Should().Be("abc");
    }

    [Test]
    public void Protobuf_TooLarge_IsRefused()
    {
        StartWith(new GrpcHttp1BridgeConfig { UpgradeProtobuf = true });
        var client = Client().Send(Call("/s/ok", "application/x-protobuf", new string('x', 1024 * 1024)));

        Answer(client).Head.Should().Contain("grpc-message: Payload Too Large\r\n");
    }

    [Test]
    public void Protobuf_NotToBeUpgraded_PassesUnchanged()
    {
        StartWith(new GrpcHttp1BridgeConfig());
        Client().Send(Call("/s/ok?q", "application/x-protobuf", "hi!"));

        Upstream.Accept().ReadUntil("hi!").Should().StartWith("POST /s/ok?q ").And.Contain("content-type: application/x-protobuf\r\n");
    }

    [Test]
    public void Query_IsTakenOffWhereItIsNotWanted()
    {
        StartWith(new GrpcHttp1BridgeConfig { IgnoreQueryParameters = true });
        Client().Send(Call("/s/ok?q=1", "application/grpc"));

        Upstream.Accept().ReadUntil("\r\n\r\n").Should().StartWith("POST /s/ok HTTP/1.1\r\n");
    }
}

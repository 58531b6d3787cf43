using Proxy.Configuration.Filters;
using Proxy.Testing;

namespace Proxy.Filters.Tests.Grpc;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class GrpcWebFilterTests : GrpcFixture
{
    private const string Binary = "application/grpc-web+proto";
    private const string Text = "application/grpc-web-text";
    private const string AcceptText = "accept: application/grpc-web-text\r\n";
    private const string Trailers = "\u0080\0\0\0\u0016grpc-status:0\r\nx-t:v\r\n";

    [Test]
    public void Binary_GoesAsGrpcAndComesWithTrailersInTheBody()
    {
        StartWith(new GrpcWebConfig());
        var client = Client().Send(Call("/s/ok", Binary));

        var upstream = Upstream.Accept();
        var request = upstream.ReadUntil("\r\n\r\n");
        upstream.Send(Reply(Message, "grpc-status: 0\r\nx-t: v\r\n"));

        request.Should().Contain("content-type: application/grpc\r\n").And.Contain("te: trailers\r\n").And.Contain("grpc-accept-encoding: identity\r\n")
            .And.NotContain("content-length");
        var (head, body) = Chunked(client);
        head.Should().Contain("content-type: application/grpc-web+proto\r\n");
        body.Should().Be(Message + Trailers);
        Stat("cluster.app.grpc-web.s.ok.success").Should().Be(1);
        Stat("cluster.app.grpc-web.s.ok.total").Should().Be(1);
    }

    [Test]
    public void Text_IsDecodedAndEachMessageEncodedOnItsOwn()
    {
        StartWith(new GrpcWebConfig());
        var client = Client().Send(Call("/s/ok", Text, Base64(Message), AcceptText));

        var upstream = Upstream.Accept();
        upstream.ReadUntil("\r\n\r\n");
        Body(upstream).Should().Be(Message);
        upstream.Send(Reply(Message, "grpc-status: 0\r\nx-t: v\r\n"));

        var (head, body) = Chunked(client);
        head.Should().Contain("content-type: application/grpc-web-text+proto\r\n");
        body.Should().Be(Base64(Message) + Base64(Trailers));
    }

    [Test]
    public void Text_InPiecesOfEverySize_IsTheSame()
    {
        const string messages = Message + "\0\0\0\0\0" + "\0\0\0\0\u0005world";
        for (var size = 1; size < 12; size++)
        {
            using var test = new GrpcWebFilterTests();
            test.ReplyInPieces(messages, size);
        }
    }

    [Test]
    public void Text_PaddedInTheMiddle_IsTwoMessages()
    {
        StartWith(new GrpcWebConfig());
        Client().Send(Call("/s/ok", Text, Base64(Message) + Base64(Message)));

        var upstream = Upstream.Accept();
        upstream.ReadUntil("\r\n\r\n");

        Body(upstream).Should().Be(Message + Message);
    }

    [TestCase("AAA")]
    [TestCase("AAAA A==")]
    [TestCase("AA=A")]
    [TestCase("!!!!")]
    public void Text_IsNoBase64_IsRefused(string body)
    {
        StartWith(new GrpcWebConfig());
        var client = Client().Send(Call("/s/ok", Text, body));

        var (head, _) = Answer(client);

        head.Should().StartWith("HTTP/1.1 200").And.Contain("grpc-status: 13\r\n").And.Contain("grpc-message: Bad gRPC-web request, invalid base64 data.\r\n");
        Log.Should().ContainSingle().Which.Should().EndWith("grpc_base_64_decode_failed");
    }

    [Test]
    public void Answer_OfAHeadOnly_KeepsItsStatus()
    {
        StartWith(new GrpcWebConfig());
        var client = Client().Send(Call("/s/bad", Binary));
        Upstream.Accept().Send(HeadOnly("grpc-status: 7\r\ngrpc-message: no\r\n"));

        var (head, body) = Answer(client);

        head.Should().Contain("content-type: application/grpc-web+proto\r\n").And.Contain("grpc-status: 7\r\n").And.Contain("grpc-message: no\r\n");
        body.Should().BeEmpty();
        Stat("cluster.app.grpc-web.s.bad.failure").Should().Be(1);
    }

    [Test]
    public void Answer_WithoutGrpc_BecomesAStatusWithItsText()
    {
        StartWith(new GrpcWebConfig());
        var client = Client().Send(Call("/s/bad", Binary));
        Upstream.Accept().Send("HTTP/1.1 503 No\r\ncontent-type: text/html\r\ncontent-length: 9\r\n\r\n<b>no</b>");

        var (head, body) = Answer(client);

        head.Should().StartWith("HTTP/1.1 503").And.Contain("grpc-status: 14\r\n").And.Contain("grpc-message: <b>no</b>\r\n").And.Contain("content-type: application/grpc-web+proto\r\n");
        body.Should().BeEmpty();
    }

    [Test]
    public void Answer_WithoutGrpcAndLong_LendsTheBeginning()
    {
        StartWith(new GrpcWebConfig());
        var client = Client().Send(Call("/s/bad", Binary));
        Upstream.Accept().Send($"HTTP/1.1 500 No\r\ncontent-length: 40000\r\n\r\n{new string('x', 40_000)}");

        var (head, body) = Answer(client);

        head.Should().Contain($"grpc-message: {new string('x', 16 * 1024)}\r\n");
        body.Should().BeEmpty();
    }

    [Test]
    public void OtherRequests_PassUnchanged()
    {
        StartWith(new GrpcWebConfig());
        var client = Client().Send(Call("/s/ok", "application/json", "{}"));
        var upstream = Upstream.Accept();
        upstream.ReadUntil("\r\n\r\n{}").Should().Contain("content-type: application/json\r\n").And.NotContain("te:");
        upstream.Send(Ok());

        Answer(client).Body.Should().Be("ok");
    }

    private static string Base64(string text) => Convert.ToBase64String([.. text.Select(static c => (byte)c)]);

    private static string Body(TestPeer upstream)
    {
        var body = "";
        while (Convert.ToInt32(upstream.ReadUntil("\r\n").TrimEnd(), 16) is > 0 and var length)
        {
            body += upstream.Take(length);
            upstream.ReadUntil("\r\n");
        }

        return body;
    }

    private void ReplyInPieces(string messages, int size)
    {
        StartWith(new GrpcWebConfig());
        var client = Client().Send(Call("/s/ok", Text, Base64(Message), AcceptText));
        var upstream = Upstream.Accept();
        upstream.Send("HTTP/1.1 200 OK\r\ncontent-type: application/grpc\r\ntransfer-encoding: chunked\r\n\r\n");
        foreach (var piece in messages.Chunk(size))
        {
            upstream.Send($"{piece.Length:x}\r\n{new string(piece)}\r\n");
        }

        upstream.Send("0\r\ngrpc-status: 0\r\nx-t: v\r\n\r\n");

        Chunked(client).Body.Should().Be(Base64(Message) + Base64("\0\0\0\0\0") + Base64("\0\0\0\0\u0005world") + Base64(Trailers), "pieces of {0}", size);
    }
}

using Proxy.Configuration;
using Proxy.Configuration.Http;
using Proxy.Http;
using Proxy.Streams;

namespace Proxy.Filters.Tests.HttpConnectionManager;

/// <summary>What configuration makes of local replies.</summary>
[TestFixture]
public sealed class LocalReplyTests : ManagerFixture
{
    private static readonly AccessLogFilterConfig Teapots = new StatusCodeLogFilter(ComparisonOperator.Equal, 418);

    [Test]
    public void Mapper_FilterSaysYes_ChangesStatusBodyAndHeaders()
    {
        var mapper = new LocalReplyMapperConfig(Teapots) { Status = 422, Body = "changed", Additions = [new HeaderAddition("x-was", "%RESPONSE_CODE% %REQ(:path)%")] };

        var (head, body) = Ask(418, mapper);

        head.Should().StartWith("HTTP/1.1 422 ").And.Contain("\r\nx-was: 422 /\r\n").And.Contain("\r\ncontent-type: text/plain\r\n");
        body.Should().Be("changed");
        AccessLog.Lines[^1].Should().StartWith("422 ");
    }

    [TestCase(400, true)]
    [TestCase(403, false)]
    public void Reply_400_ClosesTheConnectionAsNoOther(int status, bool closes)
    {
        Ask(status, []).Head.Contains("\r\nconnection: close\r\n", StringComparison.Ordinal).Should().Be(closes);
    }

    [Test]
    public void Mapper_FilterSaysNo_ChangesNothing()
    {
        var (head, body) = Ask(503, new LocalReplyMapperConfig(Teapots) { Status = 422, Body = "changed" });

        head.Should().StartWith("HTTP/1.1 503 ");
        body.Should().Be("text");
    }

    [Test]
    public void Mapper_Several_FirstThatMatchesIsUsed()
    {
        var any = new StatusCodeLogFilter(ComparisonOperator.GreaterOrEqual, 400);

        Ask(418, new LocalReplyMapperConfig(any) { Body = "first" }, new LocalReplyMapperConfig(Teapots) { Status = 422, Body = "second" }).Body.Should().Be("first");
    }

    [Test]
    public void Mapper_OwnFormat_WinsOverTheCommonOneAndSeesTheNewBody()
    {
        var mapper = new LocalReplyMapperConfig(Teapots)
        {
            Body = "new",
            Format = new LocalReplyFormatConfig(new LogFormatConfig { Text = "<%LOCAL_REPLY_BODY%>" }, "text/html"),
        };
        var common = new LocalReplyFormatConfig(new LogFormatConfig { Json = new JsonFormatObject([new("b", new JsonFormatText("%LOCAL_REPLY_BODY%"))]) });

        var (head, body) = Ask(418, common, mapper);
        head.Should().Contain("\r\ncontent-type: text/html\r\n");
        body.Should().Be("<new>");

        (head, body) = Ask(500, common, mapper);
        head.Should().Contain("\r\ncontent-type: application/json\r\n");
        body.Should().Be("{\"b\":\"text\"}\n");
    }

    [Test]
    public void Mapper_SetsContentType_KeepsIt()
    {
        var mapper = new LocalReplyMapperConfig(Teapots)
        {
            Format = new LocalReplyFormatConfig(new LogFormatConfig { Text = "x" }),
            Additions = [new HeaderAddition("content-type", "text/odd") { Action = HeaderAppendAction.OverwriteIfExistsOrAdd }],
        };

        Ask(418, mapper).Head.Should().Contain("\r\ncontent-type: text/odd\r\n");
    }

    [Test]
    public void Mapper_GrpcRequest_StatusIsMappedAfterTheChange()
    {
        Serve(418, null, new LocalReplyMapperConfig(Teapots) { Status = 403, Body = "no" });

        var head = Connect().Send(Get(more: "content-type: application/grpc\r\n")).ReadUntil("\r\n\r\n");

        head.Should().StartWith("HTTP/1.1 200 ").And.Contain("\r\ngrpc-status: 7\r\n").And.Contain("\r\ngrpc-message: no\r\n");
    }

    [Test]
    public void Mapper_RefusedHead_IsChangedToo()
    {
        Serve(418, null, new LocalReplyMapperConfig(new StatusCodeLogFilter(ComparisonOperator.Equal, 400)) { Status = 422, Body = "bad" });

        Connect().Send("BROKEN\r\n\r\n").ReadUntil("bad").Should().StartWith("HTTP/1.1 422 ");
    }

    private (string Head, string Body) Ask(int status, params LocalReplyMapperConfig[] mappers) => Ask(status, null, mappers);

    private (string Head, string Body) Ask(int status, LocalReplyFormatConfig? format, params LocalReplyMapperConfig[] mappers)
    {
        Serve(status, format, mappers);
        return Response(Connect().Send(Get()));
    }

    private int _status;

    private void Serve(int status, LocalReplyFormatConfig? format, params LocalReplyMapperConfig[] mappers)
    {
        _status = status;
        if (Accepted.Count == 0)
        {
            Listen(Config(config => config with { LocalReplyFormat = format, LocalReplyMappers = mappers.ToConfigList() }), () => new Refuser(this));
        }
    }

    private sealed class Refuser(LocalReplyTests test) : HttpFilter
    {
        public override HeadersStatus OnRequestHeaders(HeaderMap headers, bool endStream)
        {
            Callbacks.SendLocalReply(test._status, "text"u8, "refused");
            return HeadersStatus.StopIteration;
        }
    }
}

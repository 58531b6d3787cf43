namespace Proxy.Core.Tests.Http.H1;

/// <summary>Requests whose end two parsers could see in different places: none may pass.</summary>
public sealed class SmugglingTests
{
    private const string Post = "POST / HTTP/1.1\r\nHost: a\r\n";
    private const string Next = "GET /smuggled HTTP/1.1\r\nHost: s\r\n\r\n";

    private static readonly string[] Heads =
    [
        "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\n",
        "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
        "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        "Content-Length: 5, 5\r\n\r\nhello",
        "Content-Length: +5\r\n\r\nhello",
        "Content-Length: -5\r\n\r\nhello",
        "Content-Length: 0x5\r\n\r\nhello",
        "Content-Length: 5 5\r\n\r\nhello",
        "Content-Length:\r\n\r\nhello",
        "Content-Length: 18446744073709551616\r\n\r\nhello",
        "Content-Length : 5\r\n\r\nhello",
        " Content-Length: 5\r\n\r\nhello",
        "Content-Length:\r\n 5\r\n\r\nhello",
        "X: y\rContent-Length: 5\r\n\r\nhello",
        "X: y\nContent-Length: 5\r\n\r\nhello",
        "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: identity\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked;q=1\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding\u0000: chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding:\u000bchunked\r\n\r\n0\r\n\r\n",
        "Host: b\r\n\r\n",
    ];

    private static readonly string[] Bodies =
    [
        "5\nhello\r\n0\r\n\r\n",
        "5\r\nhello\n0\r\n\r\n",
        "5\r\nhello0\r\n\r\n",
        "5\r\nhelloXX\r\n0\r\n\r\n",
        "5 junk\r\nhello\r\n0\r\n\r\n",
        "5;\nx\r\nhello\r\n0\r\n\r\n",
        "5;\rx\r\nhello\r\n0\r\n\r\n",
        "0x5\r\nhello\r\n0\r\n\r\n",
        "+5\r\nhello\r\n0\r\n\r\n",
        "-5\r\nhello\r\n0\r\n\r\n",
        "5_\r\nhello\r\n0\r\n\r\n",
        " 5\r\nhello\r\n0\r\n\r\n",
        "\r\n5\r\nhello\r\n0\r\n\r\n",
        "10000000000000005\r\nhello\r\n0\r\n\r\n",
        "5\r\nhello\r\n0\n\r\n",
        "5\r\nhello\r\n0\r\n\n",
        "5\r\nhello\r\n0\r\nX\r\n",
        "5\r\nhello\r\n0\r\n X: y\r\n\r\n",
        "5\r\nhello\r\n0\r\nX: y\nZ: w\r\n\r\n",
        "5\r\nhello\r\n0\r\n:path: /x\r\n\r\n",
    ];

    [TestCaseSource(nameof(Heads))]
    public void Head_ThatCanBeReadTwoWays_IsRefusedAndNothingBehindItIsServed(string head)
    {
        var server = new ServerHarness { Answer = ServerHarness.AnswerOk }.Send(Post + head + Next);

        server.Requests.Should().ContainSingle().Which.HasHead.Should().BeFalse();
        server.Last.Error.IsError.Should().BeTrue();
        server.Codec.ShouldClose.Should().BeTrue();
    }

    [TestCaseSource(nameof(Bodies))]
    public void ChunkedBody_ThatCanBeReadTwoWays_IsNeverCompleteAndNothingBehindItIsServed(string body)
    {
        var server = new ServerHarness { Answer = ServerHarness.AnswerOk }.Send(Post + "Transfer-Encoding: chunked\r\n\r\n" + body + Next);

        server.Requests.Should().ContainSingle().Which.Complete.Should().BeFalse();
        server.Last.Error.Details.Should().Be("http1.codec_error");
        server.Codec.ShouldClose.Should().BeTrue();
    }
}

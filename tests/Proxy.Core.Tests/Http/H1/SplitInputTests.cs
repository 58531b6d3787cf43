using System.Text;
using Proxy.Http.H1;

namespace Proxy.Core.Tests.Http.H1;

/// <summary>However the bytes arrive, the events are the same.</summary>
public sealed class SplitInputTests
{
    private static readonly Http1ServerOptions WithTrailers = new() { EnableTrailers = true, AcceptHttp10 = true };

    private static readonly string[] Requests =
    [
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "\r\n\r\nGET /a?b HTTP/1.1\r\nX-A: 1 \r\nHost: a\r\nx-b:\t2\r\n\r\nGET /b HTTP/1.1\r\nHost: b\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhelloGET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n00a \r\n0123456789\r\n0\r\nx-t: v\r\nx-u: w\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET http://u@h.test:81/p?q HTTP/1.1\r\nHost: other\r\n\r\n",
        "CONNECT h:1 HTTP/1.1\r\nHost: h\r\n\r\nraw\r\n\r\n",
        "GET / HTTP/1.0\r\nHost: a\r\n\r\n",
        "GET /\r\nrest",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloX\r\n0\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\nX: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\rX: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
    ];

    private static readonly string[] Responses =
    [
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX: 1\r\n\r\nhello",
        "HTTP/1.1 103 X\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nx-t: v\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\nuntil the end",
        "HTTP/1.1 204 No\r\n\r\n",
        "HTTP/1.0 404\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloX\r\n0\r\nx: y\n\r\n",
        "HTTP/1.1 200 OK\r\nX: y\nContent-Length: 1\r\n\r\nz",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokX",
        "nonsense\r\n\r\n",
    ];

    [TestCaseSource(nameof(Requests))]
    public void Request_SplitAnywhere_GivesTheSameEvents(string input)
    {
        var bytes = Encoding.Latin1.GetBytes(input);
        var whole = PlayRequest(bytes, bytes.Length);
        for (var split = 1; split < bytes.Length; split++)
        {
            PlayRequest(bytes, split).Should().Be(whole, "it was split at {0}", split);
        }

        PlayRequest(bytes, 0).Should().Be(whole, "it came byte by byte");
    }

    [TestCaseSource(nameof(Responses))]
    public void Response_SplitAnywhere_GivesTheSameEvents(string input)
    {
        var bytes = Encoding.Latin1.GetBytes(input);
        var whole = PlayResponse(bytes, bytes.Length);
        for (var split = 1; split < bytes.Length; split++)
        {
            PlayResponse(bytes, split).Should().Be(whole, "it was split at {0}", split);
        }

        PlayResponse(bytes, 0).Should().Be(whole, "it came byte by byte");
    }

    private static string PlayRequest(byte[] bytes, int split)
    {
        var server = new ServerHarness(WithTrailers) { Answer = ServerHarness.AnswerOk };
        foreach (var piece in Pieces(bytes, split))
        {
            server.Send(piece);
        }

        return string.Join('\n', server.Requests) + "\n" + server.Transport.Text + server.Codec.ShouldClose;
    }

    private static string PlayResponse(byte[] bytes, int split)
    {
        var client = new ClientHarness(new Http1ClientOptions { EnableTrailers = true }).Ask();
        foreach (var piece in Pieces(bytes, split))
        {
            client.Receive(piece);
        }

        client.Close();
        return $"{client.Response} {client.Codec.ShouldClose}";
    }

    private static IEnumerable<byte[]> Pieces(byte[] bytes, int split)
    {
        return split == 0 ? bytes.Select(static b => new[] { b }) : new[] { bytes[..split], bytes[split..] }.Where(static p => p.Length > 0);
    }
}

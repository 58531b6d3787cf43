using System.Text;
using Proxy.Configuration;
using Proxy.Configuration.Filters;
using Proxy.Configuration.Http;
using Proxy.Filters.Tests.Router;
using Proxy.Testing;

namespace Proxy.Filters.Tests.Grpc;

/// <summary>A filter for gRPC in front of the router, and an upstream of HTTP/1.1 whose trailers count.</summary>
public abstract class GrpcFixture : RouterFixture
{
    /// <summary>A message of three bytes.</summary>
    protected const string Message = "\0\0\0\0\u0003abc";

    protected void StartWith(object filter)
    {
        ChangeApp = static cluster => cluster with { Http = cluster.Http with { Http1 = new Http1Config { EnableTrailers = true } } };
        Start(Table(To("app")), change: config => config with
        {
            Filters = [new FilterConfig("grpc", filter), new FilterConfig("router", new RouterConfig())],
        });
    }

    protected static string Call(string path, string type, string body = Message, string more = "") =>
        $"POST {path} HTTP/1.1\r\nhost: a.test\r\ncontent-type: {type}\r\n{more}content-length: {body.Length}\r\n\r\n{body}";

    /// <summary>An answer with trailers.</summary>
    protected static string Reply(string body, string trailers, string type = "application/grpc", string status = "200 OK")
    {
        var chunk = body.Length == 0 ? "" : $"{body.Length:x}\r\n{body}\r\n";
        return $"HTTP/1.1 {status}\r\ncontent-type: {type}\r\ntransfer-encoding: chunked\r\n\r\n{chunk}0\r\n{trailers}\r\n";
    }

    /// <summary>An answer of a head only.</summary>
    protected static string HeadOnly(string more, string status = "200 OK", string type = "application/grpc") =>
        $"HTTP/1.1 {status}\r\ncontent-type: {type}\r\n{more}content-length: 0\r\n\r\n";

    /// <summary>Takes an answer in chunks from the client's end, and puts its body together.</summary>
    protected static (string Head, string Body) Chunked(TestPeer client)
    {
        var head = client.ReadUntil("\r\n\r\n");
        var body = new StringBuilder();
        while (Convert.ToInt32(client.ReadUntil("\r\n").TrimEnd(), 16) is > 0 and var length)
        {
            body.Append(client.Take(length));
            client.ReadUntil("\r\n");
        }

        client.ReadUntil("\r\n");
        return (head, body.ToString());
    }
}

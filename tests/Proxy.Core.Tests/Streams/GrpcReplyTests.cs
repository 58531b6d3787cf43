using System.Text;
using Proxy.Http;
using Proxy.Streams;

namespace Proxy.Core.Tests.Streams;

[TestFixture]
public sealed class GrpcReplyTests
{
    [TestCase("application/grpc", true)]
    [TestCase("application/grpc+proto", true)]
    [TestCase("application/grpc-web", false)]
    [TestCase("application/json", false)]
    public void IsGrpcRequest_ByContentType(string type, bool expected)
    {
        var headers = new HeaderMap();
        headers.Set(KnownHeader.ContentType, Encoding.ASCII.GetBytes(type));
        GrpcReply.IsGrpcRequest(headers).Should().Be(expected);
    }

    [TestCase(400, "13")]
    [TestCase(401, "16")]
    [TestCase(403, "7")]
    [TestCase(404, "12")]
    [TestCase(429, "14")]
    [TestCase(503, "14")]
    [TestCase(500, "2")]
    public void Convert_Status_IsMapped(int status, string expected)
    {
        Convert(status, "").Should().Be($":status=200 content-type=application/grpc grpc-status={expected}");
    }

    [Test]
    public void Convert_Message_IsPercentEncoded()
    {
        Convert(503, "a%b\nc~").Should().EndWith("grpc-status=14 grpc-message=a%25b%0Ac~");
    }

    private static string Convert(int status, string body)
    {
        var headers = new HeaderMap();
        headers.Set(KnownHeader.Status, status);
        GrpcReply.Convert(headers, Encoding.ASCII.GetBytes(body));
        var seen = new List<string>();
        foreach (var field in headers)
        {
            seen.Add($"{Encoding.ASCII.GetString(field.Name)}={Encoding.ASCII.GetString(field.Value)}");
        }

        return string.Join(' ', seen);
    }
}

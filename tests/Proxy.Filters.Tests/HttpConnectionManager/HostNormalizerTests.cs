using System.Text;
using Proxy.Filters.Network.HttpConnectionManager;
using Proxy.Http;

namespace Proxy.Filters.Tests.HttpConnectionManager;

[TestFixture]
public sealed class HostNormalizerTests
{
    [TestCase("a.test:8080", "a.test")]
    [TestCase("a.test:81", "a.test:81")]
    [TestCase("[::1]:8080", "[::1]")]
    [TestCase("[::1]", "[::1]")]
    [TestCase("a.test:", "a.test:")]
    [TestCase("a.test:8080x", "a.test:8080x")]
    public void Apply_MatchingPort_TakesOffTheListenersOwn(string host, string expected) => Apply(host, dot: false, matching: true, any: false).Should().Be(expected);

    [TestCase("a.test:81", "a.test")]
    [TestCase("a.test:+81", "a.test")]
    [TestCase("a.test:++81", "a.test:++81")]
    [TestCase("a.test:+", "a.test:+")]
    [TestCase("[::1]:81", "[::1]")]
    public void Apply_AnyPort_TakesItOff(string host, string expected) => Apply(host, dot: false, matching: false, any: true).Should().Be(expected);

    [TestCase("a.test.", "a.test")]
    [TestCase("a.test.:81", "a.test:81")]
    [TestCase("a.test", "a.test")]
    public void Apply_TrailingDot_TakesItOff(string host, string expected) => Apply(host, dot: true, matching: false, any: false).Should().Be(expected);

    [Test]
    public void Apply_Connect_KeepsThePort() => Apply("a.test:81", dot: false, matching: false, any: true, method: "CONNECT").Should().Be("a.test:81");

    private static string Apply(string host, bool dot, bool matching, bool any, string method = "GET")
    {
        var headers = new HeaderMap();
        headers.Set(KnownHeader.Method, Encoding.ASCII.GetBytes(method));
        headers.Set(KnownHeader.Authority, Encoding.ASCII.GetBytes(host));
        new HostNormalizer(dot, matching, any).Apply(headers, 8080);
        return Encoding.ASCII.GetString(headers.Get(KnownHeader.Authority));
    }
}

using System.Net;
using System.Text;
using Proxy.Configuration;
using Proxy.Configuration.Http;
using Proxy.Connections;
using Proxy.Filters.Network.HttpConnectionManager;
using Proxy.Http;
using Proxy.Streams;
using Proxy.Testing;

namespace Proxy.Filters.Tests.HttpConnectionManager;

[TestFixture]
public sealed class RequestMutatorTests : SimulatedFixture
{
    private static readonly ConfigList<CidrRange> Ten = [new CidrRange(IPAddress.Parse("10.0.0.0"), 8)];
    private readonly StreamInfo _info = new();

    private static HttpConnectionManagerConfig Plain => new() { StatPrefix = "t", GenerateRequestId = false };

    [Test]
    public void Apply_Nothing_TellsTheProtocolOnly()
    {
        Apply(Plain, "9.9.9.9").Should().Be("x-forwarded-proto=http");
    }

    [TestCase("1.2.3.4", "x-forwarded-for=1.2.3.4; x-forwarded-proto=http")]
    [TestCase("10.0.0.1", "x-forwarded-for=10.0.0.1; x-forwarded-proto=http")]
    [TestCase("garbage", "x-forwarded-for=garbage; x-forwarded-proto=http")]
    public void Apply_NoRemoteAddress_LeavesForwardedForAlone(string list, string expected)
    {
        Apply(Plain, "9.9.9.9", ("x-forwarded-for", list)).Should().Be(expected);
    }

    [Test]
    public void Apply_InternalSingleAddress_MarksTheRequestAndKeepsItsWishes()
    {
        var config = Plain with { InternalRanges = Ten };
        Apply(config, "9.9.9.9", ("x-envoy-max-retries", "2"), ("x-inside-only", "1"), ("x-forwarded-for", "10.0.0.1"))
            .Should().Be("x-envoy-max-retries=2; x-inside-only=1; x-forwarded-for=10.0.0.1; x-forwarded-proto=http; x-envoy-internal=true");
    }

    [TestCase("10.0.0.1, 10.0.0.2")]
    [TestCase("8.8.8.8")]
    [TestCase("")]
    public void Apply_NotInternal_DropsReservedHeaders(string list)
    {
        Apply(
            Plain with { InternalRanges = Ten },
            "10.0.0.9",
            ("x-envoy-internal", "true"), ("x-envoy-max-retries", "3"), ("x-envoy-retry-on", "5xx"), ("x-envoy-upstream-rq-timeout-ms", "1"),
            ("x-envoy-force-trace", "true"), ("x-inside-only", "1"), ("x-envoy-original-url", "u"), ("x-envoy-original-path", "/z"), ("x-forwarded-for", list))
            .Should().Be($"x-envoy-original-path=/z; x-forwarded-for={list}; x-forwarded-proto=http");
    }

    [Test]
    public void Apply_Edge_AppendsTheClientAndNamesIt()
    {
        Apply(
            Plain with { UseRemoteAddress = true },
            "9.9.9.9",
            ("x-envoy-decorator-operation", "op"), ("x-envoy-downstream-service-cluster", "c"), ("x-envoy-external-address", "1.1.1.1"), ("x-forwarded-for", "1.2.3.4"))
            .Should().Be("x-envoy-external-address=9.9.9.9; x-forwarded-for=1.2.3.4,9.9.9.9; x-forwarded-proto=http");
    }

    [Test]
    public void Apply_EdgeAndClientOnThisMachine_AppendsAnAddressThatMeansSomethingElsewhere()
    {
        var seen = Apply(Plain with { UseRemoteAddress = true }, "127.0.0.1");
        seen.Should().EndWith("; x-forwarded-proto=http; x-envoy-external-address=127.0.0.1").And.StartWith("x-forwarded-for=");
    }

    [Test]
    public void Apply_EdgeInternalClientWithoutList_IsInternal()
    {
        Apply(Plain with { UseRemoteAddress = true, InternalRanges = Ten }, "10.0.0.7")
            .Should().Be("x-forwarded-for=10.0.0.7; x-forwarded-proto=http; x-envoy-internal=true");
        Apply(Plain with { UseRemoteAddress = true, InternalRanges = Ten }, "10.0.0.7", ("x-forwarded-for", "10.0.0.8"))
            .Should().Be("x-forwarded-for=10.0.0.8,10.0.0.7; x-forwarded-proto=http; x-envoy-external-address=10.0.0.7");
    }

    [TestCase("1.2.3.4", "1.2.3.4")]
    [TestCase("9.9.9.1, 1.2.3.4", "1.2.3.4")]
    [TestCase("bad", "5.5.5.5")]
    [TestCase("1.2.3", "5.5.5.5")]
    [TestCase("2001:db8::1", "2001:db8::1")]
    public void Apply_TrustedHop_FindsTheClientBehindIt(string list, string client)
    {
        Apply(Plain with { UseRemoteAddress = true, TrustedHops = 1 }, "5.5.5.5", ("x-forwarded-for", list), ("x-forwarded-proto", "https"))
            .Should().Be($"x-forwarded-for={list},5.5.5.5; x-forwarded-proto=https; x-envoy-external-address={client}");
        var remote = (IPEndPoint)(_info.TrustedRemote ?? new IPEndPoint(IPAddress.Parse("5.5.5.5"), 0));
        remote.Address.ToString().Should().Be(client);
    }

    [Test]
    public void Apply_SkipXffAppend_LeavesTheListButNamesTheClient()
    {
        Apply(Plain with { UseRemoteAddress = true, SkipXffAppend = true }, "5.5.5.5", ("x-forwarded-for", "1.2.3.4"))
            .Should().Be("x-forwarded-for=1.2.3.4; x-forwarded-proto=http; x-envoy-external-address=5.5.5.5");
    }

    [Test]
    public void Apply_HopHeaders_StayBehind()
    {
        Apply(
            Plain, "5.5.5.5",
            ("connection", "keep-alive"), ("keep-alive", "timeout=5"), ("proxy-connection", "keep-alive"), ("upgrade", "x"), ("transfer-encoding", "chunked"),
            ("te", "trailers, deflate"), ("proxy-authorization", "Basic x"), ("x-forwarded-client-cert", "By=x"))
            .Should().Be("te=trailers; proxy-authorization=Basic x; x-forwarded-proto=http");
        Apply(Plain, "5.5.5.5", ("te", "gzip")).Should().Be("x-forwarded-proto=http");
    }

    [Test]
    public void Apply_Upgrade_KeepsWhatTheUpstreamMustSee()
    {
        Apply(Plain, "5.5.5.5", ("connection", "Upgrade"), ("upgrade", "websocket"))
            .Should().Be("connection=Upgrade; upgrade=websocket; x-forwarded-proto=http");
    }

    [TestCase("https://a.test/x", true)]
    [TestCase("/relative", false)]
    [TestCase("javascript:alert(1)", false)]
    [TestCase("http://", false)]
    public void Apply_Referer_IsKeptWhenItIsAUrl(string referer, bool kept)
    {
        Apply(Plain, "5.5.5.5", ("referer", referer)).Should().Be((kept ? $"referer={referer}; " : "") + "x-forwarded-proto=http");
    }

    [Test]
    public void Apply_UserAgentWanted_NamesThisNode()
    {
        Apply(Plain with { AddUserAgent = true }, "5.5.5.5")
            .Should().Be("x-forwarded-proto=http; x-envoy-downstream-service-cluster=cl; user-agent=cl; x-envoy-downstream-service-node=no");
        Apply(Plain with { AddUserAgent = true }, "5.5.5.5", ("user-agent", "me"))
            .Should().Be("user-agent=me; x-forwarded-proto=http; x-envoy-downstream-service-cluster=cl; x-envoy-downstream-service-node=no");
    }

    [Test]
    public void Apply_Via_IsAppended()
    {
        Apply(Plain with { Via = "me" }, "5.5.5.5", ("via", "1.1 a")).Should().Be("via=1.1 a, me; x-forwarded-proto=http");
    }

    [Test]
    public void Apply_RequestId_IsMadeKeptOrReplaced()
    {
        const string uuid = "^x-forwarded-proto=http; x-request-id=[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$";
        var made = Plain with { GenerateRequestId = true };
        Apply(made, "5.5.5.5").Should().MatchRegex(uuid).And.NotBe(Apply(made, "5.5.5.5"));
        Apply(made, "5.5.5.5", ("x-request-id", "mine")).Should().Contain("x-request-id=mine");
        Apply(made with { UseRemoteAddress = true }, "5.5.5.5", ("x-request-id", "mine")).Should().NotContain("mine");
        Apply(made with { UseRemoteAddress = true, PreserveExternalRequestId = true }, "5.5.5.5", ("x-request-id", "mine")).Should().Contain("x-request-id=mine");
    }

    private string Apply(HttpConnectionManagerConfig config, string client, params (string Name, string Value)[] headers)
    {
        var map = new HeaderMap();
        foreach (var (name, value) in headers)
        {
            map.Add(Encoding.ASCII.GetBytes(name), Encoding.ASCII.GetBytes(value));
        }

        var local = new IPEndPoint(IPAddress.Loopback, 80);
        var peer = new PeerAddress(new ConnectionInfo(local, new IPEndPoint(IPAddress.Parse(client), 4000)));
        new RequestMutator(config, "cl", "no", static map => map.Remove("x-inside-only"u8)).Apply(map, peer, _info, Worker);
        var seen = new List<string>();
        foreach (var field in map)
        {
            if (!KnownHeaders.IsPseudo(field.Id))
            {
                seen.Add($"{Encoding.ASCII.GetString(field.Name)}={Encoding.ASCII.GetString(field.Value)}");
            }
        }

        return string.Join("; ", seen);
    }
}

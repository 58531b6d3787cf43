using System.Net;
using System.Text;
using Proxy.Configuration;
using Proxy.Configuration.Http;
using Proxy.Connections;
using Proxy.Filters.Network.HttpConnectionManager;
using Proxy.Http;
using Proxy.Observability;
using Proxy.Routing;
using Proxy.Streams;
using Proxy.Testing;

namespace Proxy.Filters.Tests.HttpConnectionManager;

[TestFixture]
public sealed class RequestMutatorTests : SimulatedFixture
{
    private static readonly ConfigList<CidrRange> Ten = [new CidrRange(IPAddress.Parse("10.0.0.0"), 8)];
    private readonly StreamInfo _info = new();
    private HeaderMutations _early = HeaderMutations.None;
    private string _scheme = "";
    private int _rejected;
    private bool _isTls;

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

    [Test]
    public void Apply_ForwardedPort_IsThatOfThisSideUnlessATrustedProxyKnowsBetter()
    {
        var config = Plain with { UseRemoteAddress = true, SkipXffAppend = true, AppendForwardedPort = true };
        Apply(config, "5.5.5.5").Should().Be("x-forwarded-proto=http; x-forwarded-port=80; x-envoy-external-address=5.5.5.5");
        Apply(config, "5.5.5.5", ("x-forwarded-port", "1")).Should().StartWith("x-forwarded-port=80; ");
        Apply(config with { TrustedHops = 1 }, "5.5.5.5", ("x-forwarded-port", "1")).Should().StartWith("x-forwarded-port=1; ");
        Apply(config with { UseRemoteAddress = false }, "5.5.5.5").Should().Be("x-forwarded-proto=http");
    }

    [TestCase(80, "http")]
    [TestCase(443, "https")]
    public void Apply_PortThatMeansPlainHttp_TellsSoOverTlsToo(int port, string expected)
    {
        _isTls = true;
        Apply(Plain with { HttpPorts = [port] }, "5.5.5.5").Should().Be("x-forwarded-proto=" + expected);
    }

    [Test]
    public void Apply_PortThatMeansTls_TellsSo()
    {
        Apply(Plain with { HttpsPorts = [80] }, "5.5.5.5").Should().Be("x-forwarded-proto=https");
        Apply(Plain with { HttpsPorts = [443], HttpPorts = [80] }, "5.5.5.5").Should().Be("x-forwarded-proto=http");
        Apply(Plain with { HttpsPorts = [80], UseRemoteAddress = true }, "5.5.5.5").Should().Contain("x-forwarded-proto=https");
        Apply(Plain with { HttpsPorts = [80] }, "5.5.5.5", ("x-forwarded-proto", "http")).Should().Be("x-forwarded-proto=http");
    }

    [TestCase("https", "http", "https")]
    [TestCase("", "https", "https")]
    [TestCase("", "http", "http")]
    public void Apply_Scheme_IsReplacedOrFollowsTheForwardedOne(string replacement, string forwarded, string scheme)
    {
        Apply(Plain with { SchemeOverride = replacement }, "5.5.5.5", ("x-forwarded-proto", forwarded));
        _scheme.Should().Be(scheme);
    }

    [TestCase("1.2.3.4", 0, "1.2.3.4")]
    [TestCase("9.9.9.1, 1.2.3.4", 1, "9.9.9.1")]
    [TestCase("1.2.3.4", 1, "5.5.5.5")]
    public void Apply_ForwardedForExtension_CountsHops(string list, int hops, string client)
    {
        Apply(Plain with { OriginalAddresses = [new ForwardedForConfig { TrustedHops = hops }] }, "5.5.5.5", ("x-forwarded-for", list))
            .Should().Be($"x-forwarded-for={list}; x-forwarded-proto=http");
        Client("5.5.5.5").Should().Be(client);
    }

    [TestCase("10.9.9.9", "1.2.3.4, 8.8.8.8, 10.0.0.1,10.0.0.2", "8.8.8.8")]
    [TestCase("10.9.9.9", "10.0.0.1, 10.0.0.2", "10.0.0.1")]
    [TestCase("10.9.9.9", "8.8.8.8, bad, 10.0.0.2", "10.9.9.9")]
    [TestCase("5.5.5.5", "8.8.8.8", "5.5.5.5", Description = "a peer that is no proxy of ours may write what it likes")]
    public void Apply_TrustedProxies_AreSkippedFromTheEnd(string peer, string list, string client)
    {
        var config = Plain with { OriginalAddresses = [new ForwardedForConfig { TrustedProxies = Ten, SkipAppend = false }], InternalRanges = Ten };
        Apply(config, peer, ("x-forwarded-for", list)).Should().Be($"x-forwarded-for={list},{peer}; x-forwarded-proto=http");
        Client(peer).Should().Be(client);
    }

    [Test]
    public void Apply_CustomHeader_NamesTheClientOrRefuses()
    {
        var header = new HeaderAddressConfig("X-Client") { RejectStatus = 418 };
        var config = Plain with { OriginalAddresses = [header], InternalRanges = Ten };
        Apply(config, "5.5.5.5", ("x-client", "10.0.0.3")).Should().Be("x-client=10.0.0.3; x-forwarded-proto=http");
        Client("5.5.5.5").Should().Be("10.0.0.3");
        Apply(config with { OriginalAddresses = [header with { IsTrusted = true }] }, "5.5.5.5", ("x-client", "10.0.0.3")).Should().Contain("x-envoy-internal=true");
        Apply(config, "5.5.5.5", ("x-client", "1.2.3.4, 4.3.2.1")).Should().BeEmpty();
        _rejected.Should().Be(418);
        Apply(config with { OriginalAddresses = [header with { RejectStatus = 200 }] }, "5.5.5.5");
        _rejected.Should().Be(403);
        Apply(config with { OriginalAddresses = [header with { RejectStatus = null }, new ForwardedForConfig()] }, "5.5.5.5", ("x-forwarded-for", "7.7.7.7"));
        (_rejected, Client("5.5.5.5")).Should().Be((0, "7.7.7.7"));
    }

    [Test]
    public void Apply_EarlyMutations_ComeBeforeAnyOther()
    {
        _early = HeaderMutations.Compile(
            [new AppendHeaderMutation(new HeaderAddition("x-forwarded-for", "%REQ(x-a)%")), new RemoveHeaderMutation("x-a")],
            request: true, FormatEnvironment.Empty, "", new FaultList());
        Apply(Plain, "5.5.5.5", ("x-a", "1.2.3.4")).Should().Be("x-forwarded-for=1.2.3.4; x-forwarded-proto=http");
        Client("5.5.5.5").Should().Be("1.2.3.4");
    }

    [TestCase(true, "11111111-2222-9333-8444-555555555555", "11111111-2222-4333-8444-555555555555")]
    [TestCase(true, "11111111-2222-4333-8444-555555555555", "11111111-2222-4333-8444-555555555555")]
    [TestCase(true, "11111111-2222-9333", "11111111-2222-9333")]
    [TestCase(false, "11111111-2222-9333-8444-555555555555", "11111111-2222-9333-8444-555555555555")]
    public void Apply_KeptRequestId_DoesNotChooseTracing(bool pack, string id, string expected)
    {
        var config = Plain with { GenerateRequestId = true, UseRemoteAddress = true, PreserveExternalRequestId = true, PackTraceReason = pack };
        Apply(config, "5.5.5.5", ("x-request-id", id)).Should().Contain($"x-request-id={expected};");
    }

    private string Client(string peer) => ((IPEndPoint)(_info.TrustedRemote ?? new IPEndPoint(IPAddress.Parse(peer), 0))).Address.ToString();

    private string Apply(HttpConnectionManagerConfig config, string client, params (string Name, string Value)[] headers)
    {
        var map = new HeaderMap();
        foreach (var (name, value) in headers)
        {
            map.Add(Encoding.ASCII.GetBytes(name), Encoding.ASCII.GetBytes(value));
        }

        var local = new IPEndPoint(IPAddress.Loopback, 80);
        var peer = new PeerAddress(new ConnectionInfo(local, new IPEndPoint(IPAddress.Parse(client), 4000)) { IsTls = _isTls });
        _rejected = new RequestMutator(config, "cl", "no", static map => map.Remove("x-inside-only"u8)) { Early = _early }.Apply(map, peer, _info, Worker);
        _scheme = Encoding.ASCII.GetString(map.Get(KnownHeader.Scheme));
        if (_rejected > 0)
        {
            return "";
        }

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

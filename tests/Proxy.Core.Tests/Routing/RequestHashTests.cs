using System.IO.Hashing;
using System.Net;
using System.Text;
using Proxy.Configuration;
using Proxy.Configuration.Http;
using Proxy.Connections;
using Proxy.Http;
using Proxy.Routing.Hashing;
using Proxy.Streams;

namespace Proxy.Core.Tests.Routing;

public sealed class RequestHashTests
{
    [Test]
    public void Header_OneValue_IsHashed()
    {
        Compute(new HeaderHashConfig("X-User"), Request(("x-user", "a"))).Should().Be(Hash("a"));
        Compute(new HeaderHashConfig("x-user"), Request()).Should().BeNull();
        Compute(new HeaderHashConfig(":path"), Request()).Should().Be(Hash("/p?k=v&k=w&e"));
    }

    [Test]
    public void Header_Repeated_IsHashedWhateverTheOrder()
    {
        var once = Compute(new HeaderHashConfig("x-user"), Request(("x-user", "a"), ("x-user", "b")));

        Compute(new HeaderHashConfig("x-user"), Request(("x-user", "b"), ("x-user", "a"))).Should().Be(once);
        once.Should().Be(XxHash64.HashToUInt64("b"u8, (long)Hash("a")));
    }

    [Test]
    public void Header_Rewritten_HashesWhatBecameOfIt()
    {
        var policy = new HeaderHashConfig("x-user", new RegexRewriteConfig(@"^user-(\d+)$", @"\1"));

        Compute(policy, Request(("x-user", "user-7"))).Should().Be(Hash("7"));
        Compute(policy, Request(("x-user", "other"))).Should().Be(Hash("other"));
    }

    [Test]
    public void QueryParameter_FirstOfItsName_IsHashed()
    {
        Compute(new QueryParameterHashConfig("k"), Request()).Should().Be(Hash("v"));
        Compute(new QueryParameterHashConfig("e"), Request()).Should().Be(Hash(""));
        Compute(new QueryParameterHashConfig("x"), Request()).Should().BeNull();
    }

    [Test]
    public void SourceIp_IsTheClientAsFarAsItIsKnown()
    {
        Compute(new SourceIpHashConfig(), Request()).Should().Be(Hash("9.8.7.6"));
        Compute(new SourceIpHashConfig(), Request(), new StreamInfo { TrustedRemote = IPEndPoint.Parse("1.2.3.4:5") }).Should().Be(Hash("1.2.3.4"));
    }

    [Test]
    public void FilterState_OfRequestOrConnection_IsHashed()
    {
        var info = new StreamInfo();
        info.FilterState["k"] = "value";
        info.FilterState["n"] = 12.0;

        Compute(new FilterStateHashConfig("k"), Request(), info).Should().Be(Hash("value"));
        Compute(new FilterStateHashConfig("n"), Request(), info).Should().Be(Hash("12"));
        Compute(new FilterStateHashConfig("x"), Request(), info).Should().BeNull();
    }

    [Test]
    public void Cookie_IsHashedWithoutItsQuotes()
    {
        Compute(new CookieHashConfig("s"), Request(("cookie", "a=b; s=\"v\""))).Should().Be(Hash("v"));
        Compute(new CookieHashConfig("s"), Request(("cookie", "a=b"))).Should().BeNull();
    }

    [Test]
    public void Cookie_WithTtl_IsGivenToClientsWithoutOne()
    {
        var policy = new CookieHashConfig("s")
        {
            Ttl = TimeSpan.FromSeconds(60.5), Path = "/p", Attributes = [new CookieAttributeConfig("SameSite", "Strict"), new CookieAttributeConfig("Secure")],
        };
        var cookies = new List<byte[]>();

        var hash = Compute(policy, Request(), cookies: cookies);

        var value = Hash("9.8.7.6:1110.0.0.9:80").ToString("x16");
        cookies.Select(Encoding.ASCII.GetString).Should().Equal($"s=\"{value}\"; Max-Age=60; Path=/p; SameSite=Strict; Secure; HttpOnly");
        hash.Should().Be(Hash(value));
        Compute(policy, Request(("cookie", "s=mine")), cookies: cookies).Should().Be(Hash("mine"));
        cookies.Should().HaveCount(1, "who has a cookie keeps it");
    }

    [Test]
    public void Cookie_OfTheSession_HasNoAge()
    {
        var cookies = new List<byte[]>();

        Compute(new CookieHashConfig("s") { Ttl = TimeSpan.Zero }, Request(), cookies: cookies);

        Encoding.ASCII.GetString(cookies.Single()).Should().MatchRegex("^s=\"[0-9a-f]{16}\"; HttpOnly$");
    }

    [Test]
    public void Policies_AreTurnedAndJoined()
    {
        var first = new HeaderHashConfig("x-a");
        var second = new HeaderHashConfig("x-b");
        var both = Request(("x-a", "1"), ("x-b", "2"));

        Compute([first, second], both).Should().Be(ulong.RotateLeft(Hash("1"), 1) ^ Hash("2"));
        Compute([first, first], both).Should().NotBe(0UL);
        Compute([first with { Terminal = true }, second], both).Should().Be(Hash("1"));
        Compute([first with { Terminal = true }, second], Request(("x-b", "2"))).Should().Be(Hash("2"), "a terminal policy without a hash ends nothing");
    }

    [Test]
    public void Compile_NamesMissing_AreRefused()
    {
        var faults = new FaultList();

        RequestHash.Compile(
            [new HeaderHashConfig(""), new CookieHashConfig(""), new QueryParameterHashConfig(""), new FilterStateHashConfig(""), new CookieHashConfig("s") { Ttl = TimeSpan.FromSeconds(-1) }],
            "hash_policy",
            faults);

        faults.Count.Should().Be(5);
    }

    private static ulong Hash(string text) => XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(text));

    private static HeaderMap Request(params (string Name, string Value)[] headers) => RoutingFixture.Request("/p?k=v&k=w&e", headers: headers);

    private static ulong? Compute(HashPolicyConfig policy, HeaderMap request, StreamInfo? info = null, List<byte[]>? cookies = null)
    {
        return Compute([policy], request, info, cookies);
    }

    private static ulong? Compute(ConfigList<HashPolicyConfig> policies, HeaderMap request, StreamInfo? info = null, List<byte[]>? cookies = null)
    {
        var client = new ConnectionInfo(IPEndPoint.Parse("10.0.0.9:80"), IPEndPoint.Parse("9.8.7.6:11"));
        return RequestHash.CompileOrThrow(policies)!.Compute(new HashInput { Headers = request, Downstream = client, Info = info, NewCookies = cookies });
    }
}

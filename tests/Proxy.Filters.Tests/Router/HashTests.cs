using System.Net;
using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Configuration.Http;
using Proxy.Testing;

namespace Proxy.Filters.Tests.Router;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class HashTests : RouterFixture
{
    [Test]
    public void Router_CookieWithTtl_IsSetOnceAndNotAgain()
    {
        ByHash(UpstreamAddress);
        Start(Hashing(new CookieHashConfig("s") { Ttl = TimeSpan.FromSeconds(5) }));
        var client = Client();

        var first = Exchange(client, Get());
        first.Should().MatchRegex("set-cookie: s=\"[0-9a-f]{16}\"; Max-Age=5; HttpOnly\r\n");
        var cookie = first[(first.IndexOf("s=\"", StringComparison.Ordinal) + 3)..][..16];

        Exchange(client, Get("/", $"cookie: s={cookie}\r\n")).Should().NotContain("set-cookie");
    }

    [Test]
    public void Router_ClusterDoesNotPickByHash_GivesNoCookie()
    {
        Start(Hashing(new CookieHashConfig("s") { Ttl = TimeSpan.Zero }));

        Exchange(Client(), Get()).Should().NotContain("set-cookie");
    }

    [Test]
    public void Router_Header_PicksTheSameHostEachTime()
    {
        ByHash(UpstreamAddress, OtherAddress);
        var other = TestUpstream.Listen(Runtime, OtherAddress);
        Start(Hashing(new HeaderHashConfig("x-user")));
        var hosts = new Dictionary<string, bool>();
        for (var i = 0; i < 30; i++)
        {
            var user = "u" + (i % 10);
            var client = Client();
            client.Send(Get("/", $"x-user: {user}\r\nconnection: close\r\n"));
            var first = Upstream.Waiting > 0;
            var peer = first ? Upstream.Accept() : other.Accept();
            peer.ReadUntil("\r\n\r\n");
            peer.Send(Ok("ok", "connection: close\r\n"));
            Answer(client);
            hosts.TryAdd(user, first);
            hosts[user].Should().Be(first);
        }

        hosts.Values.Distinct().Should().HaveCount(2);
    }

    private void ByHash(params IPEndPoint[] hosts)
    {
        ChangeApp = cluster => cluster with
        {
            Policy = LoadBalancingPolicy.Maglev,
            Endpoints = [new LocalityEndpointsConfig { Endpoints = hosts.Select(static host => new EndpointConfig(AddressConfig.Of(host.Address, host.Port))).ToConfigList() }],
        };
    }

    private static RouteConfig Hashing(HashPolicyConfig policy) => To("app", "/", action => action with { HashPolicies = [policy] });

    private string Exchange(TestPeer client, string request)
    {
        client.Send(request);
        var peer = Upstream.Accept();
        peer.ReadUntil("\r\n\r\n");
        peer.Send(Ok("ok", "connection: close\r\n"));
        return Answer(client).Head;
    }
}

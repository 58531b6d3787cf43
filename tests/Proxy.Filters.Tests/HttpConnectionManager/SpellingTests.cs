using Proxy.Configuration.Http;
using Proxy.Filters.Tests.Router;

namespace Proxy.Filters.Tests.HttpConnectionManager;

/// <summary>How names are written, on both sides of the proxy.</summary>
[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class SpellingTests : RouterFixture
{
    private const string Request = "GET / HTTP/1.1\r\nHOST: a.test\r\nx-MY-header: 1\r\nX-my-Header: 2\r\n\r\n";

    [Test]
    public void Names_ByDefault_AreLowerCase()
    {
        Play(new Http1Config(), new Http1Config(), "HTTP/1.1 200 Fine\r\nContent-LENGTH: 0\r\nX-UP: 1\r\n\r\n")
            .Should().Be(("host x-my-header x-my-header x-forwarded-proto x-envoy-expected-rq-timeout-ms",
                "HTTP/1.1 200 OK", "content-length x-up x-envoy-upstream-service-time date server"));
    }

    [Test]
    public void Names_InProperCase_BeginEachWordWithACapital()
    {
        var proper = new Http1Config { Spelling = new HeaderSpellingConfig(HeaderSpelling.ProperCase) };
        Play(proper, proper, "HTTP/1.1 200 Fine\r\nx_up-9a: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n")
            .Should().Be(("Host X-My-Header X-My-Header X-Forwarded-Proto X-Envoy-Expected-Rq-Timeout-Ms",
                "HTTP/1.1 200 OK", "X_Up-9a X-Envoy-Upstream-Service-Time Date Server Transfer-Encoding"));
    }

    [Test]
    public void Names_Preserved_ArriveAsTheyWereSent()
    {
        var keep = new Http1Config { Spelling = new HeaderSpellingConfig(HeaderSpelling.Preserved) };
        Play(keep, keep, "HTTP/1.1 200 Fine\r\nContent-LENGTH: 0\r\nX-uP: 1\r\n\r\n")
            .Should().Be(("HOST x-MY-header x-MY-header x-forwarded-proto x-envoy-expected-rq-timeout-ms",
                "HTTP/1.1 200 OK", "Content-LENGTH X-uP x-envoy-upstream-service-time date server"));
    }

    [Test]
    public void Names_PreservedWithReasonAndProperCaseForOwn_KeepBoth()
    {
        var keep = new Http1Config { Spelling = new HeaderSpellingConfig(HeaderSpelling.Preserved) { ForwardReason = true, ProperCaseForOwn = true } };
        Play(keep, keep, "HTTP/1.1 200 Quite  Fine\r\nContent-LENGTH: 0\r\n\r\n")
            .Should().Be(("HOST x-MY-header x-MY-header X-Forwarded-Proto X-Envoy-Expected-Rq-Timeout-Ms",
                "HTTP/1.1 200 Quite  Fine", "Content-LENGTH X-Envoy-Upstream-Service-Time Date Server"));
    }

    [Test]
    public void Names_PreservedOnOneSide_ConcernMessagesThatComeInThere()
    {
        var keep = new Http1Config { Spelling = new HeaderSpellingConfig(HeaderSpelling.Preserved) };
        var (request, _, response) = Play(keep, new Http1Config(), "HTTP/1.1 200 Fine\r\nContent-LENGTH: 0\r\nX-uP: 1\r\n\r\n");
        request.Should().StartWith("HOST x-MY-header ");
        response.Should().StartWith("content-length x-up ");
    }

    [Test]
    public void Trailers_InProperCase_AreWrittenSoToo()
    {
        var proper = new Http1Config { EnableTrailers = true, Spelling = new HeaderSpellingConfig(HeaderSpelling.ProperCase) };
        Configure(proper, new Http1Config { EnableTrailers = true });
        var client = Client().Send(Request);
        var upstream = Upstream.Accept();
        upstream.ReadUntil("\r\n\r\n");
        upstream.Send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\nx-t: 1\r\n\r\n");
        client.ReadUntil("\r\n\r\n");
        client.ReadUntil("\r\n\r\n").Should().Be("0\r\nX-T: 1\r\n\r\n");
    }

    [Test]
    public void LocalReply_InProperCase_NamesEverythingSo()
    {
        Configure(new Http1Config { Spelling = new HeaderSpellingConfig(HeaderSpelling.ProperCase) }, new Http1Config(), "dead");
        var head = Client().Send("GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").ReadUntil("\r\n\r\n");
        Names(head).Should().Be("Content-Length Content-Type Date Server Connection");
    }

    [TestCase("TLS/1.2", "")]
    [TestCase("websocket", "websocket")]
    [TestCase("TLS/1.2, websocket, TLS/1.3", "websocket")]
    public void Upgrades_ThatAreIgnored_AreTakenOut(string offered, string left)
    {
        var ignoring = new Http1Config { IgnoredUpgrades = [new StringMatcherConfig(StringMatchKind.Prefix, "tls/") { IgnoreCase = true }] };
        Start(Table(To("app")), null, config => config with { Http1 = ignoring, Upgrades = [new UpgradeConfig("websocket")] });
        Client().Send(Get("/", $"connection: keep-alive, Upgrade\r\nupgrade: {offered}\r\n"));
        var head = Upstream.Accept().ReadUntil("\r\n\r\n");
        if (left.Length == 0)
        {
            head.Should().NotContain("pgrade");
        }
        else
        {
            head.Should().Contain("connection: keep-alive, Upgrade\r\n").And.Contain($"upgrade: {left}\r\n");
        }
    }

    private (string Request, string Status, string Response) Play(Http1Config front, Http1Config back, string answer)
    {
        Configure(front, back);
        var client = Client().Send(Request);
        var upstream = Upstream.Accept();
        var request = upstream.ReadUntil("\r\n\r\n");
        upstream.Send(answer);
        var response = client.ReadUntil("\r\n\r\n");
        return (Names(request), response.Split("\r\n")[0], Names(response));
    }

    private void Configure(Http1Config front, Http1Config back, string cluster = "app")
    {
        ChangeApp = app => app with { Http = app.Http with { Http1 = back } };
        Start(Table(To(cluster)), null, config => config with { Http1 = front });
    }

    private static string Names(string head) => string.Join(' ', head.Split("\r\n").Skip(1).Where(static line => line.Length > 0).Select(static line => line.Split(':')[0]));
}

using Proxy.Configuration;
using Proxy.Configuration.Http;

namespace Proxy.Filters.Tests.Router;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class DirectTests : RouterFixture
{
    [Test]
    public void Router_DirectResponse_AnswersItself()
    {
        Start(Route("/", new DirectResponseActionConfig(418, "short")) with
        {
            Edits = new HeaderEditsConfig { ResponseAdditions = [new HeaderAddition("x-d", "%RESPONSE_CODE%")] },
        });
        var client = Client().Send(Get());

        var (head, body) = Answer(client);
        head.Should().StartWith("HTTP/1.1 418 ").And.Contain("x-d: 0\r\n").And.Contain("content-type: text/plain\r\n").And.NotContain("location");
        body.Should().Be("short");
        Log.Should().Equal("418 - direct_response");
        Stat("http.in.rq_direct_response").Should().Be(1);
    }

    [Test]
    public void Router_DirectResponseOf201_HasALocation()
    {
        Start(Route("/", new DirectResponseActionConfig(201)));
        var client = Client().Send(Get("/made?x=1"));

        Answer(client).Head.Should().Contain("location: http://a.test/made?x=1\r\n");
    }

    [Test]
    public void Router_DirectResponseWithAFormat_FormatsTheBody()
    {
        var format = new LocalReplyFormatConfig(new LogFormatConfig { Text = "<%LOCAL_REPLY_BODY%> %REQ(:PATH)%" }, "text/html");
        Start(Route("/", new DirectResponseActionConfig(200, "inner") { BodyFormat = format }));
        var client = Client().Send(Get("/p"));

        var (head, body) = Answer(client);
        head.Should().Contain("content-type: text/html\r\n");
        body.Should().Be("<inner> /p");
    }

    [Test]
    public void Router_Redirect_KeepsWhatIsNotReplaced()
    {
        Start(Route("/old", new RedirectActionConfig { HttpsRedirect = true, PrefixRewrite = "/new", Status = 308 }));
        var client = Client().Send(Get("/old/x?y=1"));

        Answer(client).Head.Should().StartWith("HTTP/1.1 308 Permanent Redirect\r\n").And.Contain("location: https://a.test/new/x?y=1\r\n");
    }

    [Test]
    public void Router_TlsRequired_RedirectsPlainRequests()
    {
        var table = Table(To("app"));
        Start(table with { VirtualHosts = [table.VirtualHosts[0] with { RequireTls = TlsRequirement.All }] });
        var client = Client().Send(Get("/x"));

        Answer(client).Head.Should().StartWith("HTTP/1.1 301").And.Contain("location: https://a.test/x\r\n");

        client.Send(Get("/x", "x-forwarded-proto: https\r\n"));
        Upstream.Accept().ReadUntil("\r\n\r\n").Should().StartWith("GET /x ");
    }
}

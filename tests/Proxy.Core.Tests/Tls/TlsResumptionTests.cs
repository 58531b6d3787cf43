using Proxy.Configuration;
using Proxy.Configuration.Tls;
using Proxy.Tls;

namespace Proxy.Core.Tests.Tls;

/// <summary>Sessions that are taken up again: by tickets, by ids, in this process and in others. What only OpenSSL tells.</summary>
[TestFixture]
public sealed class TlsResumptionTests
{
    [TestCase(TlsVersion.Tls12)]
    [TestCase(TlsVersion.Tls13)]
    public void Session_IsResumed(TlsVersion version)
    {
        var (server, client) = (TlsEngine.OpenSsl.CreateServer(TlsFixture.Server(), TimeProvider.System), TlsEngine.OpenSsl.CreateClient(Client(version)));

        Connect(server, client).Should().BeFalse();
        Connect(server, client).Should().BeTrue();
    }

    [TestCase(TlsVersion.Tls12)]
    [TestCase(TlsVersion.Tls13)]
    public void Session_ForAnotherName_IsNotResumedPastTheCheck(TlsVersion version)
    {
        var (server, client) = (TlsEngine.OpenSsl.CreateServer(TlsFixture.Server(), TimeProvider.System), TlsEngine.OpenSsl.CreateClient(Client(version)));
        Connect(server, client);

        using var pair = new TlsSessionPair(server, client, "wrong.test", ["wrong.test"]);

        pair.Handshake().Client.Should().Be(TlsStatus.Failed);
        pair.Client.VerifyFailure.Should().Be(TlsVerifyFailure.SubjectAltName);
    }

    [Test]
    public void Session_IsResumedByAnotherProcessThatSharesTheKeys([Values] bool shared)
    {
        var config = TlsFixture.Server() with { SessionTicketKeys = [Key(1)] };
        var other = config with { SessionTicketKeys = shared ? [Key(2), Key(1)] : [Key(2)] };
        var client = TlsEngine.OpenSsl.CreateClient(Client(TlsVersion.Tls13));

        Connect(TlsEngine.OpenSsl.CreateServer(config, TimeProvider.System), client).Should().BeFalse();
        Connect(TlsEngine.OpenSsl.CreateServer(other, TimeProvider.System), client).Should().Be(shared);
    }

    [TestCase(TlsVersion.Tls12, false, true)]
    [TestCase(TlsVersion.Tls12, true, false)]
    [TestCase(TlsVersion.Tls13, false, false)]
    public void Session_WithoutTickets_IsResumedByIdOnly(TlsVersion version, bool noIds, bool resumed)
    {
        var config = TlsFixture.Server() with { DisableStatelessResumption = true, DisableStatefulResumption = noIds };
        var (server, client) = (TlsEngine.OpenSsl.CreateServer(config, TimeProvider.System), TlsEngine.OpenSsl.CreateClient(Client(version)));

        Connect(server, client).Should().BeFalse();
        Connect(server, client).Should().Be(resumed);
    }

    private static TlsBytes Key(byte filling) => new(Enumerable.Repeat(filling, 80).ToConfigList());

    private static UpstreamTlsConfig Client(TlsVersion version) => TlsFixture.Client(new CommonTlsConfig
    {
        Validation = TlsFixture.Trust,
        Parameters = new TlsParametersConfig { Minimum = version, Maximum = version },
    });

    // Tickets of TLS 1.3 come with the first bytes after the handshake.
    private static bool Connect(TlsContext server, TlsContext client)
    {
        using var pair = new TlsSessionPair(server, client);
        pair.Handshake().Should().Be((TlsStatus.Done, TlsStatus.Done));
        pair.SendToClient("x").Text.Should().Be("x");
        return pair.Server.Describe().IsResumed;
    }
}

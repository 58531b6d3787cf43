using Proxy.Configuration;
using Proxy.Configuration.Tls;
using Proxy.Core.Tests.Clusters;
using Proxy.Core.Tests.Tls;
using Proxy.Resources;
using Proxy.Testing;
using Proxy.Tls;
using Proxy.Tls.Secrets;

namespace Proxy.Core.Tests.Resources;

/// <summary>Certificates, and how they are checked, that come from a source.</summary>
public sealed class SecretDiscoveryTests : ClusterFixture
{
    private static readonly TlsSecretReference Named = new("s", FakeSource.Config);

    private readonly FakeSource _source = new();
    private readonly TlsContext _client = TlsEngine.OpenSsl.CreateClient(new UpstreamTlsConfig());

    public SecretDiscoveryTests() => Manager.Resources.Open([_source]);

    [Test]
    public void Watch_BeforeTheFirstAnswer_IsWaitedFor()
    {
        var scope = new ResourceScope();
        var tls = Watch(new CommonTlsConfig { CertificateSecrets = [Named] }, scope);
        tls.Context.Should().BeNull();
        scope.Unready.Should().Equal("SdsApi s");

        Answer("1", Certificate("a.test")).Should().BeEmpty();

        scope.IsReady.Should().BeTrue();
        SubjectNow(tls).Should().Be("CN=a.test");
        Count("x.server_ssl_socket_factory.ssl_context_update_by_sds").Should().Be(1);
    }

    [Test]
    public void Watch_NoAnswerInTime_GoesOnWithoutAndTakesALateOne()
    {
        var scope = new ResourceScope();
        var tls = Watch(new CommonTlsConfig { CertificateSecrets = [Named] }, scope);

        _source.GiveUp(ResourceKind.Secret);

        scope.IsReady.Should().BeTrue();
        tls.Context.Should().BeNull();
        Answer("1", Certificate("late.test"));
        SubjectNow(tls).Should().Be("CN=late.test");
    }

    [Test]
    public void Update_IsUsedByNewHandshakes_OldOnesKeepTheirs()
    {
        var tls = Watch(new CommonTlsConfig { CertificateSecrets = [Named] }, new ResourceScope());
        Answer("1", Certificate("a.test"));
        using var before = new TlsSessionPair(tls.Context!, _client);

        Answer("2", Certificate("b.test"));

        SubjectNow(tls).Should().Be("CN=b.test");
        before.Handshake().Should().Be((TlsStatus.Done, TlsStatus.Done));
        before.Client.Describe().PeerCertificate!.Subject.Should().Be("CN=a.test");
    }

    [Test]
    public void Update_ThatCannotBeUsed_IsRefused_TheLastGoodOneStays()
    {
        var tls = Watch(new CommonTlsConfig { CertificateSecrets = [Named] }, new ResourceScope());
        Answer("1", Certificate("a.test"));
        var (b, other) = (TestCertificates.Create("b.test"), TestCertificates.Create("c.test"));

        Answer("2", new TlsSecretConfig("s") { Certificate = b with { PrivateKey = other.PrivateKey } }).Should().ContainSingle();
        Answer("3", new TlsSecretConfig("s") { Validation = new TlsValidationConfig() }).Should().ContainSingle().Which.Should().Contain("tls_certificate");
        Answer("4", Certificate("a.test"), Certificate("a.test")).Should().ContainSingle();

        SubjectNow(tls).Should().Be("CN=a.test");
    }

    [Test]
    public void Generic_IsWaitedFor_AndFollowsItsSource()
    {
        var scope = new ResourceScope();
        var secret = WatchGeneric(scope);
        (secret.Value.Length, scope.IsReady).Should().Be((0, false));

        Answer("1", Generic("one")).Should().BeEmpty();
        scope.IsReady.Should().BeTrue();
        secret.Value.Should().Equal("one!"u8.ToArray());
        Answer("2", Generic("refused")).Should().ContainSingle();
        Answer("3", Certificate("a.test")).Should().ContainSingle().Which.Should().Contain("generic_secret");
        secret.Value.Should().Equal("one!"u8.ToArray());
        Answer("4", Generic("two"));

        secret.Value.Should().Equal("two!"u8.ToArray());
    }

    [Test]
    public void Generic_OfAFile_IsReadAgain()
    {
        var secret = WatchGeneric(new ResourceScope());
        Answer("1", new TlsSecretConfig("s") { Generic = new TlsBytes("one"u8.ToArray().ToConfigList()) { Path = "/token" } });

        secret.Refresh(new SecretFiles(_ => "two"u8.ToArray())).Should().BeNull();
        secret.Value.Should().Equal("two!"u8.ToArray());
        secret.Refresh(new SecretFiles(_ => throw new IOException("gone"))).Should().Contain("/token: gone");
        Count("sds.s.key_rotation_failed").Should().Be(1);
        secret.Refresh(new SecretFiles(_ => "refused"u8.ToArray())).Should().Contain("of no use");

        secret.Value.Should().Equal("two!"u8.ToArray());
    }

    [Test]
    public void Generic_UserHasGone_IsWatchedNoMore()
    {
        var scope = new ResourceScope();
        WatchGeneric(scope);

        scope.Dispose();

        Manager.Secrets.Generic.Should().BeEmpty();
        Manager.Secrets.Subscriptions.Should().BeEmpty();
    }

    [Test]
    public void Update_OneUserCannotUseIt_NoneDoes()
    {
        var free = Watch(new CommonTlsConfig { ValidationSecret = Named, Certificates = [TestCertificates.Create("free.test")] }, new ResourceScope());
        var strict = Watch(
            new CommonTlsConfig
            {
                ValidationSecret = Named,
                Certificates = [TestCertificates.Create("strict.test")],
                Validation = new TlsValidationConfig { AllowExpired = true }, // of no use without roots
            },
            new ResourceScope());
        Answer("1", Roots(TestCertificates.Authority)).Should().BeEmpty();
        var (first, second) = (free.Context, strict.Context);

        Answer("2", new TlsSecretConfig("s") { Validation = new TlsValidationConfig() }).Should().ContainSingle();

        free.Context.Should().BeSameAs(first);
        strict.Context.Should().BeSameAs(second);
    }

    [Test]
    public void SeveralSecrets_AreAllWaitedFor()
    {
        var scope = new ResourceScope();
        var tls = Watch(new CommonTlsConfig { CertificateSecrets = [Named], ValidationSecret = new TlsSecretReference("ca", FakeSource.Config) }, scope);

        Answer("1", Certificate("a.test"));
        tls.Context.Should().BeNull();
        scope.Unready.Should().Equal("SdsApi ca");
        Answer("2", Roots(TestCertificates.Authority) with { Name = "ca" });

        scope.IsReady.Should().BeTrue();
        SubjectNow(tls).Should().Be("CN=a.test");
    }

    [Test]
    public void SameSecretTwice_SharesTheSubscription_WhichEndsWithTheLastUser()
    {
        var (first, second) = (new ResourceScope(), new ResourceScope());
        Watch(new CommonTlsConfig { CertificateSecrets = [Named] }, first);
        Answer("1", Certificate("a.test"));
        var late = Watch(new CommonTlsConfig { CertificateSecrets = [Named] }, second);
        SubjectNow(late).Should().Be("CN=a.test");

        first.Dispose();
        _source.Log.Should().Equal("Secret s");
        second.Dispose();

        _source.Log.Should().Equal("Secret s", "end Secret s");
        Stats.Snapshot().Should().NotContain(group => group.Prefix.StartsWith("sds.", StringComparison.Ordinal));
    }

    [Test]
    public void StaticSecret_IsThereAtOnce_AnUnknownOneIsRefused()
    {
        Manager.Secrets.Static = [Certificate("fixed.test")];
        var scope = new ResourceScope();

        var tls = Watch(new CommonTlsConfig { CertificateSecrets = [new TlsSecretReference("s", null)] }, scope);

        scope.IsReady.Should().BeTrue();
        SubjectNow(tls).Should().Be("CN=fixed.test");
        var act = () => Watch(new CommonTlsConfig { CertificateSecrets = [new TlsSecretReference("t", null)] }, scope);
        act.Should().Throw<ConfigException>().WithMessage("*unknown static secret t*");
    }

    [Test]
    public void FilesOfASecret_ThatDoNotFitAnyMore_CountOnce()
    {
        var tls = Watch(new CommonTlsConfig { CertificateSecrets = [Named] }, new ResourceScope());
        var certificate = TestCertificates.Create("a.test");
        Answer("1", new TlsSecretConfig("s") { Certificate = certificate with { Chain = certificate.Chain with { Path = "chain" } } });
        var other = TestCertificates.Create("b.test").Chain.Bytes.AsSpan().ToArray();

        tls.Refresh(new SecretFiles(_ => other)).Should().NotBeNull();
        tls.Refresh(new SecretFiles(_ => other)).Should().NotBeNull();

        Count("sds.s.key_rotation_failed").Should().Be(1);
        SubjectNow(tls).Should().Be("CN=a.test");
    }

    [Test]
    public void TicketKeys_AreWaitedForAndChange_ShortOnesAreRefused()
    {
        var scope = new ResourceScope();
        var tls = Watch(new DownstreamTlsConfig { Common = new CommonTlsConfig { Certificates = [TestCertificates.Create("a.test")] }, SessionTicketKeysSecret = Named }, scope);
        scope.IsReady.Should().BeFalse();
        tls.Context.Should().BeNull();

        Answer("1", TicketKeys(80)).Should().BeEmpty();
        var first = tls.Context;
        Answer("2", TicketKeys(5)).Should().ContainSingle().Which.Should().Contain("must be 80 bytes long");
        tls.Context.Should().BeSameAs(first);
        Answer("3", TicketKeys(80, 80)).Should().BeEmpty();

        scope.IsReady.Should().BeTrue();
        tls.Context.Should().NotBeNull().And.NotBeSameAs(first);
        Manager.Secrets.Subscriptions.Single().Origin.Version.Should().Be("3");
    }

    private static TlsSecretConfig TicketKeys(params int[] lengths) => new("s") { SessionTicketKeys = lengths.Select(static length => new TlsBytes(new byte[length].ToConfigList())).ToConfigList() };

    private static TlsSecretConfig Generic(string text) => new("s") { Generic = new TlsBytes(System.Text.Encoding.ASCII.GetBytes(text).ToConfigList()) };

    private GenericSecret WatchGeneric(ResourceScope scope) => Manager.Secrets.Watch(
        Named, static value => value.AsSpan().SequenceEqual("refused"u8) ? throw new ConfigException("", "of no use") : [.. value, (byte)'!'], scope);

    private static TlsSecretConfig Certificate(string name) => new("s") { Certificate = TestCertificates.Create(name) };

    private static TlsSecretConfig Roots(TlsBytes roots) => new("s") { Validation = new TlsValidationConfig { TrustedCa = roots } };

    private DownstreamTls Watch(CommonTlsConfig common, ResourceScope scope) => Watch(new DownstreamTlsConfig { Common = common }, scope);

    private DownstreamTls Watch(DownstreamTlsConfig config, ResourceScope scope)
    {
        var tls = DownstreamTls.Compile(
            config, TlsEngine.OpenSsl, TimeProvider.System, new TlsReport(Stats.CreateScope(), "x."), default, static _ => { });
        tls.Watch(Manager.Secrets, scope);
        return tls;
    }

    private List<string> Answer(string version, params TlsSecretConfig[] secrets) =>
        _source.Answer(ResourceKind.Secret, version, [.. secrets.Select(secret => (secret.Name, (object?)secret))]);

    private double Count(string name) => Stats.Reader.Read(full => full == name).Counters.Single().Value;

    private string SubjectNow(DownstreamTls tls)
    {
        using var pair = new TlsSessionPair(tls.Context!, _client);
        pair.Handshake().Should().Be((TlsStatus.Done, TlsStatus.Done));
        return pair.Client.Describe().PeerCertificate!.Subject;
    }
}

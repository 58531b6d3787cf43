using Microsoft.Extensions.Logging.Abstractions;
using Proxy.Configuration;
using Proxy.Configuration.Tls;
using Proxy.Stats;
using Proxy.Testing;
using Proxy.Tls;

namespace Proxy.Core.Tests.Tls;

public sealed class SecretRefreshTests : SimulatedFixture
{
    private readonly Dictionary<string, byte[]> _files = [];
    private readonly DownstreamTls _tls;
    private readonly TlsContext _client = TlsEngine.OpenSsl.CreateClient(new UpstreamTlsConfig());

    public SecretRefreshTests()
    {
        Put(TestCertificates.Create("old.test"));
        var certificate = new TlsCertificateConfig(FromFile("cert"), FromFile("key"));
        _tls = DownstreamTls.Compile(
            new DownstreamTlsConfig { Common = new CommonTlsConfig { Certificates = [certificate] } },
            TlsEngine.OpenSsl, TimeProvider.System, new TlsReport(new StatsStore().CreateScope(), "x."), default, static _ => { });
        Runtime.Run(Runtime.Main, () => new SecretRefresher(
            Runtime.Main, new SecretFiles(path => _files.TryGetValue(path, out var bytes) ? bytes : throw new IOException("gone")), () => [_tls], NullLogger.Instance).Start());
    }

    [Test]
    public void ChangedFiles_AreUsedByNewConnections()
    {
        using var before = new TlsSessionPair(_tls.Context!, _client);
        Put(TestCertificates.Create("new.test"));

        Runtime.Advance(SecretRefresher.Interval + 10);

        SubjectNow().Should().Be("CN=new.test");
        before.Handshake().Should().Be((TlsStatus.Done, TlsStatus.Done));
        before.Client.Describe().PeerCertificate!.Subject.Should().Be("CN=old.test");
    }

    [Test]
    public void UnchangedFiles_KeepTheContext()
    {
        var context = _tls.Context;

        Runtime.Advance(SecretRefresher.Interval + 10);

        _tls.Context.Should().BeSameAs(context);
    }

    [Test]
    public void FilesThatDoNotFitOrAreGone_LeaveTheFormerOnesInUse_UntilTheyAreWhole()
    {
        var next = TestCertificates.Create("new.test");
        _files["cert"] = next.Chain.Bytes.AsSpan().ToArray(); // its key comes a moment later
        Runtime.Advance(SecretRefresher.Interval + 10);
        SubjectNow().Should().Be("CN=old.test");

        _files.Remove("key");
        Runtime.Advance(SecretRefresher.Interval);
        SubjectNow().Should().Be("CN=old.test");

        Put(next);
        Runtime.Advance(SecretRefresher.Interval);
        SubjectNow().Should().Be("CN=new.test");
    }

    [Test]
    public void ChangedRoots_OfATrustDomain_AreUsed()
    {
        _files["roots"] = [.. TestCertificates.Stranger.Bytes];
        var validation = new TlsValidationConfig { Spiffe = new SpiffeValidationConfig([new SpiffeTrustDomainConfig("own.test", FromFile("roots"))]) };
        var config = new DownstreamTlsConfig { Common = new CommonTlsConfig { Validation = validation } };
        var files = new SecretFiles(path => _files[path]);
        SecretReader.Read(config, files).Should().Be(config);

        _files["roots"] = [.. TestCertificates.Authority.Bytes];
        SecretReader.Read(config, files).Common.Validation!.Spiffe!.TrustDomains[0].TrustBundle.Bytes.Should().Equal(TestCertificates.Authority.Bytes);
    }

    private void Put(TlsCertificateConfig certificate)
    {
        _files["cert"] = certificate.Chain.Bytes.AsSpan().ToArray();
        _files["key"] = certificate.PrivateKey.Bytes.AsSpan().ToArray();
    }

    private TlsBytes FromFile(string path) => new(_files[path].ToConfigList()) { Path = path };

    private string SubjectNow()
    {
        using var pair = new TlsSessionPair(_tls.Context!, _client);
        pair.Handshake().Should().Be((TlsStatus.Done, TlsStatus.Done));
        return pair.Client.Describe().PeerCertificate!.Subject;
    }
}

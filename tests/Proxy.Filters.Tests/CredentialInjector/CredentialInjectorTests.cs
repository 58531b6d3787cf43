using System.Text;
using Proxy.Configuration;
using Proxy.Configuration.Filters;
using Proxy.Configuration.Tls;
using Proxy.Filters.Http.CredentialInjector;
using Proxy.Filters.Tests.Router;
using Proxy.Hosting;
using Proxy.Resources;
using Proxy.Streams;
using Proxy.Tls.Secrets;
using Proxy.Workers;

namespace Proxy.Filters.Tests.CredentialInjector;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class CredentialInjectorTests : RouterFixture
{
    private const string Stats = "http.in.credential_injector.";

    private static readonly GenericCredentialConfig Credential = new(new TlsSecretReference("token", null));

    private string _secret = "s3cret";

    public CredentialInjectorTests() => MoreFilters = [new WatchingFactory(this)];

    [Test]
    public void Request_WithoutACredential_IsGivenOne()
    {
        Start(new CredentialInjectorConfig(Credential with { Prefix = "Bearer " }));

        Forwarded(Get()).Should().Contain("\r\nauthorization: Bearer s3cret\r\n");
        Stat(Stats + "injected").Should().Be(1);
    }

    [TestCase(true, "x-token: s3cret", "injected")]
    [TestCase(false, "x-token: own", "already_exists")]
    public void Request_WithACredential_KeepsItUnlessOverwritten(bool overwrite, string expected, string counter)
    {
        Start(new CredentialInjectorConfig(Credential with { Header = "X-Token" }) { Overwrite = overwrite });

        var forwarded = Forwarded("GET / HTTP/1.1\r\nhost: a.test\r\nx-token: own\r\n\r\n");

        forwarded.Split("\r\n").Where(static line => line.StartsWith("x-token", StringComparison.Ordinal)).Should().Equal(expected);
        Stat(Stats + counter).Should().Be(1);
    }

    [Test]
    public void Request_SecretIsMissing_IsRefused()
    {
        _secret = "";
        Start(new CredentialInjectorConfig(Credential));

        var (head, body) = Answer(Client().Send(Get()));

        head.Should().StartWith("HTTP/1.1 401");
        body.Should().Be("Failed to inject credential.");
        Stat(Stats + "failed").Should().Be(1);
    }

    [Test]
    public void Request_SecretMayBeMissing_Passes()
    {
        _secret = "";
        Start(new CredentialInjectorConfig(Credential) { AllowsMissing = true });

        Forwarded(Get()).Should().NotContain("authorization");
        Stat(Stats + "failed").Should().Be(1);
    }

    [TestCase("")]
    [TestCase(":path")]
    public void Header_ThatIsNone_IsRefused(string name)
    {
        var act = () => Start(new CredentialInjectorConfig(Credential with { Header = name }));

        act.Should().Throw<ConfigException>();
    }

    [Test]
    public void Secret_WithTheEndOfALine_IsRefused()
    {
        _secret = "a\r\nx-evil: 1";

        var act = () => Start(new CredentialInjectorConfig(Credential));

        act.Should().Throw<ConfigException>();
    }

    private string Forwarded(string request)
    {
        Client().Send(request);
        return Upstream.Accept().ReadUntil("\r\n\r\n");
    }

    private void Start(CredentialInjectorConfig injector) =>
        Start(Table(To("app")), null, config => config with { Filters = [new FilterConfig("inject", injector), .. config.Filters] });

    // Lends the factory what a listener would: a scope, and secrets.
    private sealed class WatchingFactory(CredentialInjectorTests test) : IHttpFilterFactory
    {
        private readonly CredentialInjectorFactory _inner = new();

        public Type ConfigType => _inner.ConfigType;

        public Func<Worker, HttpFilter> Prepare(object config, FilterFactoryContext context)
        {
            var secrets = new SecretDiscovery(new ResourceHub(), test.Runtime.Main, test.Store)
            {
                Static = [new TlsSecretConfig("token") { Generic = new TlsBytes(Encoding.ASCII.GetBytes(test._secret).ToConfigList()) }],
            };
            return _inner.Prepare(config, context with { Scope = new ResourceScope(), Secrets = secrets });
        }
    }
}

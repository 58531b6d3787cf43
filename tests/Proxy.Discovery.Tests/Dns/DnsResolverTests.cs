using Proxy.Clusters.Dns;
using Proxy.Configuration.Clusters;
using Proxy.Discovery.Dns;

namespace Proxy.Discovery.Tests.Dns;

public sealed class DnsResolverTests
{
    private readonly ScriptedDnsTransport _dns = new();
    private string _hosts = "";

    [SetUp]
    public void WriteHosts()
    {
        _hosts = Path.Combine(TestContext.CurrentContext.WorkDirectory, Guid.NewGuid().ToString("N"));
        File.WriteAllText(_hosts, "10.1.1.1 db db.local # comment\n::5 db\n");
        _dns.Know("app.test. A", "10.0.0.1", "10.0.0.2").Know("app.test. AAAA", "2001:db8::1");
    }

    [TearDown]
    public void RemoveHosts() => File.Delete(_hosts);

    [TestCase(DnsLookupFamily.V4Only, "10.0.0.1 10.0.0.2", "app.test. A")]
    [TestCase(DnsLookupFamily.V6Only, "2001:db8::1", "app.test. AAAA")]
    [TestCase(DnsLookupFamily.Auto, "2001:db8::1", "app.test. A, app.test. AAAA")]
    [TestCase(DnsLookupFamily.V4Preferred, "10.0.0.1 10.0.0.2", "app.test. A, app.test. AAAA")]
    [TestCase(DnsLookupFamily.All, "2001:db8::1 10.0.0.1 10.0.0.2", "app.test. A, app.test. AAAA")]
    public async Task Name_HasBothFamilies_TheWantedAreAskedAndGiven(DnsLookupFamily family, string addresses, string questions)
    {
        var answer = await Resolve("app.test", family);

        Addresses(answer).Should().Be(addresses);
        answer.Addresses[0].Ttl.Should().Be(TimeSpan.FromSeconds(30));
        string.Join(", ", _dns.Asked).Should().Be(questions);
    }

    [TestCase(DnsLookupFamily.Auto)]
    [TestCase(DnsLookupFamily.V4Preferred)]
    public async Task Name_HasOneFamily_ThatIsGiven(DnsLookupFamily family)
    {
        _dns.Know("four.test. A", "10.0.0.4").Know("six.test. AAAA", "::6");

        Addresses(await Resolve("four.test", family)).Should().Be("10.0.0.4");
        Addresses(await Resolve("six.test", family)).Should().Be("::6");
    }

    [TestCase("10.9.9.9")]
    [TestCase("::1")]
    public async Task Literal_IsItsOwnAnswer(string literal)
    {
        Addresses(await Resolve(literal)).Should().Be(literal);
        _dns.Asked.Should().BeEmpty();
    }

    [TestCase("db", DnsLookupFamily.V4Only, "10.1.1.1")]
    [TestCase("DB.local", DnsLookupFamily.Auto, "10.1.1.1")]
    [TestCase("db", DnsLookupFamily.V6Only, "::5")]
    [TestCase("localhost", DnsLookupFamily.V4Only, "127.0.0.1")]
    [TestCase("localhost", DnsLookupFamily.All, "::1 127.0.0.1")]
    [TestCase("a.localhost.", DnsLookupFamily.V4Preferred, "127.0.0.1")]
    public async Task Name_InTheHostsFileOrLocal_IsNotAskedFor(string name, DnsLookupFamily family, string addresses)
    {
        Addresses(await Resolve(name, family)).Should().Be(addresses);
        _dns.Asked.Should().BeEmpty();
    }

    [Test]
    public async Task HostsFile_Changes_IsReadAgain()
    {
        var resolver = Create();
        Addresses(await resolver.ResolveAsync("db", DnsLookupFamily.V4Only)).Should().Be("10.1.1.1");

        File.WriteAllText(_hosts, "10.2.2.2 db\n");
        File.SetLastWriteTimeUtc(_hosts, new DateTime(2031, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        Addresses(await resolver.ResolveAsync("db", DnsLookupFamily.V4Only)).Should().Be("10.2.2.2");
    }

    [Test]
    public async Task ShortName_SearchList_IsCompletedInOrder()
    {
        _dns.Know("web.ns.svc.cluster. A", "10.3.3.3");

        var answer = await Resolve("web", DnsLookupFamily.V4Only, "search x.test ns.svc.cluster\noptions ndots:5 timeout:2");

        Addresses(answer).Should().Be("10.3.3.3");
        _dns.Asked.Should().Equal("web.x.test. A", "web.ns.svc.cluster. A");
    }

    [Test]
    public async Task NameWithEnoughDots_SearchList_IsTriedAsItIsFirst()
    {
        await Resolve("a.b", DnsLookupFamily.V4Only, "search x.test");

        _dns.Asked.Should().Equal("a.b. A", "a.b.x.test. A");
    }

    [Test]
    public async Task NameWithFinalDot_SearchList_IsTriedOnlyAsItIs()
    {
        await Resolve("web.", DnsLookupFamily.V4Only, "search x.test");

        _dns.Asked.Should().Equal("web. A");
    }

    [Test]
    public async Task Name_DoesNotExist_IsAnAnswerWithoutAddresses()
    {
        var answer = await Resolve("nobody.test");

        answer.Succeeded.Should().BeTrue();
        answer.Addresses.Should().BeEmpty();
    }

    [Test]
    public async Task Name_NoServerKnows_IsAFailure()
    {
        _dns.Fail("gone.test. A").Fail("gone.test. AAAA");

        var answer = await Resolve("gone.test");

        answer.Succeeded.Should().BeFalse();
        answer.Details.Should().Be("ServerFailure");
    }

    [Test]
    public async Task Name_OneFamilyFails_TheOtherIsUsed()
    {
        _dns.Fail("half.test. AAAA").Know("half.test. A", "10.0.0.7");

        Addresses(await Resolve("half.test")).Should().Be("10.0.0.7");
    }

    private static string Addresses(DnsAnswer answer) => string.Join(' ', answer.Addresses.Select(address => address.Address));

    private async Task<DnsAnswer> Resolve(string name, DnsLookupFamily family = DnsLookupFamily.Auto, string search = "")
    {
        return await Create(search).ResolveAsync(name, family);
    }

    private DnsResolver Create(string search = "") => new(new HostsFile(_hosts), SearchList.Parse(search), _dns);
}

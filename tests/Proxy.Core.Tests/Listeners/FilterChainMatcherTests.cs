using System.Net;
using Proxy.Configuration;
using Proxy.Configuration.Listeners;
using Proxy.Connections;
using Proxy.Listeners;

namespace Proxy.Core.Tests.Listeners;

public sealed class FilterChainMatcherTests
{
    [Test]
    public void Find_NoCriteria_TakesEveryConnection()
    {
        Find([Chain("any", new())], Connection()).Should().Be("any");
    }

    [Test]
    public void Find_NothingMatches_TakesTheDefaultChainOrNone()
    {
        var chains = new[] { Chain("other", new() { DestinationPort = 81 }) };

        Find(chains, Connection()).Should().BeNull();
        Find(chains, Connection(), Chain("default", new())).Should().Be("default");
    }

    [Test]
    public void Find_DestinationPort_WinsOverEverythingBelowAndIsNotLeftAgain()
    {
        var chains = new[]
        {
            Chain("port", new() { DestinationPort = 80, ServerNames = ["a.test"] }),
            Chain("name", new() { ServerNames = ["b.test"] }),
        };

        Find(chains, Connection(serverName: "a.test")).Should().Be("port");
        Find(chains, Connection(serverName: "b.test")).Should().BeNull("the port was chosen, and there is no way back from it");
    }

    [TestCase("10.1.2.3", "longest")]
    [TestCase("10.1.9.9", "longer")]
    [TestCase("10.9.9.9", "short")]
    [TestCase("11.0.0.1", "any")]
    public void Find_DestinationPrefixes_LongestWins(string address, string chain)
    {
        var chains = new[]
        {
            Chain("short", new() { DestinationPrefixes = [Range("10.0.0.0", 8)] }),
            Chain("longest", new() { DestinationPrefixes = [Range("10.1.2.0", 24)] }),
            Chain("longer", new() { DestinationPrefixes = [Range("10.1.0.0", 16)] }),
            Chain("any", new()),
        };

        Find(chains, Connection(local: address)).Should().Be(chain);
    }

    [TestCase("www.example.com", "exact")]
    [TestCase("api.example.com", "wild")]
    [TestCase("a.b.example.com", "wild")]
    [TestCase("x.deep.example.com", "deep")]
    [TestCase("example.com", "any")]
    [TestCase("other.test", "any")]
    [TestCase(null, "any")]
    public void Find_ServerNames_ExactThenLongestWildcardThenAny(string? name, string chain)
    {
        var chains = new[]
        {
            Chain("wild", new() { ServerNames = ["*.example.com"] }),
            Chain("deep", new() { ServerNames = ["*.deep.example.com"] }),
            Chain("exact", new() { ServerNames = ["WWW.example.com"] }),
            Chain("any", new()),
        };

        Find(chains, Connection(serverName: name)).Should().Be(chain);
    }

    [Test]
    public void Find_ApplicationProtocols_FirstOfTheClientThatIsKnownWins()
    {
        var chains = new[]
        {
            Chain("h1", new() { ApplicationProtocols = ["http/1.1"] }),
            Chain("h2", new() { ApplicationProtocols = ["h2"] }),
        };

        Find(chains, Connection(protocols: ["x", "h2", "http/1.1"])).Should().Be("h2");
        Find(chains, Connection(protocols: ["http/1.1", "h2"])).Should().Be("h1");
        Find(chains, Connection()).Should().BeNull();
    }

    [Test]
    public void Find_TransportProtocol_TellsTlsFromPlain()
    {
        var chains = new[] { Chain("tls", new() { TransportProtocol = "tls" }), Chain("rest", new()) };

        Find(chains, Connection()).Should().Be("rest");
        Find(chains, Connection(transport: "tls")).Should().Be("tls");
    }

    [TestCase("127.0.0.1", "10.0.0.1", "local")]
    [TestCase("10.0.0.1", "10.0.0.1", "local")]
    [TestCase("10.0.0.2", "10.0.0.1", "external")]
    public void Find_SourceType_LoopbackAndOwnAddressAreLocal(string remote, string local, string chain)
    {
        var chains = new[]
        {
            Chain("local", new() { SourceType = ConnectionSourceType.SameIpOrLoopback }),
            Chain("external", new() { SourceType = ConnectionSourceType.External }),
            Chain("any", new()),
        };

        Find(chains, Connection(local: local, remote: remote)).Should().Be(chain);
    }

    [Test]
    public void Find_SourcePrefixAndPort_AreTheLastToDecide()
    {
        var chains = new[]
        {
            Chain("net", new() { SourcePrefixes = [Range("10.0.0.0", 8)] }),
            Chain("net and port", new() { SourcePrefixes = [Range("10.0.0.0", 8)], SourcePorts = [7777] }),
            Chain("port", new() { SourcePorts = [7777] }),
        };

        Find(chains, Connection(remote: "10.0.0.9", remotePort: 1)).Should().Be("net");
        Find(chains, Connection(remote: "10.0.0.9", remotePort: 7777)).Should().Be("net and port");
        Find(chains, Connection(remote: "11.0.0.9", remotePort: 7777)).Should().Be("port");
        Find(chains, Connection(remote: "11.0.0.9", remotePort: 1)).Should().BeNull();
    }

    [Test]
    public void Find_DirectSource_IsTheSocketsPeerWhateverTheProxyProtocolSays()
    {
        var chains = new[] { Chain("direct", new() { DirectSourcePrefixes = [Range("10.0.0.0", 8)] }) };
        var connection = Connection(remote: "10.0.0.9");
        connection.RemoteEndPoint = new IPEndPoint(IPAddress.Parse("192.0.2.1"), 1);

        Find(chains, connection).Should().Be("direct");
    }

    [Test]
    public void Find_MappedIpv4_CountsAsIpv4()
    {
        var chains = new[] { Chain("v4", new() { DestinationPrefixes = [Range("10.0.0.0", 8)] }) };

        Find(chains, Connection(local: "::ffff:10.1.1.1")).Should().Be("v4");
    }

    [Test]
    public void Compile_SameMatchTwice_IsAFaultOfTheSecond()
    {
        var faults = Faults(
            Chain("a", new() { ServerNames = ["a.test", "b.test"] }),
            Chain("b", new() { ServerNames = ["B.test"] }));

        faults.Should().ContainSingle().Which.Path.Should().Be("filter_chains[1].filter_chain_match");
    }

    [TestCase("a*.test")]
    [TestCase("*")]
    [TestCase("*.a.*")]
    public void Compile_PartialWildcard_IsAFaultThatNamesIt(string name)
    {
        Faults(Chain("a", new() { ServerNames = [name] })).Should().ContainSingle().Which.Message.Should().Contain($"'{name}'");
    }

    private static string? Find(FilterChain[] chains, ConnectionInfo connection, FilterChain? fallback = null)
    {
        var faults = new FaultList();
        var found = FilterChainMatcher.Compile(chains, fallback, faults).Find(connection)?.Config.Name;
        faults.Faults.Should().BeEmpty();
        return found;
    }

    private static IReadOnlyList<ConfigFault> Faults(params FilterChain[] chains)
    {
        var faults = new FaultList();
        FilterChainMatcher.Compile(chains, null, faults);
        return faults.Faults;
    }

    private static FilterChain Chain(string name, FilterChainMatchConfig match) => FilterChain.Compile(new FilterChainConfig { Name = name, Match = match }, null!, "", new FaultList());

    private static CidrRange Range(string address, int length) => new(IPAddress.Parse(address), length);

    private static ConnectionInfo Connection(
        string local = "192.0.2.10",
        string remote = "192.0.2.20",
        int remotePort = 5000,
        string? serverName = null,
        string transport = "raw_buffer",
        string[]? protocols = null)
    {
        return new ConnectionInfo(new IPEndPoint(IPAddress.Parse(local), 80), new IPEndPoint(IPAddress.Parse(remote), remotePort))
        {
            ServerName = serverName,
            TransportProtocol = transport,
            ApplicationProtocols = protocols ?? [],
        };
    }
}

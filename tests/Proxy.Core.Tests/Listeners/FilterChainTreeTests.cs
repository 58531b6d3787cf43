using System.Net;
using Proxy.Configuration;
using Proxy.Configuration.Filters;
using Proxy.Configuration.Listeners;
using Proxy.Configuration.Matching;
using Proxy.Connections;
using Proxy.Listeners;

namespace Proxy.Core.Tests.Listeners;

public sealed class FilterChainTreeTests
{
    private static readonly MatchInputConfig Port = new(MatchInputKind.DestinationPort);

    [TestCase(80, "plain")]
    [TestCase(443, "secure")]
    [TestCase(81, null, Description = "a chain that is not there")]
    [TestCase(82, "default", Description = "nothing matches")]
    public void Find_TakesTheChainThatTheDecisionNames(int port, string? chain)
    {
        Find(ByPort(("80", "plain"), ("443", "secure"), ("81", "gone")), Connection(port)).Should().Be(chain);
    }

    [Test]
    public void Find_OnNoMatch_IsAskedBeforeTheDefaultChain()
    {
        Find(ByPort(("80", "plain")) with { OnNoMatch = To("secure") }, Connection(82)).Should().Be("secure");
    }

    [Test]
    public void Find_OffersOfTheClient_AreLookedAt()
    {
        var matcher = new MatcherConfig
        {
            Table = new ExactTableConfig(new MatchInputConfig(MatchInputKind.ApplicationProtocol), [KeyValuePair.Create("'h2','http/1.1'", To("secure"))]),
        };
        var connection = Connection(80);

        Find(matcher, connection).Should().Be("default");
        connection.ApplicationProtocols = ["h2", "http/1.1"];
        Find(matcher, connection).Should().Be("secure");
    }

    [Test]
    public void Compile_ChainsWithoutNamesOfTheirOwn_AreFaults()
    {
        Faults(ByPort(("80", "a")), Chain("a"), Chain(""), Chain("a")).Should().Equal("filter_chains[1].name", "filter_chains[2].name");
    }

    [Test]
    public void Compile_WhatOnlyRequestsHave_IsAFault()
    {
        var matcher = new MatcherConfig { Table = new ExactTableConfig(new MatchInputConfig(MatchInputKind.RequestHeader, "x"), [KeyValuePair.Create("1", To("a"))]) };

        Faults(matcher, Chain("a")).Should().ContainSingle().Which.Should().StartWith("filter_chain_matcher.");
    }

    [Test]
    public void Compile_ActionOfAnotherUse_IsAFault()
    {
        var matcher = new MatcherConfig { OnNoMatch = new OnMatchConfig { Action = new SkipFilterConfig() } };

        Faults(matcher, Chain("a")).Should().ContainSingle().Which.Should().StartWith("filter_chain_matcher.on_no_match");
    }

    private static MatcherConfig ByPort(params (string Port, string Chain)[] entries)
    {
        return new MatcherConfig { Table = new ExactTableConfig(Port, entries.Select(static entry => KeyValuePair.Create(entry.Port, To(entry.Chain))).ToConfigList()) };
    }

    private static OnMatchConfig To(string chain) => new() { Action = new FilterChainActionConfig(chain) };

    private static string? Find(MatcherConfig matcher, ConnectionInfo connection)
    {
        var faults = new FaultList();
        var tree = FilterChainTree.Compile(matcher, [Chain("plain"), Chain("secure")], Chain("default"), faults);
        faults.Faults.Should().BeEmpty();
        return tree.Find(connection)?.Config.Name;
    }

    private static IEnumerable<string> Faults(MatcherConfig matcher, params FilterChain[] chains)
    {
        var faults = new FaultList();
        FilterChainTree.Compile(matcher, chains, null, faults);
        return faults.Faults.Select(static fault => fault.Path);
    }

    private static FilterChain Chain(string name) => FilterChain.Compile(new FilterChainConfig { Name = name }, null!, "", new FaultList());

    private static ConnectionInfo Connection(int port) => new(new IPEndPoint(IPAddress.Parse("192.0.2.10"), port), new IPEndPoint(IPAddress.Parse("192.0.2.20"), 5000));
}

using Proxy.Configuration;
using Proxy.Configuration.Http;
using Proxy.Routing;
using Proxy.Routing.Actions;

namespace Proxy.Core.Tests.Routing;

[TestFixture]
public sealed class VirtualHostTests
{
    private static readonly string[][] Domains = [["a.test", "a.test:81"], ["*.test"], ["*-x.test"], ["a.*"], ["a.b.*"], ["*"]];

    [TestCase("a.test", "v0")]
    [TestCase("A.Test", "v0")]
    [TestCase("a.test:81", "v0")]
    [TestCase("a.test:80", "v3", Description = "the port counts; only prefix wildcards are left")]
    [TestCase("b.test", "v1")]
    [TestCase("b-x.test", "v2", Description = "the longest suffix wins")]
    [TestCase("-x.test", "v1", Description = "a wildcard stands for at least one character")]
    [TestCase(".test", "v5")]
    [TestCase("a.org", "v3")]
    [TestCase("a.b.org", "v4", Description = "the longest prefix wins")]
    [TestCase("a.", "v5")]
    [TestCase("other", "v5")]
    [TestCase("", "v5")]
    public void Host_FindsTheMostSpecificDomain(string host, string expected)
    {
        Compile(Domains).Ask(RoutingFixture.Request(host: host)).Should().Be(expected);
    }

    [TestCase("a.test:8080", "v0")]
    [TestCase("a.test:", "v0")]
    [TestCase("a.test:x", "v0")]
    [TestCase("[::1]", "v1")]
    [TestCase("[::1]:80", "v1")]
    public void Host_PortIgnored_IsLookedUpWithoutIt(string host, string expected)
    {
        Compile([["a.test"], ["[::1]"], ["*"]], static table => table with { IgnorePortInHostMatching = true })
            .Ask(RoutingFixture.Request(host: host)).Should().Be(expected);
    }

    [Test]
    public void Host_NoDomainMatches_FindsNothing()
    {
        Compile([["a.test"]]).Ask(RoutingFixture.Request(host: "b.test")).Should().BeNull();
    }

    [Test]
    public void Host_OtherHeaderConfigured_IsLookedUpByIt()
    {
        var table = Compile([["a.test"], ["*"]], static table => table with { VirtualHostHeader = "x-vh" });

        table.Ask(RoutingFixture.Request(host: "n", headers: ("x-vh", "A.test"))).Should().Be("v0");
        table.Ask(RoutingFixture.Request(host: "n", headers: ("x-vh", ""))).Should().Be("v1");
        table.Ask(RoutingFixture.Request(host: "a.test")).Should().BeNull();
    }

    [TestCase("A.test", "Only unique values for domains are permitted*")]
    [TestCase("*", "Only a single wildcard domain*")]
    public void Compile_DomainTwice_IsAFault(string domain, string message)
    {
        var compile = () => Compile([["a.test", "*"], [domain]]);

        compile.Should().Throw<ConfigException>().Which.Faults.Should().ContainSingle().Which.Should()
            .Match<ConfigFault>(fault => fault.Path == "virtual_hosts[1].domains[0]").And.Subject.As<ConfigFault>().Message.Should().Match(message);
    }

    [TestCase(TlsRequirement.All, false, false, true)]
    [TestCase(TlsRequirement.All, false, true, true)]
    [TestCase(TlsRequirement.All, true, false, false)]
    [TestCase(TlsRequirement.ExternalOnly, false, false, true)]
    [TestCase(TlsRequirement.ExternalOnly, false, true, false)]
    [TestCase(TlsRequirement.None, false, false, false)]
    public void Host_TlsRequired_RedirectsWhoComesWithout(TlsRequirement requirement, bool tls, bool inside, bool redirected)
    {
        var config = RoutingFixture.Table(RoutingFixture.Answer("yes", new RouteMatchConfig(PathMatchKind.Prefix, "/")));
        var table = RouteTable.Compile(config with { VirtualHosts = [config.VirtualHosts[0] with { RequireTls = requirement }] }, new RouteTableContext());

        (table.Find(RoutingFixture.Request(), tls: tls, inside: inside)!.Action is RedirectAction).Should().Be(redirected);
    }

    [Test]
    public void VirtualCluster_WithoutConditions_IsRefused()
    {
        var config = RoutingFixture.Table();
        var host = config.VirtualHosts[0] with { VirtualClusters = [new VirtualClusterConfig("all")] };

        var act = () => RouteTable.Compile(config with { VirtualHosts = [host] }, new RouteTableContext());

        act.Should().Throw<ConfigException>().WithMessage("*virtual_hosts[0].virtual_clusters[0].headers: must not be empty*");
    }

    private static RouteTable Compile(string[][] domains, Func<RouteTableConfig, RouteTableConfig>? change = null)
    {
        var config = new RouteTableConfig
        {
            VirtualHosts = domains.Select(static (names, i) => new VirtualHostConfig
            {
                Name = "v" + i,
                Domains = names.ToConfigList(),
                Routes = [RoutingFixture.Answer("v" + i, new RouteMatchConfig(PathMatchKind.Prefix, "/"))],
            }).ToConfigList(),
        };
        return RouteTable.Compile(change?.Invoke(config) ?? config, new RouteTableContext());
    }
}

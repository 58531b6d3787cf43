using Proxy.Configuration;
using Proxy.Configuration.Filters;
using Proxy.Configuration.Http;

namespace Proxy.Filters.Tests.Router;

/// <summary>Filters that only upgrades pass.</summary>
[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class UpgradeFilterTests : RouterFixture
{
    private const string Upgrade = "connection: Upgrade\r\nupgrade: websocket\r\n";

    [Test]
    public void Upgrade_WithFiltersOfItsOwn_PassesThoseAndNotTheOthers()
    {
        StartWithFilters();
        Client().Send(Get("/", Upgrade));
        Upstream.Accept().ReadUntil("\r\n\r\n").Should().Contain("x-upgrade: 1\r\n").And.NotContain("x-usual");
        Client().Send(Get());
        Upstream.Accept().ReadUntil("\r\n\r\n").Should().Contain("x-usual: 1\r\n").And.NotContain("x-upgrade");
    }

    [Test]
    public void Upgrade_StreamIsReused_HasTheUsualFiltersAgain()
    {
        StartWithFilters();
        var client = Client().Send(Get("/", Upgrade));
        var upstream = Upstream.Accept();
        upstream.ReadUntil("\r\n\r\n");
        upstream.Send(Ok("no"));
        client.ReadUntil("\r\n\r\n").Should().StartWith("HTTP/1.1 200 ");
        Runtime.Advance(2000);

        Client().Send(Get());
        (upstream.IsOpen ? upstream : Upstream.Accept()).ReadUntil("\r\n\r\n").Should().Contain("x-usual: 1\r\n");
    }

    [Test]
    public void Upgrade_FiltersWithoutRouter_AreRefused()
    {
        FluentActions.Invoking(() => Start(Table(To("app")), null, config => config with { Upgrades = [new UpgradeConfig("websocket") { Filters = [Adds("x-upgrade")] }] }))
            .Should().Throw<ConfigException>().Which.Faults.Should().ContainSingle().Which.Path.Should().Be("upgrade_configs[0].http_filters[0]");
    }

    private static FilterConfig Adds(string name)
    {
        return new FilterConfig("edits", new HeaderMutationFilterConfig(new HeaderMutationSet { Request = [new AppendHeaderMutation(new HeaderAddition(name, "1"))] }));
    }

    private void StartWithFilters()
    {
        var router = new FilterConfig("router", new RouterConfig());
        Start(Table(To("app")), null, config => config with
        {
            Filters = [Adds("x-usual"), router],
            Upgrades = [new UpgradeConfig("websocket") { Filters = [Adds("x-upgrade"), router] }],
        });
    }
}

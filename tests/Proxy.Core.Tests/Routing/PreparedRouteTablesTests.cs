using Proxy.Configuration;
using Proxy.Configuration.Http;
using Proxy.Hosting;
using Proxy.Routing;

namespace Proxy.Core.Tests.Routing;

/// <summary>A table compiled for a check serves the listener made next, unless something in it belongs to the check.</summary>
public sealed class PreparedRouteTablesTests
{
    private static readonly RouteTableConfig Plain = RoutingFixture.Table(RoutingFixture.Answer("x", new RouteMatchConfig(PathMatchKind.Prefix, "/")));
    private static readonly RouteTableConfig WithFraction = RoutingFixture.Table(
        RoutingFixture.Answer("x", new RouteMatchConfig(PathMatchKind.Prefix, "/") { RuntimeFraction = new FractionConfig(0, 100, "share") }));

    private readonly PreparedRouteTables _prepared = new();

    [Test]
    public void Take_AfterCheck_GivesTheTableThatWasCheckedOnce()
    {
        var table = _prepared.Check(Plain, new RouteTableContext());

        _prepared.Take(Plain, new RouteTableContext()).Should().BeSameAs(table);
        _prepared.Take(Plain, new RouteTableContext()).Should().NotBeSameAs(table);
    }

    [Test]
    public void Take_OfAnotherConfigurationWithTheSameContent_CompilesIt()
    {
        var table = _prepared.Check(Plain, new RouteTableContext());

        _prepared.Take(Plain with { }, new RouteTableContext()).Should().NotBeSameAs(table);
    }

    [Test]
    public void Take_WithOtherRuntimeValues_FollowsThem()
    {
        _prepared.Check(WithFraction, new RouteTableContext { Runtime = new RuntimeSnapshot([]) });
        var live = new RuntimeSnapshot([new RuntimeValue("share", "100")]);

        var table = _prepared.Take(WithFraction, new RouteTableContext { Runtime = live });

        table.Ask(RoutingFixture.Request()).Should().Be("x");
    }

    [Test]
    public void Take_WithOtherRuntimeValuesThatNoRouteAsksFor_GivesTheTable()
    {
        var table = _prepared.Check(Plain, new RouteTableContext { Runtime = new RuntimeSnapshot([]) });

        _prepared.Take(Plain, new RouteTableContext { Runtime = new RuntimeSnapshot([]) }).Should().BeSameAs(table);
    }

    [Test]
    public void Take_ForAnotherFilterChain_CompilesAnew()
    {
        var table = _prepared.Check(Plain, new RouteTableContext { Filters = [new FilterConfig("one", "any")] });

        _prepared.Take(Plain, new RouteTableContext { Filters = [new FilterConfig("two", "any")] }).Should().NotBeSameAs(table);
    }

    [Test]
    public void Take_AfterClear_CompilesAnew()
    {
        var table = _prepared.Check(Plain, new RouteTableContext());
        _prepared.Clear();

        _prepared.Take(Plain, new RouteTableContext()).Should().NotBeSameAs(table);
    }
}

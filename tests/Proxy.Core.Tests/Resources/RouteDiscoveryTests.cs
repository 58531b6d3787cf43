using Microsoft.Extensions.Logging.Abstractions;
using Proxy.Configuration;
using Proxy.Configuration.Discovery;
using Proxy.Configuration.Http;
using Proxy.Core.Tests.Clusters;
using Proxy.Hosting;
using Proxy.Observability.AccessLogs;
using Proxy.Resources;
using Proxy.Routing;
using Proxy.Routing.Discovery;

namespace Proxy.Core.Tests.Resources;

/// <summary>Route tables that come from a source.</summary>
public sealed class RouteDiscoveryTests : ClusterFixture
{
    private static readonly RouteDiscoveryConfig Table = new(FakeSource.Config, "r");

    private readonly FakeSource _source = new();
    private readonly RouteDiscovery _tables;

    public RouteDiscoveryTests()
    {
        Manager.Resources.Open([_source]);
        _tables = new RouteDiscovery(Manager.Resources, Runtime.Main, Stats);
    }

    [Test]
    public void Watch_BeforeTheFirstAnswer_IsWaitedFor()
    {
        var scope = new ResourceScope();
        var source = Watch(scope);
        var first = source.Current;
        scope.Unready.Should().Equal("rds r");

        Answer("1", With("a"));

        scope.IsReady.Should().BeTrue();
        source.Current.Should().NotBeSameAs(first);
    }

    [Test]
    public void Watch_SameTableTwice_SharesTheSubscription()
    {
        var (first, second) = (new ResourceScope(), new ResourceScope());
        Watch(first);
        Answer("1", With("a"));
        Watch(second);
        second.IsReady.Should().BeTrue("the table is known");

        first.Dispose();
        _source.Log.Should().Equal("Routes r");
        second.Dispose();

        _source.Log.Should().Equal("Routes r", "end Routes r");
        Stats.Snapshot().Should().NotContain(group => group.Prefix.Contains("rds", StringComparison.Ordinal));
    }

    [Test]
    public void Answer_BreaksARule_LastTableGoesOn()
    {
        var source = Watch(new ResourceScope());
        Answer("1", With("a"));
        var good = source.Current;

        Answer("2", With("a", "a")).Should().NotBeEmpty();

        source.Current.Should().BeSameAs(good);
        Count("config_reload").Should().Be(1);
    }

    [Test]
    public void Answer_SameTable_ReloadsNothing()
    {
        var source = Watch(new ResourceScope());
        Answer("1", With("a"));
        var table = source.Current;

        Answer("2", With("a"));

        source.Current.Should().BeSameAs(table);
        Count("config_reload").Should().Be(1);
    }

    [Test]
    public void Stats_OfANameWithColons_HaveNone()
    {
        Watch(new ResourceScope(), Table with { Name = "a:b" });

        Stats.Snapshot().Should().Contain(static group => group.Prefix == "http.in.rds.a_b.");
    }

    [Test]
    public void Answer_WithoutTheTable_CountsAndIsEnough()
    {
        var scope = new ResourceScope();
        Watch(scope);

        Answer("1").Should().BeEmpty();

        Count("update_empty").Should().Be(1);
        scope.IsReady.Should().BeTrue();
    }

    private static RouteTableConfig With(params string[] domains) => new()
    {
        Name = "r",
        VirtualHosts = [new VirtualHostConfig { Name = "v", Domains = domains.ToConfigList() }],
    };

    private RouteTableSource Watch(ResourceScope scope, RouteDiscoveryConfig? which = null)
    {
        var context = new FilterFactoryContext
        {
            Main = Runtime.Main,
            Clusters = Manager,
            Stats = Stats.CreateScope(),
            AccessLogs = new DefaultAccessLogFactory(Proxy.Observability.FormatEnvironment.Empty, null, [], RuntimeSnapshot.Empty),
            Filters = new FilterRegistry([], [], []),
            Loggers = NullLoggerFactory.Instance,
            Services = null!,
            Node = new NodeConfig(),
            Runtime = RuntimeSnapshot.Empty,
            Drain = new DrainState(),
            Scope = scope,
            StatPrefix = "http.in.",
        };
        return _tables.Watch(which ?? Table, table => RouteTable.Compile(table, new RouteTableContext()), context);
    }

    private List<string> Answer(string version, params RouteTableConfig[] tables) =>
        _source.Answer(ResourceKind.Routes, version, [.. tables.Select(table => (table.Name, (object?)table))]);

    private double Count(string name) => Stats.Reader.Read(full => full == "http.in.rds.r." + name).Counters.Single().Value;
}

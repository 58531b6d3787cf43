using Microsoft.Extensions.Logging.Abstractions;
using Proxy.Configuration;
using Proxy.Configuration.Http;
using Proxy.Core.Tests.Clusters;
using Proxy.Hosting;
using Proxy.Http;
using Proxy.Observability.AccessLogs;
using Proxy.Resources;
using Proxy.Routing;
using Proxy.Routing.Discovery;
using Proxy.Routing.Scopes;

namespace Proxy.Core.Tests.Resources;

/// <summary>Scopes of route tables that come from a source.</summary>
public sealed class ScopeDiscoveryTests : ClusterFixture
{
    private static readonly ScopedRoutesConfig Scoped = new()
    {
        Name = "s",
        Key = [new ScopeKeyPartConfig("x-scope")],
        Tables = FakeSource.Config,
        Source = FakeSource.Config,
    };

    private readonly FakeSource _source = new();
    private readonly RouteDiscovery _routes;
    private readonly ScopeDiscovery _scopes;

    public ScopeDiscoveryTests()
    {
        Manager.Resources.Open([_source]);
        _routes = new RouteDiscovery(Manager.Resources, Runtime.Main, Stats);
        _scopes = new ScopeDiscovery(Manager.Resources, Runtime.Main, Stats);
    }

    [Test]
    public void Watch_WaitsForScopesAndTheirTables()
    {
        var scope = new ResourceScope();
        var tables = Watch(scope);
        scope.Unready.Should().Equal("SRDS s");

        Answer("1", Scope("one", "1", "r"));
        scope.IsReady.Should().BeFalse("the table is not there");
        Table("1", "r");

        scope.IsReady.Should().BeTrue();
        NameOf(tables, "1").Should().Be("r");
        NameOf(tables, "2").Should().BeEmpty();
        Count("all_scopes").Should().Be(1);
    }

    [Test]
    public void Answer_TwoScopesOfOneKey_IsRefusedAndTheLastGoesOn()
    {
        var tables = Watch(new ResourceScope());
        Answer("1", Scope("one", "1", "r"));
        Table("1", "r");

        Answer("2", Scope("one", "1", "r"), Scope("two", "1", "q")).Should().ContainSingle().Which.Should().Contain("conflict");
        Answer("3", Scope("one", "2", "r"), Scope("one", "3", "r")).Should().ContainSingle().Which.Should().Contain("duplicate");

        NameOf(tables, "1").Should().Be("r");
    }

    [Test]
    public void Answer_ScopeMoves_TableIsKept()
    {
        var tables = Watch(new ResourceScope());
        Answer("1", Scope("one", "1", "r"));
        Table("1", "r");
        _source.Log.Clear();

        Answer("2", Scope("one", "2", "r"));

        NameOf(tables, "1").Should().BeEmpty();
        NameOf(tables, "2").Should().Be("r", "the table is known");
        _source.Log.Should().Equal("pause Routes", "resume Routes");
    }

    [Test]
    public void Answer_WithoutScopes_LetsTablesGo()
    {
        var tables = Watch(new ResourceScope());
        Answer("1", Scope("one", "1", "r"));
        Table("1", "r");

        Answer("2").Should().BeEmpty();

        NameOf(tables, "1").Should().BeEmpty();
        _source.Log.Should().Contain("end Routes r");
    }

    [Test]
    public void OnDemand_AsksForTheTableOnceRequested()
    {
        var scope = new ResourceScope();
        var tables = Watch(scope);
        Answer("1", Scope("one", "1", "r") with { OnDemand = true });
        scope.IsReady.Should().BeTrue();
        _source.Log.Should().NotContain("Routes r");
        var done = 0;

        tables.TryRequest(Headers("1"), Worker, () => done++).Should().BeTrue();
        tables.TryRequest(Headers("none"), Worker, () => done++).Should().BeFalse();
        Runtime.RunUntilIdle();
        _source.Log.Should().Contain("Routes r");
        done.Should().Be(0);
        Table("1", "r");
        Runtime.RunUntilIdle();

        done.Should().Be(1);
        NameOf(tables, "1").Should().Be("r");
        tables.TryRequest(Headers("1"), Worker, () => done++).Should().BeFalse("it is there");
    }

    [Test]
    public void Watch_ScopesOfItsOwn_NeedsNoSource()
    {
        var scope = new ResourceScope();
        var config = Scoped with { Source = null, Scopes = [new RouteScopeConfig { Name = "a", Key = ["1"], Table = new RouteTableConfig { Name = "own" } }] };

        var tables = ScopeDiscovery.Watch(config, Compile, Context(scope));

        scope.IsReady.Should().BeTrue();
        NameOf(tables, "1").Should().Be("own");
        _source.Log.Should().BeEmpty();
    }

    [Test]
    public void Answer_ScopeNamesATableWithoutASource_IsRefused()
    {
        var tables = Watch(new ResourceScope(), Scoped with { Tables = null });

        Answer("1", Scope("one", "1", "r")).Should().ContainSingle().Which.Should().StartWith("one: names a table");
        Answer("2", Scope("two", "2", "") with { Table = new RouteTableConfig { Name = "own" } }).Should().BeEmpty();

        NameOf(tables, "2").Should().Be("own");
    }

    [Test]
    public void Watch_SecondManager_SharesTheSubscription()
    {
        var (first, second) = (new ResourceScope(), new ResourceScope());
        Watch(first);
        Answer("1", Scope("one", "1", "r"));
        Table("1", "r");
        var tables = Watch(second);

        second.IsReady.Should().BeTrue();
        NameOf(tables, "1").Should().Be("r");
        _source.Log.Count(static line => line == "RouteScope").Should().Be(1);
        first.Dispose();
        second.Dispose();
        _source.Log.Should().Contain("end RouteScope ").And.Contain("end Routes r");
    }

    private static RouteScopeConfig Scope(string name, string key, string table) => new() { Name = name, Key = [key], TableName = table };

    private static RouteTable Compile(RouteTableConfig table) => RouteTable.Compile(table, new RouteTableContext());

    private static string NameOf(ScopedTables tables, string key) => tables.Of(Headers(key)).Name;

    private static HeaderMap Headers(string key)
    {
        var headers = new HeaderMap();
        headers.Add("x-scope"u8, System.Text.Encoding.ASCII.GetBytes(key));
        return headers;
    }

    private ScopedTables Watch(ResourceScope scope, ScopedRoutesConfig? config = null) => ScopeDiscovery.Watch(config ?? Scoped, Compile, Context(scope));

    private List<string> Answer(string version, params RouteScopeConfig[] scopes) =>
        _source.Answer(ResourceKind.RouteScope, version, [.. scopes.Select(scope => (scope.Name, (object?)scope))]);

    private void Table(string version, string name) => _source.Answer(ResourceKind.Routes, version, (name, new RouteTableConfig { Name = name }));

    private double Count(string name) => Stats.Reader.Read(full => full == "http.in.scoped_rds.s." + name).Gauges.Single().Value;

    private FilterFactoryContext Context(ResourceScope scope) => new()
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
        Routes = _routes,
        Scopes = _scopes,
        StatPrefix = "http.in.",
    };
}

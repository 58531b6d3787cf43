using System.Globalization;
using System.Text;
using BenchmarkDotNet.Attributes;
using Proxy.Configuration;
using Proxy.Configuration.Http;
using Proxy.Http;
using Proxy.Routing;
using Proxy.Streams;

namespace Proxy.Benchmarks;

/// <summary>The last of many routes: the cost must not grow with their number.</summary>
public class RouteMatchBenchmarks
{
    private readonly StreamInfo _info = new();
    private RouteTable _table = null!;
    private HeaderMap _request = null!;

    /// <summary>Routes in the virtual host.</summary>
    [Params(1, 10, 1_000, 10_000, 100_000)]
    public int Routes { get; set; }

    /// <summary>Exact paths instead of prefixes.</summary>
    [Params(false, true)]
    public bool Exact { get; set; }

    [GlobalSetup]
    public void Compile()
    {
        var routes = Enumerable.Range(0, Routes).Select(Route).ToConfigList();
        _table = RouteTable.Compile(
            new RouteTableConfig { ValidateClusters = false, VirtualHosts = [new VirtualHostConfig { Name = "v", Domains = ["*"], Routes = routes }] },
            new RouteTableContext());
        _request = BenchmarkData.Head(PathOf(Routes - 1) + (Exact ? "" : "/and/more"));
    }

    /// <summary>Finds it.</summary>
    [Benchmark]
    public bool Match() => _table.Match(new RouteQuery { Headers = _request, Info = _info }) is not null;

    private static string PathOf(int i) => "/service-" + i.ToString("D6", CultureInfo.InvariantCulture) + "/api";

    private RouteConfig Route(int i) => new()
    {
        Match = new RouteMatchConfig(Exact ? PathMatchKind.Exact : PathMatchKind.Prefix, PathOf(i)),
        Action = new DirectResponseActionConfig(200, ""),
    };
}

/// <summary>The last of many virtual hosts with ten routes each.</summary>
public class VirtualHostBenchmarks
{
    private const int Routes = 10;

    private readonly StreamInfo _info = new();
    private RouteTable _table = null!;
    private HeaderMap _request = null!;

    /// <summary>Virtual hosts in the table.</summary>
    [Params(1, 100, 10_000)]
    public int Hosts { get; set; }

    /// <summary>Named by the last labels of the domain only.</summary>
    [Params(false, true)]
    public bool Wildcard { get; set; }

    [GlobalSetup]
    public void Compile()
    {
        _table = RouteTable.Compile(
            new RouteTableConfig { ValidateClusters = false, VirtualHosts = Enumerable.Range(0, Hosts).Select(Host).ToConfigList() },
            new RouteTableContext());
        _request = BenchmarkData.Head("/service-" + (Routes - 1) + "/api");
        _request.Set(KnownHeader.Authority, Encoding.ASCII.GetBytes("www." + DomainOf(Hosts - 1)));
    }

    /// <summary>Finds its last route.</summary>
    [Benchmark]
    public bool Match() => _table.Match(new RouteQuery { Headers = _request, Info = _info }) is not null;

    private static string DomainOf(int i) => "host-" + i.ToString("D6", CultureInfo.InvariantCulture) + ".example.com";

    private VirtualHostConfig Host(int i) => new()
    {
        Name = "v" + i.ToString(CultureInfo.InvariantCulture),
        Domains = [(Wildcard ? "*." : "www.") + DomainOf(i)],
        Routes = Enumerable.Range(0, Routes).Select(static route => new RouteConfig
        {
            Match = new RouteMatchConfig(PathMatchKind.Prefix, "/service-" + route.ToString(CultureInfo.InvariantCulture)),
            Action = new DirectResponseActionConfig(200, ""),
        }).ToConfigList(),
    };
}

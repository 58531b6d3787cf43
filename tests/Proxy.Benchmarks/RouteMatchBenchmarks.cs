using System.Globalization;
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

using System.Net;
using BenchmarkDotNet.Attributes;
using Proxy.Clusters;
using Proxy.Clusters.Balancing;
using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Workers;

namespace Proxy.Benchmarks;

/// <summary>One pick among hosts.</summary>
public class BalancerBenchmarks
{
    private RoundRobinPicker _roundRobin = null!;
    private LeastRequestPicker _leastRequest = null!;
    private RandomPicker _random = null!;
    private WeightedPicker _weighted = null!;

    /// <summary>Hosts to pick from.</summary>
    [Params(3, 1000)]
    public int Hosts { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        var random = new PseudoRandomSource(1);
        HostEntry[] hosts = [.. Enumerable.Range(0, Hosts).Select(i => Entry(i, 1))];
        _roundRobin = new RoundRobinPicker(hosts, 0);
        _leastRequest = new LeastRequestPicker(hosts, 2, random);
        _random = new RandomPicker(hosts, random);
        _weighted = new WeightedPicker([.. hosts.Select((entry, i) => entry with { Weight = (uint)(1 + (i % 7)) })], 0, 0);
    }

    /// <summary>In turn.</summary>
    [Benchmark(Baseline = true)]
    public object RoundRobin() => _roundRobin.Pick();

    /// <summary>The less busy of two.</summary>
    [Benchmark]
    public object LeastRequest() => _leastRequest.Pick();

    /// <summary>At random.</summary>
    [Benchmark]
    public object Random() => _random.Pick();

    /// <summary>In turn, by weight.</summary>
    [Benchmark]
    public object Weighted() => _weighted.Pick();

    private static HostEntry Entry(int i, uint weight)
    {
        return new HostEntry(new Clusters.Host(new IPEndPoint(IPAddress.Loopback, i + 1), "", LocalityConfig.None, 1), weight, EndpointHealth.Healthy);
    }
}

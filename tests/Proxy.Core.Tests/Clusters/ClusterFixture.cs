using System.Net;
using Proxy.Clusters;
using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Stats;
using Proxy.Testing;
using Proxy.Workers;

namespace Proxy.Core.Tests.Clusters;

/// <summary>A cluster manager in a simulated process, with upstreams that the test plays.</summary>
public abstract class ClusterFixture : SimulatedFixture
{
    protected static readonly IPEndPoint A = IPEndPoint.Parse("10.0.0.1:80");
    protected static readonly IPEndPoint B = IPEndPoint.Parse("10.0.0.2:80");

    protected ClusterFixture(int workers = 1)
        : base(workers)
    {
        Manager = new ProxyClusterManager(Runtime.Main, Runtime.Workers, Stats, Dns, (protocol, cluster, transport, handler) => Codecs(protocol, cluster, transport, handler));
    }

    protected StatsStore Stats { get; } = new();

    internal FakeDnsResolver Dns { get; } = new();

    internal virtual ClientCodecFactory Codecs => LineCodec.Factory;

    internal ProxyClusterManager Manager { get; }

    internal WorkerCluster Cluster => Manager.Find(Worker, "c")!;

    protected static ClusterConfig Config(params IPEndPoint[] hosts)
    {
        return new ClusterConfig
        {
            Name = "c",
            Endpoints = [new LocalityEndpointsConfig { Endpoints = hosts.Select(host => Endpoint(host)).ToConfigList() }],
        };
    }

    protected static EndpointConfig Endpoint(IPEndPoint host, uint weight = 1, EndpointHealth health = EndpointHealth.Unknown)
    {
        return new EndpointConfig(AddressConfig.Of(host.Address, host.Port)) { Weight = weight, Health = health };
    }

    protected void Add(ClusterConfig config)
    {
        Runtime.Run(Runtime.Main, () => Manager.AddOrUpdate(config));
    }

    internal LineCodec.Request Send(LineCodec.Request? request = null, RequestPriority priority = RequestPriority.Default, Worker? on = null)
    {
        request ??= new LineCodec.Request();
        var worker = on ?? Worker;
        Runtime.Run(worker, () =>
        {
            var cluster = Manager.Find(worker, "c")!;
            request.Ticket = cluster.NewRequest(cluster.ChooseHost(default)!, new PoolQuery(priority), request, request);
        });
        return request;
    }

    internal Host? Choose(Worker? on = null)
    {
        var worker = on ?? Worker;
        return Manager.Find(worker, "c")!.ChooseHost(default);
    }

    /// <summary>Value of a counter or gauge of the cluster, over all workers.</summary>
    protected long Stat(string name)
    {
        var group = Stats.Snapshot().Single(group => group.Prefix == "cluster.c." && group.Schema == ClusterStats.Schema);
        var index = IndexOf(group.Schema.Counters, name);
        return group.Shards.ToArray().Where(shard => shard is not null).Sum(shard =>
            index >= 0 ? shard!.Read(new CounterId(index)) : shard!.Read(new GaugeId(IndexOf(group.Schema.Gauges, name))));
    }

    private static int IndexOf(IReadOnlyList<string> names, string name)
    {
        for (var i = 0; i < names.Count; i++)
        {
            if (names[i] == name)
            {
                return i;
            }
        }

        return -1;
    }
}

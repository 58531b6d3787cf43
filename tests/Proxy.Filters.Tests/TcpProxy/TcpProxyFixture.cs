using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Proxy.Clusters;
using Proxy.Clusters.Dns;
using Proxy.Clusters.Pools;
using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Configuration.Filters;
using Proxy.Connections;
using Proxy.Filters.Network.TcpProxy;
using Proxy.Hosting;
using Proxy.Stats;
using Proxy.Testing;
using Proxy.Workers;

namespace Proxy.Filters.Tests.TcpProxy;

/// <summary>A tcp_proxy that listens in a simulated process, with clients and upstreams that the test plays.</summary>
public abstract class TcpProxyFixture : SimulatedFixture
{
    protected static readonly IPEndPoint Front = IPEndPoint.Parse("10.0.1.1:1000");
    protected static readonly IPEndPoint A = IPEndPoint.Parse("10.0.0.1:80");
    protected static readonly IPEndPoint B = IPEndPoint.Parse("10.0.0.2:80");

    protected static readonly TcpProxyConfig ToApp = new()
    {
        StatPrefix = "t",
        Cluster = "app",
        AccessLogs = [new AccessLogConfig(new StreamAccessLogConfig(false, LogFormatConfig.Default))],
    };

    private readonly StatsStore _stats = new();
    private readonly ProxyClusterManager _clusters;

    protected TcpProxyFixture()
    {
        _clusters = new ProxyClusterManager(
            Runtime.Main, Runtime.Workers, _stats, new SystemDnsResolver(), UpstreamCodecs.Create);
    }

    protected RecordingAccessLog Log { get; } = new();

    /// <summary>The proxy's own side of the connections that came.</summary>
    protected List<Connection> Accepted { get; } = [];

    /// <summary>Stands for filters in front.</summary>
    protected Action<Connection>? OnAccepted { get; set; }

    protected void Cluster(string name, params IPEndPoint[] hosts) => Cluster(new ClusterConfig { Name = name }, hosts);

    protected void Cluster(ClusterConfig config, params IPEndPoint[] hosts)
    {
        var endpoints = hosts.Select(host => new EndpointConfig(AddressConfig.Of(host.Address, host.Port))).ToConfigList();
        config = hosts.Length == 0 ? config : config with { Endpoints = [new LocalityEndpointsConfig { Endpoints = endpoints }] };
        Runtime.Run(Runtime.Main, () => _clusters.AddOrUpdate(config));
    }

    /// <summary>Listens for connections that were on their way to <paramref name="destination"/>.</summary>
    protected void ListenFor(IPEndPoint destination, IPEndPoint? source = null, bool restored = true)
    {
        var create = new TcpProxyFilterFactory().Prepare(ToApp, Context());
        Worker.Listen(new ListenRequest(Front), new ChainAcceptor(connection =>
        {
            connection.Info.LocalEndPoint = destination;
            connection.Info.LocalAddressRestored = restored;
            connection.Info.RemoteEndPoint = source ?? connection.Info.RemoteEndPoint;
            return create(Worker);
        }));
    }

    protected void Listen(TcpProxyConfig? config = null)
    {
        var create = new TcpProxyFilterFactory().Prepare(config ?? ToApp, Context());
        Worker.Listen(new ListenRequest(Front), new ChainAcceptor(connection =>
        {
            Accepted.Add(connection);
            OnAccepted?.Invoke(connection);
            return create(Worker);
        }));
    }

    protected TestPeer Connect() => TestPeer.Connect(Runtime, Front);

    protected long Stat(string name)
    {
        foreach (var group in _stats.Snapshot().Where(group => name.StartsWith(group.Prefix, StringComparison.Ordinal)))
        {
            var own = name[group.Prefix.Length..];
            var shards = group.Shards.ToArray().Where(shard => shard is not null);
            if (group.Schema.Counters.ToList().IndexOf(own) is >= 0 and var counter)
            {
                return shards.Sum(shard => shard!.Read(new CounterId(counter)));
            }

            if (group.Schema.Gauges.ToList().IndexOf(own) is >= 0 and var gauge)
            {
                return shards.Sum(shard => shard!.Read(new GaugeId(gauge)));
            }
        }

        throw new ArgumentException("There is no such stat: " + name);
    }

    protected FilterFactoryContext Context() => new()
    {
        Main = Runtime.Main,
        Clusters = _clusters,
        Stats = _stats.CreateScope(),
        AccessLogs = new RecordingAccessLogFactory(Log),
        Filters = new FilterRegistry([], [], []),
        Loggers = NullLoggerFactory.Instance,
        Services = EmptyServices.Instance,
        Node = new NodeConfig(),
        Runtime = RuntimeSnapshot.Empty,
        Drain = new DrainState(),
    };
}

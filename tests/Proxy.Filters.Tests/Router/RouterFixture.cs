using System.Net;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Proxy.Clusters;
using Proxy.Clusters.Dns;
using Proxy.Clusters.Pools;
using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Configuration.Filters;
using Proxy.Configuration.Http;
using Proxy.Connections;
using Proxy.Filters.Http.Fault;
using Proxy.Filters.Http.GrpcHttp1Bridge;
using Proxy.Filters.Http.GrpcStats;
using Proxy.Filters.Http.GrpcWeb;
using Proxy.Filters.Http.MatchDelegate;
using Proxy.Filters.Http.Rbac;
using Proxy.Filters.Http.Router;
using Proxy.Filters.Http.SetMetadata;
using Proxy.Filters.Network.HttpConnectionManager;
using Proxy.Hosting;
using Proxy.Observability;
using Proxy.Observability.AccessLogs;
using Proxy.Routing.Specifiers;
using Proxy.Stats;
using Proxy.Streams;
using Proxy.Testing;
using Proxy.Workers;
using Proxy.Workers.Files;

namespace Proxy.Filters.Tests.Router;

/// <summary>A connection manager, the router and real pools over a simulated network: clients and upstreams are played by the test.</summary>
public abstract class RouterFixture : SimulatedFixture
{
    private static readonly IPEndPoint Front = IPEndPoint.Parse("10.1.1.1:8080");
    private readonly StringLog _log = new();
    private ProxyClusterManager? _clusters;
    private TestUpstream? _upstream;

    protected static IPEndPoint UpstreamAddress { get; } = IPEndPoint.Parse("10.9.9.9:80");

    /// <summary>Of a second host, where a test wants one.</summary>
    protected static IPEndPoint OtherAddress { get; } = IPEndPoint.Parse("10.9.9.7:80");

    protected static IPEndPoint DeadAddress { get; } = IPEndPoint.Parse("10.9.9.8:80");

    private protected StatsStore Store { get; } = new();

    /// <summary>Lines of the access log: code, flags, details, then whatever <see cref="LogText"/> adds.</summary>
    protected IReadOnlyList<string> Log => _log.Lines;

    protected string LogText { get; set; } = "%RESPONSE_CODE% %RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS%";

    protected TestUpstream Upstream => _upstream!;

    /// <summary>Changes the cluster <c>app</c>.</summary>
    protected Func<ClusterConfig, ClusterConfig> ChangeApp { get; set; } = static cluster => cluster;

    /// <summary>Factories of filters beside the built-in ones.</summary>
    protected IReadOnlyList<IHttpFilterFactory> MoreFilters { get; set; } = [];

    /// <summary>Pickers of clusters beside the built-in one.</summary>
    protected IReadOnlyList<IClusterSpecifierFactory> Specifiers { get; set; } = [];

    /// <summary>Clusters beside those that are always there.</summary>
    protected IReadOnlyList<ClusterConfig> MoreClusters { get; set; } = [];

    /// <summary>Starts with the clusters <c>app</c> (reachable), <c>dead</c> (refuses) and <c>empty</c> (no host).</summary>
    protected void Start(RouteTableConfig table, RouterConfig? router = null, Func<HttpConnectionManagerConfig, HttpConnectionManagerConfig>? change = null)
    {
        _upstream = TestUpstream.Listen(Runtime, UpstreamAddress);
        _clusters = new ProxyClusterManager(Runtime.Main, Runtime.Workers, Store, new NoDns(), UpstreamCodecs.Create);
        Runtime.Run(Runtime.Main, () =>
        {
            ((ClusterManager)_clusters).MakeFiltersFrom(Context(_clusters));
            _clusters.AddOrUpdate(ChangeApp(Cluster("app", UpstreamAddress)));
            _clusters.AddOrUpdate(Cluster("dead", DeadAddress));
            _clusters.AddOrUpdate(Cluster("empty"));
            foreach (var more in MoreClusters)
            {
                _clusters.AddOrUpdate(more);
            }
        });
        Runtime.RunUntilIdle();
        var config = new HttpConnectionManagerConfig
        {
            StatPrefix = "in",
            Routes = table,
            Filters = [new FilterConfig("router", router ?? new RouterConfig())],
            AccessLogs = [new AccessLogConfig(new FileAccessLogConfig("log", new LogFormatConfig { Text = LogText + "\n" }))],
            GenerateRequestId = false,
        };
        var model = HttpConnectionManagerFactory.Compile(change?.Invoke(config) ?? config, Context(_clusters));
        Worker.Listen(new ListenRequest(Front), new Acceptor(model));
    }

    protected void Start(params RouteConfig[] routes) => Start(Table(routes));

    protected static RouteTableConfig Table(params RouteConfig[] routes)
    {
        return new RouteTableConfig { ValidateClusters = false, VirtualHosts = [new VirtualHostConfig { Name = "v", Domains = ["*"], Routes = routes.ToConfigList() }] };
    }

    protected static RouteConfig To(string cluster, string prefix = "/", Func<ForwardActionConfig, ForwardActionConfig>? change = null)
    {
        var action = new ForwardActionConfig { Cluster = cluster };
        return Route(prefix, change?.Invoke(action) ?? action);
    }

    protected static RouteConfig Route(string prefix, RouteActionConfig action)
    {
        return new RouteConfig { Match = new RouteMatchConfig(PathMatchKind.Prefix, prefix), Action = action };
    }

    protected TestPeer Client() => TestPeer.Connect(Runtime, Front, IPEndPoint.Parse("9.8.7.6:4000"));

    protected static string Get(string path = "/", string more = "") => $"GET {path} HTTP/1.1\r\nhost: a.test\r\n{more}\r\n";

    protected static string Post(string body, string more = "") => $"POST / HTTP/1.1\r\nhost: a.test\r\ncontent-length: {body.Length}\r\n{more}\r\n{body}";

    protected static string Ok(string body = "ok", string more = "") => $"HTTP/1.1 200 OK\r\ncontent-length: {body.Length}\r\n{more}\r\n{body}";

    /// <summary>Takes one answer with a content length from the client's end.</summary>
    protected static (string Head, string Body) Answer(TestPeer client)
    {
        var head = client.ReadUntil("\r\n\r\n");
        var length = head.Split("\r\n").FirstOrDefault(static line => line.StartsWith("content-length: ", StringComparison.Ordinal));
        return (head, length is null ? "" : client.Take(int.Parse(length["content-length: ".Length..], System.Globalization.CultureInfo.InvariantCulture)));
    }

    /// <summary>Value of a counter or gauge, over all workers; the prefix is part of the name.</summary>
    protected long Stat(string name)
    {
        foreach (var group in Store.Snapshot().Where(group => name.StartsWith(group.Prefix, StringComparison.Ordinal)))
        {
            var index = group.Schema.Counters.ToList().IndexOf(name[group.Prefix.Length..]);
            if (index >= 0)
            {
                return group.Shards.ToArray().Sum(shard => shard?.Read(new CounterId(index)) ?? 0);
            }

            index = group.Schema.Gauges.ToList().IndexOf(name[group.Prefix.Length..]);
            if (index >= 0)
            {
                return group.Shards.ToArray().Sum(shard => shard?.Read(new GaugeId(index)) ?? 0);
            }
        }

        throw new ArgumentException("no such counter or gauge: " + name);
    }

    protected static ClusterConfig Cluster(string name, params IPEndPoint[] hosts)
    {
        return new ClusterConfig
        {
            Name = name,
            Endpoints =
            [
                new LocalityEndpointsConfig
                {
                    Endpoints = hosts.Select(static host => new EndpointConfig(AddressConfig.Of(host.Address, host.Port)) { Hostname = "named.test" }).ToConfigList(),
                },
            ],
        };
    }

    /// <summary>Runtime values; a test may replace them.</summary>
    private protected RuntimeSnapshot RuntimeValues { get; } = new([]);

    /// <summary>What factories are lent, once the test has started.</summary>
    private protected FilterFactoryContext Lent() => Context(_clusters!);

    private FilterFactoryContext Context(ProxyClusterManager clusters)
    {
        return new FilterFactoryContext
        {
            Main = Runtime.Main,
            Clusters = clusters,
            Stats = Store.CreateScope(),
            AccessLogs = new LogFactory(_log),
            Filters = new FilterRegistry([], [], [new RouterFactory(), new RbacFactory(), new MatchDelegateFactory(), new FaultFactory(), new SetMetadataFactory(), new GrpcStatsFactory(), new GrpcWebFactory(), new GrpcHttp1BridgeFactory(), new Proxy.Filters.Http.HeaderMutation.HeaderMutationFactory(), .. MoreFilters]),
            Loggers = NullLoggerFactory.Instance,
            Services = new SpecifierServices(Specifiers),
            Node = new NodeConfig(),
            Runtime = RuntimeValues,
            Drain = new DrainState(),
        };
    }

    private sealed class Acceptor(HttpManagerModel model) : IAcceptHandler
    {
        public void OnAccepted(Connection connection) => new NetworkFilterChain(connection, [new HttpConnection(model.For(connection.Worker))]).Start();
    }

    private sealed class StringLog : ILogFile
    {
        public List<string> Lines { get; } = [];

        public void Write(Worker worker, ReadOnlySpan<byte> line) => Lines.Add(Encoding.Latin1.GetString(line).TrimEnd('\n'));
    }

    private sealed class LogFactory(ILogFile file) : AccessLogFactory
    {
        public override IReadOnlyList<IAccessLog> Create(IEnumerable<AccessLogConfig> configs)
        {
            return [.. configs.Select(config => new FormattedAccessLog(LogFormat.Compile(((FileAccessLogConfig)config.Sink).Format, FormatEnvironment.Empty, "", new FaultList())!, file))];
        }
    }

    private sealed class SpecifierServices(IReadOnlyList<IClusterSpecifierFactory> specifiers) : IServiceProvider
    {
        public object? GetService(Type serviceType) => serviceType == typeof(IEnumerable<IClusterSpecifierFactory>) ? specifiers : null;
    }

    private sealed class NoDns : IDnsResolver
    {
        public ValueTask<DnsAnswer> ResolveAsync(string name, DnsLookupFamily family) => throw new NotSupportedException();
    }
}

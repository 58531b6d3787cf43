using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Proxy.Configuration;
using Proxy.Configuration.Http;
using Proxy.Connections;
using Proxy.Filters.Network.HttpConnectionManager;
using Proxy.Hosting;
using Proxy.Http.H1;
using Proxy.Http.H2;
using Proxy.Observability;
using Proxy.Resources.Extensions;
using Proxy.Routing;
using Proxy.Stats;
using Proxy.Streams;
using Proxy.Testing;
using Proxy.Workers;

namespace Proxy.Filters.Tests.HttpConnectionManager;

/// <summary>A connection manager with the real codec over simulated connections; filters and routes are the test's.</summary>
public abstract class ManagerFixture : SimulatedFixture
{
    protected static readonly IPEndPoint Address = new(IPAddress.Parse("10.1.1.1"), 8080);

    private protected StatsStore Store { get; } = new();

    private protected DrainState Drain { get; } = new();

    private protected Http1ServerOptions CodecOptions { get; init; } = new() { EnableTrailers = true };

    private protected RecordingLog AccessLog { get; } = new();

    private protected HttpManagerModel Model { get; private set; } = null!;

    protected List<Connection> Accepted { get; } = [];

    private protected List<HttpConnection> Managers { get; } = [];

    private protected ILogger Logger { get; set; } = NullLogger.Instance;

    /// <summary>Listens with <paramref name="filters"/>; the last one is terminal.</summary>
    protected void Listen(HttpConnectionManagerConfig config, params Func<HttpFilter>[] filters) => Listen(config, 1024 * 1024, filters);

    protected void Listen(HttpConnectionManagerConfig config, int bufferLimit, params Func<HttpFilter>[] filters)
    {
        var sources = filters.Select(static make => new FilterSource<HttpFilter>(_ => make())).ToArray();
        Model = new HttpManagerModel(config)
        {
            Filters = new HttpFilterChainModel(sources, [.. sources.Select(static _ => true)], Logger),
            Routes = new RouteTableSource(RouteTable.Compile(config.Routes, Context(filters.Length))),
            Upgrades = Upgrades.Compile(config.Upgrades, null!, new FaultList()),
            Requests = new RequestMutator(config, "cluster-a", "node-a", static headers => headers.Remove("x-inside-only"u8)),
            Drain = Drain,
            Stats = Store.CreateGroup(HttpStats.Schema, "http.test."),
            ListenerStats = Store.CreateGroup(ListenerHttpStats.Schema, "listener.a.http.test."),
            CodecStats = Store.CreateGroup(Http1Stats.Schema, Http1Stats.Prefix),
            Http2CodecStats = Store.CreateGroup(Http2Stats.Schema, Http2Stats.Prefix),
            Http2 = new Http2Options(),
            CreateCodec = (transport, owner) => new Http1ServerCodec(transport, owner, CodecOptions),
            AccessLogs = [AccessLog],
            ProxyStatus = ProxyStatus.Compile(config, "node-a", new FaultList()),
            LocalReplies = LocalReplyModel.Compile(config, FormatEnvironment.Empty, RuntimeSnapshot.Empty, new FaultList()),
        };
        Worker.Listen(new ListenRequest(Address), new Acceptor(this, bufferLimit));
    }

    protected static HttpConnectionManagerConfig Config(Func<HttpConnectionManagerConfig, HttpConnectionManagerConfig>? change = null)
    {
        var config = new HttpConnectionManagerConfig { StatPrefix = "test" };
        return change is null ? config : change(config);
    }

    /// <summary>A table with one virtual host for everything.</summary>
    protected static RouteTableConfig Table(params RouteConfig[] routes)
    {
        return new RouteTableConfig { VirtualHosts = [new VirtualHostConfig { Name = "v", Domains = ["*"], Routes = routes.ToConfigList() }], ValidateClusters = false };
    }

    protected static RouteConfig Prefix(string path, ForwardActionConfig? action = null, params PerFilterConfig[] filters)
    {
        return new RouteConfig
        {
            Name = path,
            Match = new RouteMatchConfig(PathMatchKind.Prefix, path),
            Action = action ?? new ForwardActionConfig { Cluster = "c" },
            PerFilter = filters.ToConfigList(),
        };
    }

    /// <summary>Filters are called f0, f1 …; their per-route configuration is what the factory below makes of the record.</summary>
    private static RouteTableContext Context(int filters)
    {
        return new RouteTableContext
        {
            Filters = [.. Enumerable.Range(0, filters).Select(static i => new FilterConfig("f" + i, "any"))],
            FindFactory = static (_, _) => new PassingFactory(),
        };
    }

    protected TestPeer Connect(IPEndPoint? from = null) => TestPeer.Connect(Runtime, Address, from ?? new IPEndPoint(IPAddress.Parse("9.8.7.6"), 4000));

    protected long Count(CounterId id) => Model.Stats.Shard(Worker).Read(id);

    protected long Gauge(GaugeId id) => Model.Stats.Shard(Worker).Read(id);

    protected static string Get(string path = "/", string more = "") => $"GET {path} HTTP/1.1\r\nhost: a.test\r\n{more}\r\n";

    protected static string Post(string body, string more = "") => $"POST / HTTP/1.1\r\nhost: a.test\r\ncontent-length: {body.Length}\r\n{more}\r\n{body}";

    /// <summary>Takes one response with a content length from the peer.</summary>
    protected static (string Head, string Body) Response(TestPeer peer)
    {
        var head = peer.ReadUntil("\r\n\r\n");
        var length = head.Split("\r\n").FirstOrDefault(static line => line.StartsWith("content-length: ", StringComparison.Ordinal));
        return (head, length is null ? "" : peer.Take(int.Parse(length["content-length: ".Length..], System.Globalization.CultureInfo.InvariantCulture)));
    }

    private sealed class Acceptor(ManagerFixture fixture, int bufferLimit) : IAcceptHandler
    {
        public void OnAccepted(Connection connection)
        {
            connection.BufferLimit = bufferLimit;
            fixture.Accepted.Add(connection);
            var manager = new HttpConnection(fixture.Model.For(connection.Worker));
            fixture.Managers.Add(manager);
            new NetworkFilterChain(connection, [manager]).Start();
        }
    }

    private sealed class PassingFactory : IHttpFilterFactory
    {
        public Type ConfigType => typeof(string);

        public Func<Worker, HttpFilter> Prepare(object config, FilterFactoryContext context) => throw new NotSupportedException();

        public object PrepareRouteConfig(object config, FilterFactoryContext context) => config;
    }
}

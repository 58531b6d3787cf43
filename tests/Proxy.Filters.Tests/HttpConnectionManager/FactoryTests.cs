using Microsoft.Extensions.Logging.Abstractions;
using Proxy.Clusters;
using Proxy.Configuration;
using Proxy.Configuration.Http;
using Proxy.Configuration.Listeners;
using Proxy.Connections;
using Proxy.Filters.Network.HttpConnectionManager;
using Proxy.Hosting;
using Proxy.Http;
using Proxy.Observability;
using Proxy.Stats;
using Proxy.Streams;
using Proxy.Testing;
using Proxy.Workers;

namespace Proxy.Filters.Tests.HttpConnectionManager;

[TestFixture]
public sealed class FactoryTests : SimulatedFixture
{
    private readonly StatsStore _stats = new();

    private static FilterConfig Terminal => new("reply", new ReplyConfig("hi"));

    [Test]
    public void Prepare_ValidConfiguration_ServesAndCounts()
    {
        var peer = Serve(new HttpConnectionManagerConfig { StatPrefix = "in", Filters = [new FilterConfig("pass", new PassConfig()), Terminal] });
        peer.Send("GET / HTTP/1.1\r\nhost: a\r\n\r\n").ReadUntil("\r\n\r\nhi").Should().StartWith("HTTP/1.1 200 OK\r\n");
        var prefixes = _stats.Snapshot().Select(static group => group.Prefix);
        prefixes.Should().Contain("http.in.").And.Contain("listener.127.0.0.1_80.http.in.");
        _stats.Snapshot().Single(static group => group.Prefix == "listener.127.0.0.1_80.http.in.").Shard(Worker)
            .Read(ListenerHttpStats.ClassOf(200)).Should().Be(1);
    }

    [Test]
    public void Prepare_ManyFaults_ListsThemAll()
    {
        var config = new HttpConnectionManagerConfig
        {
            StatPrefix = "",
            MaxRequestHeadersKilobytes = 0,
            StreamIdleTimeout = TimeSpan.FromSeconds(-1),
            ProxyStatus = new ProxyStatusConfig { Name = "a\r\nb", UseNodeId = true },
            Upgrades = [new UpgradeConfig("websocket"), new UpgradeConfig("WebSocket")],
            Filters = [Terminal, new FilterConfig("what", "is this"), new FilterConfig("pass", new PassConfig())],
            Routes = new RouteTableConfig
            {
                VirtualHosts =
                [
                    new VirtualHostConfig { Name = "a", Domains = ["x.test"] },
                    new VirtualHostConfig { Name = "b", Domains = ["x.test"] },
                ],
            },
        };
        var faults = FluentActions.Invoking(() => new HttpConnectionManagerFactory().Prepare(config, Context())).Should().Throw<ConfigException>().Which.Faults;
        faults.Select(static fault => fault.Path).Should().Contain(
            ["stat_prefix", "max_request_headers_kb", "stream_idle_timeout", "proxy_status_config.proxy_name", "upgrade_configs[1]", "http_filters[0]", "http_filters[1]", "http_filters[2]"])
            .And.Contain(static path => path.StartsWith("route_config", StringComparison.Ordinal));
    }

    [Test]
    public void Prepare_FilterRefusesItsConfiguration_SaysWhere()
    {
        var config = new HttpConnectionManagerConfig { StatPrefix = "in", Filters = [new FilterConfig("pass", new PassConfig { Bad = true }), Terminal] };
        FluentActions.Invoking(() => new HttpConnectionManagerFactory().Prepare(config, Context())).Should().Throw<ConfigException>()
            .Which.Faults.Should().Equal(new ConfigFault("http_filters[0].bad", "must not be set"));
    }

    [Test]
    public void LocalReplyFormat_Json_MakesTheBody()
    {
        var json = new JsonFormatObject([
            new("status", new JsonFormatText("%RESPONSE_CODE%")), new("message", new JsonFormatText("%LOCAL_REPLY_BODY%")),
            new("path", new JsonFormatText("%REQ(:path)%"))]);
        var peer = Serve(new HttpConnectionManagerConfig
        {
            StatPrefix = "in",
            Filters = [new FilterConfig("reply", new ReplyConfig("nothing here", Status: 404))],
            LocalReplyFormat = new LocalReplyFormatConfig(new LogFormatConfig { Json = json }),
        });
        const string body = "{\"message\":\"nothing here\",\"path\":\"/none\",\"status\":404}\n";
        peer.Send("GET /none HTTP/1.1\r\nhost: a\r\n\r\n").ReadUntil("\r\n\r\n")
            .Should().StartWith($"HTTP/1.1 404 Not Found\r\ncontent-length: {body.Length}\r\ncontent-type: application/json\r\n");
        peer.Expect(body);
    }

    [TestCase(ServerHeaderTransformation.Overwrite, "server: mine\r\n")]
    [TestCase(ServerHeaderTransformation.AppendIfAbsent, "server: theirs\r\n")]
    [TestCase(ServerHeaderTransformation.PassThrough, "server: theirs\r\n")]
    public void ServerHeader_FollowsTheTransformation(ServerHeaderTransformation transformation, string expected)
    {
        var peer = Serve(new HttpConnectionManagerConfig
        {
            StatPrefix = "in",
            ServerName = "mine",
            ServerHeader = transformation,
            Via = "proxy",
            AlwaysSetRequestIdInResponse = true,
            Filters = [new FilterConfig("reply", new ReplyConfig("x", Server: "theirs"))],
        });
        peer.Send("GET / HTTP/1.1\r\nhost: a\r\nx-request-id: 7\r\n\r\n").ReadUntil("\r\n\r\n")
            .Should().Contain(expected).And.Contain("via: proxy\r\n").And.Contain("x-request-id: 7\r\n");
    }

    [Test]
    public void Http10_WhenAccepted_IsServedAndClosedUnlessKeptAlive()
    {
        var config = new HttpConnectionManagerConfig
        {
            StatPrefix = "in",
            Http1 = new Http1Config { AcceptHttp10 = true, DefaultHostForHttp10 = "ten.test" },
            Filters = [Terminal],
        };
        var peer = Serve(config);
        peer.Send("GET / HTTP/1.0\r\nhost: a\r\nconnection: keep-alive\r\n\r\n").ReadUntil("\r\n\r\nhi").Should().StartWith("HTTP/1.0 200 OK\r\n").And.Contain("connection: keep-alive\r\n");
        peer.Send("GET / HTTP/1.0\r\n\r\n").ReadUntil("\r\n\r\nhi").Should().Contain("connection: close\r\n");
        peer.ExpectEnd();
    }

    private TestPeer Serve(HttpConnectionManagerConfig config)
    {
        var make = new HttpConnectionManagerFactory().Prepare(config, Context());
        var address = new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 80);
        Worker.Listen(new ListenRequest(address), new Acceptor(make));
        return TestPeer.Connect(Runtime, address);
    }

    private FilterFactoryContext Context()
    {
        return new FilterFactoryContext
        {
            Main = Runtime.Main,
            Clusters = new NoClusters(),
            Stats = _stats.CreateScope(),
            AccessLogs = new NoLogs(),
            Filters = new FilterRegistry([], [], [new PassFactory(), new ReplyFactory()]),
            Loggers = NullLoggerFactory.Instance,
            Services = new NoServices(),
            Node = new NodeConfig(),
            Runtime = RuntimeSnapshot.Empty,
            Drain = new DrainState(),
            Listener = new ListenerConfig { Name = "l", Addresses = [new SocketAddressConfig(System.Net.IPAddress.Loopback, 80)], FilterChains = [] },
        };
    }

    private sealed record PassConfig
    {
        public bool Bad { get; init; }
    }

    private sealed record ReplyConfig(string Body, int Status = 200, string? Server = null);

    private sealed class PassFactory : IHttpFilterFactory
    {
        public Type ConfigType => typeof(PassConfig);

        public Func<Worker, HttpFilter> Prepare(object config, FilterFactoryContext context)
        {
            return ((PassConfig)config).Bad ? throw new ConfigException("bad", "must not be set") : static _ => new PassFilter();
        }
    }

    private sealed class PassFilter : HttpFilter;

    private sealed class ReplyFactory : IHttpFilterFactory
    {
        public Type ConfigType => typeof(ReplyConfig);

        public bool IsTerminal => true;

        public Func<Worker, HttpFilter> Prepare(object config, FilterFactoryContext context) => _ => new ConfiguredReply((ReplyConfig)config);
    }

    private sealed class ConfiguredReply(ReplyConfig config) : HttpFilter
    {
        public override HeadersStatus OnRequestHeaders(HeaderMap headers, bool endStream)
        {
            Callbacks.SendLocalReply(config.Status, System.Text.Encoding.ASCII.GetBytes(config.Body), "test", reply =>
            {
                if (config.Server is not null)
                {
                    reply.Set(KnownHeader.Server, System.Text.Encoding.ASCII.GetBytes(config.Server));
                }
            });
            return HeadersStatus.StopIteration;
        }
    }

    private sealed class Acceptor(Func<Worker, NetworkFilter> make) : IAcceptHandler
    {
        public void OnAccepted(Connection connection) => new NetworkFilterChain(connection, [make(connection.Worker)]).Start();
    }

    private sealed class NoClusters : ClusterManager
    {
        public override WorkerCluster? Find(Worker worker, string name) => null;

        public override bool Contains(string name) => false;

        public override bool AddOrUpdate(Configuration.Clusters.ClusterConfig config) => throw new NotSupportedException();

        public override bool Remove(string name) => false;

        public override void WhenReady(Action callback) => callback();
    }

    private sealed class NoLogs : AccessLogFactory
    {
        public override IReadOnlyList<IAccessLog> Create(IEnumerable<AccessLogConfig> configs) => [];
    }

    private sealed class NoServices : IServiceProvider
    {
        public object? GetService(Type serviceType) => null;
    }
}

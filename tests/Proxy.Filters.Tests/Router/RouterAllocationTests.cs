using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Proxy.Buffers;
using Proxy.Clusters;
using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Configuration.Http;
using Proxy.Connections;
using Proxy.Filters.Http.Router;
using Proxy.Http;
using Proxy.Routing;
using Proxy.Stats;
using Proxy.Streams;
using Proxy.Testing;
using Proxy.Workers;

namespace Proxy.Filters.Tests.Router;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class RouterAllocationTests : SimulatedFixture
{
    [Test]
    public void Requests_InSteadyState_AllocateNothing()
    {
        var store = new StatsStore();
        var upstream = new FakeCluster(store.CreateGroup(ClusterStats.Schema, "cluster.c.").Shard(Worker), Pair());
        var model = new RouterModel { Clusters = new FakeClusters(upstream), Stats = store.CreateGroup(RouterStats.Schema, "http.in.") };
        var filter = new RouterFilter(model.For(Worker));
        var stream = new FakeStream(Worker, Compile());
        filter.Attach(stream);
        Drive(filter, stream, 200);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Drive(filter, stream, 1000);

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);
        stream.Answers.Should().Be(1200);
        upstream.Requests.Should().Be(1200);
    }

    private static void Drive(RouterFilter filter, FakeStream stream, int count)
    {
        for (var i = 0; i < count; i++)
        {
            stream.Begin();
            filter.OnRequestHeaders(stream.RequestHeaders, endStream: true);
            filter.OnStreamComplete();
            filter.Recycle();
        }
    }

    private Connection Pair()
    {
        var address = IPEndPoint.Parse("10.0.0.1:80");
        TestUpstream.Listen(Runtime, address);
        return TestPeer.Connect(Runtime, address).Connection;
    }

    // With what most tables have: a rewrite and header edits with operators.
    private static Route Compile()
    {
        var config = new RouteTableConfig
        {
            ValidateClusters = false,
            VirtualHosts =
            [
                new VirtualHostConfig
                {
                    Name = "v",
                    Domains = ["*"],
                    Routes =
                    [
                        new RouteConfig
                        {
                            Match = new RouteMatchConfig(PathMatchKind.Prefix, "/old"),
                            Action = new ForwardActionConfig { Cluster = "c", PrefixRewrite = "/new", HostRewrite = "b.test" },
                            Edits = new HeaderEditsConfig
                            {
                                RequestAdditions = [new HeaderAddition("x-was", "%REQ(:path)%")],
                                ResponseAdditions = [new HeaderAddition("x-code", "%RESPONSE_CODE%")],
                            },
                        },
                    ],
                },
            ],
        };
        var headers = new HeaderMap();
        FakeStream.Fill(headers);
        return RouteTable.Compile(config, new RouteTableContext()).Match(new RouteQuery { Headers = headers, Info = new StreamInfo() })!;
    }

    private sealed class FakeClusters(WorkerCluster cluster) : ClusterManager
    {
        public override WorkerCluster? Find(Worker worker, string name) => name == cluster.Name ? cluster : null;

        public override bool Contains(string name) => name == cluster.Name;

        public override bool AddOrUpdate(ClusterConfig config) => throw new NotSupportedException();

        public override bool Remove(string name) => throw new NotSupportedException();

        public override void WhenReady(Action callback) => callback();
    }

    /// <summary>Always has an idle connection, whose other side answers at once.</summary>
    private sealed class FakeCluster : WorkerCluster
    {
        private readonly Host _host = new(IPEndPoint.Parse("10.0.0.1:80"), "", LocalityConfig.None, workers: 1);
        private readonly Connection _connection;
        private readonly FakeUpstreamStream _stream = new();

        public FakeCluster(StatShard stats, Connection connection)
        {
            Stats = stats;
            _connection = connection;
        }

        public int Requests { get; private set; }

        public override string Name => "c";

        public override ClusterConfig Config { get; } = new() { Name = "c" };

        public override StatShard Stats { get; }

        public override Host? ChooseHost(in LoadBalancerContext context) => _host;

        internal override PendingRequest? NewRequest(Host host, in PoolQuery query, IClientStreamHandler handler, IHttpPoolCallbacks callbacks)
        {
            Requests++;
            _stream.Handler = handler;
            callbacks.OnPoolReady(_stream, host, _connection, HttpProtocol.Http11, reused: true);
            return null;
        }

        internal override void CancelRequest(PendingRequest request) => throw new NotSupportedException();

        internal override PendingConnection? NewConnection(Host host, RequestPriority priority, ITcpPoolCallbacks callbacks, ConnectionOrigin origin) => throw new NotSupportedException();

        internal override void CancelConnection(PendingConnection connection) => throw new NotSupportedException();

        internal override bool TryStartRetry(RequestPriority priority) => throw new NotSupportedException();

        internal override void EndRetry(RequestPriority priority) => throw new NotSupportedException();
    }

    private sealed class FakeUpstreamStream : HttpClientStream
    {
        public IClientStreamHandler Handler { get; set; } = null!;

        public override bool IsOver => true;

        public override void EncodeHeaders(HeaderMap headers, bool endStream)
        {
            Handler.ResponseHeaders.Add(KnownHeader.Status, "200"u8);
            Handler.ResponseHeaders.Add(KnownHeader.ContentLength, "2"u8);
            Handler.OnHeaders(endStream: false);
            Handler.OnData("ok"u8, endStream: true);
        }

        public override void EncodeData(ReadOnlySpan<byte> data, bool endStream) => throw new NotSupportedException();

        public override void EncodeTrailers(HeaderMap trailers) => throw new NotSupportedException();

        public override void Reset(StreamResetReason reason) => throw new NotSupportedException();

        public override void ReadDisable(bool disable)
        {
        }
    }

    private sealed class FakeStream(Worker worker, Route route) : IHttpFilterCallbacks
    {
        public int Answers { get; private set; }

        public Worker Worker => worker;

        public Connection Connection => throw new NotSupportedException();

        public ILogger Logger => NullLogger.Instance;

        public StreamInfo Info { get; } = new();

        public long StreamId => 1;

        public HeaderMap RequestHeaders { get; } = new();

        public HeaderMap? ResponseHeaders => null;

        public Route? Route => route;

        public object? RouteConfig => null;

        public IReadOnlyList<object> RouteConfigs => [];

        public ByteQueue? BufferedRequest => null;

        public ByteQueue? BufferedResponse => null;

        public long BufferLimit { get; set; } = 1024;

        public static void Fill(HeaderMap headers)
        {
            headers.Clear();
            headers.Add(KnownHeader.Method, "GET"u8);
            headers.Add(KnownHeader.Path, "/old/x?y=1"u8);
            headers.Add(KnownHeader.Authority, "a.test"u8);
            headers.Add(KnownHeader.XForwardedProto, "http"u8);
        }

        public void Begin()
        {
            Fill(RequestHeaders);
            Info.Reset();
        }

        public void SendHeaders(HeaderMap headers, bool endStream)
        {
        }

        public void SendData(ReadOnlySpan<byte> data, bool endStream) => Answers += endStream ? 1 : 0;

        public void RequestReadDisable(bool disable)
        {
        }

        public void ResponseReadDisable(bool disable) => throw new NotSupportedException();

        public void ClearRouteCache() => throw new NotSupportedException();

        public void ContinueRequest() => throw new NotSupportedException();

        public void ContinueResponse() => throw new NotSupportedException();

        public void InjectRequestData(ReadOnlySpan<byte> data, bool endStream) => throw new NotSupportedException();

        public void InjectResponseData(ReadOnlySpan<byte> data, bool endStream) => throw new NotSupportedException();

        public void SendLocalReply(int status, ReadOnlySpan<byte> body, string details, Action<HeaderMap>? modifyHeaders = null) => throw new NotSupportedException();

        public void ResetStream(StreamResetReason reason, string details) => throw new NotSupportedException();

        public void SendInformational(HeaderMap headers) => throw new NotSupportedException();

        public void SendTrailers(HeaderMap trailers) => throw new NotSupportedException();
    }
}

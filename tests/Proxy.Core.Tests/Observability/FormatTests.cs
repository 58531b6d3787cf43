using System.Net;
using System.Text;
using Proxy.Clusters;
using Proxy.Configuration;
using Proxy.Configuration.Http;
using Proxy.Connections;
using Proxy.Core.Tests.Routing;
using Proxy.Http;
using Proxy.Observability;
using Proxy.Routing;
using Proxy.Streams;
using Proxy.Testing;

namespace Proxy.Core.Tests.Observability;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class FormatTests : SimulatedFixture
{
    private readonly StreamInfo _info = new()
    {
        Downstream = new ConnectionInfo(IPEndPoint.Parse("127.0.0.1:80"), IPEndPoint.Parse("1.2.3.4:5555")) 
        {
            FilterChainName = "fcn",
            ListenerMetadata = new Dictionary<string, Dictionary<string, object>> { ["ns"] = new() { ["k"] = "of-listener" } },
            FilterChainMetadata = new Dictionary<string, Dictionary<string, object>> { ["ns"] = new() { ["k"] = "of-chain" } },
        },
        Protocol = HttpProtocol.Http11,
        StartTime = new DateTimeOffset(2026, 3, 4, 5, 6, 7, 89, TimeSpan.Zero),
        StartMicroseconds = 1_000_000,
        RequestCompleteMicroseconds = 1_002_500,
        UpstreamFirstReceivedMicroseconds = 1_010_000,
        UpstreamBodyReceivedMicroseconds = 1_010_007,
        EndMicroseconds = 1_020_999,
        ResponseCode = 503,
        ResponseCodeDetails = "a b{c}",
        Flags = ResponseFlags.UpstreamOverflow | ResponseFlags.NoRouteFound,
        BytesReceived = 12,
        BytesSent = 34,
        AttemptCount = 2,
        UpstreamRemote = IPEndPoint.Parse("[::1]:8080"),
        UpstreamClusterRaw = "raw",
        UpstreamCluster = "alt",
        RouteName = "",
    };

    private readonly HeaderMap _request = RoutingFixture.Request("/new/x?a=1&b=%20z", "t.test:81", headers:
    [
        ("x-req", "abcdef"), ("x-rep", "one"), ("x-rep", "two"), ("x-empty", ""), ("x-envoy-original-path", "/old/x?a=1"), ("content-type", "application/grpc"),
    ]);

    private readonly HeaderMap _response = Map((":status", "503"), ("x-resp", "rv"));

    private readonly HeaderMap _trailers = Map(("grpc-status", "5"), ("x-t", "tv"));

    [TestCase("plain", "plain")]
    [TestCase("100%%", "100%")]
    [TestCase("[%REQ(x-req)%][%REQ(x-none)%]", "[abcdef][-]")]
    [TestCase("%REQ(X-REQ):3%", "abc")]
    [TestCase("%CEL(request.headers['x-req'])%", "abcdef")]
    [TestCase("%CEL(request.headers['x-req']):2% %TYPED_CEL(response.code + 1)% %CEL(request.headers['no'])%", "ab 504 -")]
    [TestCase("%REQ(x-req):0%", "")]
    [TestCase("%REQ(x-none?x-req):2%", "ab")]
    [TestCase("%REQ(x-empty?x-req)%", "")]
    [TestCase("%REQ(x-rep)%", "one")]
    [TestCase("%REQ(HOST)%", "t.test:81")]
    [TestCase("%REQUEST_HEADER(x-req)%", "abcdef")]
    [TestCase("%RESP(x-resp)% %RESP(:status)%", "rv 503")]
    [TestCase("%TRAILER(x-t)%", "tv")]
    [TestCase("%PROTOCOL% %PROTOCOL()%", "HTTP/1.1 HTTP/1.1")]
    [TestCase("%UPSTREAM_PROTOCOL%", "-")]
    [TestCase("%RESPONSE_CODE% %BYTES_RECEIVED% %BYTES_SENT% %UPSTREAM_REQUEST_ATTEMPT_COUNT%", "503 12 34 2")]
    [TestCase("%RESPONSE_CODE_DETAILS%", "a_b{c}")]
    [TestCase("%RESPONSE_CODE_DETAILS(ALLOW_WHITESPACES)%", "a b{c}")]
    [TestCase("%RESPONSE_FLAGS%", "UO,NR")]
    [TestCase("%RESPONSE_FLAGS_LONG%", "UpstreamOverflow,NoRouteFound")]
    [TestCase("%DURATION% %REQUEST_DURATION% %RESPONSE_DURATION% %RESPONSE_TX_DURATION%", "20 2 10 -")]
    [TestCase("%COMMON_DURATION(DS_RX_BEG:DS_RX_END:us)%", "2500")]
    [TestCase("%COMMON_DURATION(DS_RX_BEG:nokey:ms)%", "-")]
    [TestCase("%COMMON_DURATION(US_RX_BEG:US_RX_BODY_BEG:us)% %COMMON_DURATION(US_CX_BEG:US_CX_END:ns)% %COMMON_DURATION(DS_CX_BEG:DS_CX_END:ms)%", "7 - -")]
    [TestCase("%DOWNSTREAM_HANDSHAKE_DURATION%", "-", Description = "a request does not know when its connection began")]
    [TestCase("[%DOWNSTREAM_DIRECT_LOCAL_ADDRESS_ENDPOINT_ID%] %UPSTREAM_SERVER_NAME% %UPSTREAM_TLS_GROUP%", "[] - -")]
    [TestCase("%START_TIME%", "2026-03-04T05:06:07.089Z")]
    [TestCase("%START_TIME(%Y/%m/%d %H:%M:%S.%3f %s)%", "2026/03/04 05:06:07.089 1772600767")]
    [TestCase("%START_TIME(%f %1f %E4Y %j %b%%)%", "089000000 0 2026 063 Mar%")]
    [TestCase("%START_TIME(())%", "()")]
    [TestCase("%START_TIME(%3f at %M:%S, %6f)%", "089 at 06:07, 089000")]
    [TestCase("%REQUESTED_SERVER_NAME(SNI_ONLY)% %REQUESTED_SERVER_NAME(SNI_FIRST)% %REQUESTED_SERVER_NAME(HOST_FIRST:HOST)%", "- t.test t.test")]
    [TestCase("%REQUESTED_SERVER_NAME(SNI_FIRST:ORIG)% %REQUESTED_SERVER_NAME(HOST_FIRST:HOST):3%", "- t.t")]
    [TestCase("%DOWNSTREAM_PEER_CHAIN_SERIALS% %PER_REQUEST_STATE(none)%", "- -")]
    [TestCase("%UPSTREAM_HOST% %UPSTREAM_HOST_NAME% %UPSTREAM_HOST_NAME_WITHOUT_PORT%", "[::1]:8080 [::1]:8080 ::1")]
    [TestCase("%UPSTREAM_REMOTE_ADDRESS%", "-", Description = "no connection was made")]
    [TestCase("%UPSTREAM_CLUSTER% %UPSTREAM_CLUSTER_RAW%", "alt raw")]
    [TestCase("%DOWNSTREAM_DIRECT_REMOTE_ADDRESS% %DOWNSTREAM_DIRECT_REMOTE_PORT%", "1.2.3.4:5555 5555")]
    [TestCase("%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT(16)%", "1.2.0.0/16")]
    [TestCase("%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT(0)%", "0.0.0.0/0")]
    [TestCase("%DOWNSTREAM_LOCAL_PORT%", "80")]
    [TestCase("%FILTER_CHAIN_NAME% %ROUTE_NAME% %REQUESTED_SERVER_NAME%", "fcn - -")]
    [TestCase("%PATH(NQ)% %PATH(WQ:PATH)% %PATH%", "/old/x /new/x?a=1&b=%20z /old/x?a=1")]
    [TestCase("%QUERY_PARAM(a)% %QUERY_PARAM(b)%", "1 -")]
    [TestCase("%GRPC_STATUS% %GRPC_STATUS(SNAKE_STRING)% %GRPC_STATUS_NUMBER%", "NotFound NOT_FOUND 5")]
    [TestCase("%DYNAMIC_METADATA(ns:s)% %DYNAMIC_METADATA(ns:o)% %DYNAMIC_METADATA(ns:none)%", "text {\"a\":[1,\"x\"],\"b\":false} -")]
    [TestCase("%DYNAMIC_METADATA(ns:s):2%", "te")]
    [TestCase("%METADATA(ROUTE:ns:k)% %METADATA(VIRTUAL_HOST:ns:k)% %METADATA(DYNAMIC:ns:s)%", "of-route of-host text")]
    [TestCase("%METADATA(LISTENER:ns:k)% %METADATA(LISTENER_FILTER_CHAIN:ns:k)% %METADATA(LISTENER:other:k)%", "of-listener of-chain -")]
    [TestCase("%METADATA(ROUTE:ns)% %METADATA(ROUTE:ns:n)% %METADATA(ROUTE:ns:z)%", "{\"k\":\"of-route\",\"n\":1.5,\"z\":null} 1.5 -")]
    [TestCase("%CLUSTER_METADATA(ns:k)% %METADATA(CLUSTER:ns:k)%", "of-cluster of-cluster")]
    [TestCase("%UPSTREAM_METADATA(ns:k)% %UPSTREAM_HOST_METADATA(ns:k)% %METADATA(UPSTREAM_HOST:ns:none)%", "of-endpoint of-endpoint -")]
    [TestCase("%VIRTUAL_CLUSTER_NAME%", "-")]
    [TestCase("%FILTER_STATE(fs)% %FILTER_STATE(fs:PLAIN)% %FILTER_STATE(of-connection)% %FILTER_STATE(none)%", "state state from-connection -")]
    [TestCase("%FILTER_STATE(tree)% %FILTER_STATE(tree:TYPED)% %FILTER_STATE(tree:PLAIN)%", "{\"a\":[{\"k\":\"v\"}]} {\"a\":[{\"k\":\"v\"}]} -")]
    [TestCase("%HOSTNAME% %ENVIRONMENT(HOME)% %ENVIRONMENT(NOPE)%", "box /home -")]
    [TestCase("%LOCAL_REPLY_BODY%", "body")]
    [TestCase("%ACCESS_LOG_TYPE%", "DownstreamEnd")]
    [TestCase("%DOWNSTREAM_TLS_VERSION%", "-")]
    [TestCase("%COALESCE({\"operators\":[\"REQUESTED_SERVER_NAME\",{\"command\":\"REQ\",\"param\":\"x-req\",\"max_length\":2}]})%", "ab")]
    public void Operator_WritesItsValue(string format, string expected)
    {
        Write(format).Should().Be(expected);
    }

    [Test]
    public void Operator_NoValueAndEmptyOnesOmitted_WritesNothing()
    {
        Write("a%REQ(x-none)%b", omitEmptyValues: true).Should().Be("ab");
    }

    [Test]
    public void Time_MomentsOfSeveralSeconds_AreEachWritten()
    {
        var format = TextFormat.TryCompile("%START_TIME%", FormatEnvironment.Empty, omitEmptyValues: false, out _)!;
        var first = _info.StartTime;
        foreach (var milliseconds in (int[])[0, 1, 910, 911, 911, 912, 60_000, 5])
        {
            _info.StartTime = first.AddMilliseconds(milliseconds);
            var writer = new FormatWriter();
            format.Write(Entry(), writer);

            Encoding.UTF8.GetString(writer.Written).Should().Be(_info.StartTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture));
        }
    }

    [TestCase("%REQ_WITHOUT_QUERY(x-envoy-original-path)% %REQ_WITHOUT_QUERY(x-none?:path):4% %REQ_WITHOUT_QUERY(x-none)%", "/old/x /new -")]
    [TestCase("%REQ_WITHOUT_QUERY(x-req)%", "abcdef")]
    public void RequestWithoutQuery_Allowed_WritesWhatStandsBeforeTheQuery(string format, string expected)
    {
        var config = new LogFormatConfig { Text = format, AllowRequestWithoutQuery = true };
        var writer = new FormatWriter();

        LogFormat.Compile(config, FormatEnvironment.Empty, "", new FaultList())!.Write(Entry(), writer);

        Encoding.UTF8.GetString(writer.Written).Should().Be(expected);
    }

    [Test]
    public void UniqueId_IsAUuid()
    {
        Write("%UNIQUE_ID%").Should().MatchRegex("^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$");
    }

    [TestCase("%PROTOCOL")]
    [TestCase("%protocol%")]
    [TestCase("% PROTOCOL%")]
    [TestCase("%PROTOCOL:3%")]
    [TestCase("%PROTOCOL(x)%")]
    [TestCase("%REQ%")]
    [TestCase("%REQ()%")]
    [TestCase("%REQ( )%")]
    [TestCase("%REQ(a%")]
    [TestCase("%REQ(a))%")]
    [TestCase("%REQ(a):x%")]
    [TestCase("%REQ(a): 1%")]
    [TestCase("%REQ(a):99999999999999999999%")]
    [TestCase("%REQ(a?b?c)%")]
    [TestCase("%REQ(a b)%")]
    [TestCase("%REQ(é)%")]
    [TestCase("%START_TIME(%Y):3%")]
    [TestCase("%DYNAMIC_METADATA()%")]
    [TestCase("%METADATA(ROUTE)%")]
    [TestCase("%METADATA(BOGUS:ns:k)%")]
    [TestCase("%FILTER_STATE(a:BOGUS)%")]
    [TestCase("%GRPC_STATUS(number)%")]
    [TestCase("%PATH(wq)%")]
    [TestCase("%ENVIRONMENT()%")]
    [TestCase("%COMMON_DURATION(a:b:c)%")]
    [TestCase("%COALESCE(x)%")]
    [TestCase("%COALESCE({\"operators\":[\"BOGUS\"]})%")]
    [TestCase("%HOSTNAME(x)%")]
    [TestCase("%REQ_WITHOUT_QUERY(x-req)%", Description = "a format must ask for it")]
    [TestCase("%REQUESTED_SERVER_NAME(SNI)%")]
    [TestCase("%REQUESTED_SERVER_NAME(SNI_FIRST:HOST:x)%")]
    [TestCase("%BOGUS%")]
    public void Compile_BadFormat_IsRefusedWithAReason(string format)
    {
        TextFormat.TryCompile(format, FormatEnvironment.Empty, omitEmptyValues: false, out var error).Should().BeNull();

        error.Should().NotBeEmpty();
    }

    [Test]
    public void DefaultLine_HasEnvoysFields()
    {
        var line = new FormatWriter();

        LogFormat.Compile(LogFormatConfig.Default, FormatEnvironment.Empty, "", new FaultList())!.Write(Entry(), line);

        Encoding.UTF8.GetString(line.Written).Should().Be(
            "[2026-03-04T05:06:07.089Z] \"GET /old/x?a=1 HTTP/1.1\" 503 UO,NR 12 34 20 - \"-\" \"-\" \"-\" \"t.test:81\" \"[::1]:8080\"\n");
    }

    [Test]
    public void Json_SingleOperators_KeepTheirTypes()
    {
        Json(("code", new JsonFormatText("%RESPONSE_CODE%")), ("mixed", new JsonFormatText("c=%RESPONSE_CODE%")), ("none", new JsonFormatText("%REQ(x-none)%")),
            ("md", new JsonFormatText("%DYNAMIC_METADATA(ns:o)%")), ("port", new JsonFormatText("%DOWNSTREAM_LOCAL_PORT%")), ("const", new JsonFormatConstant("1.5")))
            .Should().Be("{\"code\":503,\"const\":1.5,\"md\":{\"a\":[1,\"x\"],\"b\":false},\"mixed\":\"c=503\",\"none\":null,\"port\":80}\n");
    }

    [Test]
    public void Json_EmptyValuesOmitted_DropsNullsAndObjectsLeftEmpty()
    {
        var inner = new JsonFormatObject([new("none", new JsonFormatText("%REQ(x-none)%"))]);

        Json(omit: true, ("o", inner), ("l", new JsonFormatArray([new JsonFormatText("%REQ(x-none)%"), new JsonFormatText("a")])), ("n", new JsonFormatConstant("null")))
            .Should().Be("{\"l\":[\"a\"]}\n");
        Json(omit: true, ("o", inner)).Should().Be("{}\n");
        Json(omit: false, ("o", inner)).Should().Be("{\"o\":{\"none\":null}}\n");
    }

    [Test]
    public void Json_SpecialCharacters_AreEscaped()
    {
        Json(("k\"\\", new JsonFormatText("\t\n\u0001</a>é"))).Should().Be("{\"k\\\"\\\\\":\"\\t\\n\\u0001</a>é\"}\n");
    }

    [Test]
    public void Write_SteadyState_AllocatesNothing()
    {
        var format = LogFormat.Compile(LogFormatConfig.Default, FormatEnvironment.Empty, "", new FaultList())!;
        var writer = new FormatWriter();
        format.Write(Entry(), writer);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            writer.Clear();
            format.Write(Entry(), writer);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);
    }

    private AccessLogEntry Entry()
    {
        if (!_info.HasFilterData)
        {
            _info.FilterState["fs"] = "state";
            _info.FilterState["tree"] = new Dictionary<string, object> { ["a"] = new List<object> { new Dictionary<string, object> { ["k"] = "v" } } };
            _info.Downstream!.FilterState["of-connection"] = "from-connection";
            _info.ClusterMetadata = MetadataTree.CompileOrThrow(Metadata("of-cluster"));
            _info.UpstreamHost = new Host(IPEndPoint.Parse("[::1]:8080"), "", LocalityConfig.None, 1) { Metadata = MetadataTree.CompileOrThrow(Metadata("of-endpoint")) };
            _info.Route = RoutingFixture.Find(
                RouteTable.Compile(
                    new RouteTableConfig
                    {
                        VirtualHosts =
                        [
                            new VirtualHostConfig
                            {
                                Name = "v",
                                Domains = ["*"],
                                Metadata = Metadata("of-host"),
                                Routes = [RoutingFixture.Answer("a", new RouteMatchConfig(PathMatchKind.Prefix, "/")) with { Metadata = Metadata("of-route") }],
                            },
                        ],
                    },
                    new RouteTableContext()),
                _request);
            _info.DynamicMetadata["ns"] = new() { ["s"] = "text", ["o"] = new Dictionary<string, object> { ["b"] = false, ["a"] = new object[] { 1, "x" } } };
        }

        return new AccessLogEntry
        {
            Worker = Worker,
            Info = _info,
            RequestHeaders = _request,
            ResponseHeaders = _response,
            ResponseTrailers = _trailers,
            LocalReplyBody = "body"u8,
            Type = AccessLogType.DownstreamEnd,
        };
    }

    private static ConfigList<KeyValuePair<string, string>> Metadata(string text) => [new("ns", $$"""{"k":"{{text}}","n":1.5,"z":null}""")];

    private string Write(string format, bool omitEmptyValues = false)
    {
        var environment = new FormatEnvironment { Hostname = "box", Variable = static name => name == "HOME" ? "/home" : null };
        var compiled = TextFormat.TryCompile(format, environment, omitEmptyValues, out var error);
        compiled.Should().NotBeNull(error);
        var writer = new FormatWriter();
        compiled!.Write(Entry(), writer);
        return Encoding.UTF8.GetString(writer.Written);
    }

    private string Json(params (string, JsonFormatNode)[] properties) => Json(omit: false, properties);

    private string Json(bool omit, params (string Key, JsonFormatNode Value)[] properties)
    {
        var config = new LogFormatConfig
        {
            Json = new JsonFormatObject(properties.Select(static property => KeyValuePair.Create(property.Key, property.Value)).ToConfigList()),
            OmitEmptyValues = omit,
        };
        var writer = new FormatWriter();
        LogFormat.Compile(config, FormatEnvironment.Empty, "", new FaultList())!.Write(Entry(), writer);
        return Encoding.UTF8.GetString(writer.Written);
    }

    private static HeaderMap Map(params (string Name, string Value)[] headers)
    {
        var map = new HeaderMap();
        foreach (var (name, value) in headers)
        {
            map.Add(Encoding.Latin1.GetBytes(name), Encoding.Latin1.GetBytes(value));
        }

        return map;
    }
}

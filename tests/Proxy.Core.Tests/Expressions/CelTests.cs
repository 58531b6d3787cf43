using System.Net;
using System.Text;
using Proxy.Clusters;
using Proxy.Configuration;
using Proxy.Configuration.Matching;
using Proxy.Configuration.Listeners;
using Proxy.Connections;
using Proxy.Expressions;
using Proxy.Http;
using Proxy.Observability;
using Proxy.Streams;
using Proxy.Testing;

namespace Proxy.Core.Tests.Expressions;

public sealed class CelTests : SimulatedFixture
{
    private readonly HeaderMap _request = new();
    private readonly HeaderMap _response = new();
    private readonly StreamInfo _info = new();

    public CelTests()
    {
        _request.Set(KnownHeader.Method, "GET"u8);
        _request.Set(KnownHeader.Path, "/a/b?x=1&y"u8);
        _request.Set(KnownHeader.Authority, "h.test"u8);
        _request.Set(KnownHeader.Scheme, "http"u8);
        _request.Set(KnownHeader.UserAgent, "me"u8);
        _request.Add("x-a"u8, "1"u8);
        _request.Add("x-a"u8, "2"u8);
        _request.Add("referer"u8, "/from"u8);
        _response.Set(KnownHeader.Status, "404"u8);
        _info.Downstream = new ConnectionInfo(IPEndPoint.Parse("10.0.0.1:80"), IPEndPoint.Parse("10.0.0.2:4444")) 
        {
            ServerName = "sni.test",
            FilterChainName = "chain",
            Direction = TrafficDirection.Inbound,
            ListenerMetadata = new Dictionary<string, Dictionary<string, object>> { ["ns"] = new() { ["k"] = "of-listener" } },
        };
        _info.ConnectionId = 7;
        _info.Protocol = HttpProtocol.Http11;
        _info.ResponseCode = 404;
        _info.ResponseCodeDetails = "via_upstream";
        _info.BytesReceived = 11;
        _info.BytesSent = 22;
        _info.StartTime = new DateTimeOffset(2024, 3, 1, 12, 30, 15, 250, TimeSpan.Zero);
        _info.StartMicroseconds = 1_000_000;
        _info.EndMicroseconds = 2_500_000;
        _info.UpstreamClusterRaw = "app";
        _info.UpstreamRemote = IPEndPoint.Parse("[::1]:8080");
        _info.UpstreamHost = new Host(IPEndPoint.Parse("[::1]:8080"), "", new LocalityConfig("r", "z", ""), 1);
        _info.FilterState["fs"] = "state";
        _info.DynamicMetadata["ns"] = new() { ["s"] = "text", ["n"] = 1.5, ["b"] = true, ["l"] = new List<object> { "p", 2.0 }, ["o"] = new Dictionary<string, object> { ["k"] = "v" } };
    }

    [TestCase("request.method", "GET")]
    [TestCase("request.path", "/a/b?x=1&y")]
    [TestCase("request.url_path", "/a/b")]
    [TestCase("request.query", "x=1&y")]
    [TestCase("request.host", "h.test")]
    [TestCase("request.scheme", "http")]
    [TestCase("request.useragent", "me")]
    [TestCase("request.referer", "/from")]
    [TestCase("request.protocol", "HTTP/1.1")]
    [TestCase("request.headers['x-a']", "1,2")]
    [TestCase("request.headers['X-A']", "1,2")]
    [TestCase("request['method']", "GET")]
    [TestCase("request.size", "11")]
    [TestCase("request.time", "2024-03-01T12:30:15.25+00:00")]
    [TestCase("request.duration", "1.5s")]
    [TestCase("response.code", "404")]
    [TestCase("response.code_details", "via_upstream")]
    [TestCase("response.size", "22")]
    [TestCase("response.flags", "0")]
    [TestCase("response.headers[':status']", "404")]
    [TestCase("source.address", "10.0.0.2:4444")]
    [TestCase("source.port", "4444")]
    [TestCase("destination.address", "10.0.0.1:80")]
    [TestCase("connection.id", "7")]
    [TestCase("connection.mtls", "false")]
    [TestCase("connection.requested_server_name", "sni.test")]
    [TestCase("upstream.address", "[::1]:8080")]
    [TestCase("upstream.port", "8080")]
    [TestCase("upstream.locality.zone", "z")]
    [TestCase("upstream.request_attempt_count", "0")]
    [TestCase("metadata.filter_metadata['ns']['s']", "text")]
    [TestCase("metadata.filter_metadata.ns.o.k", "v")]
    [TestCase("metadata.filter_metadata['ns']['l'][1]", "2")]
    [TestCase("filter_state['fs']", "state")]
    [TestCase("xds.cluster_name", "app")]
    [TestCase("xds.filter_chain_name", "chain")]
    [TestCase("xds.listener_direction", "1")]
    [TestCase("xds.listener_metadata.filter_metadata['ns']['k']", "of-listener")]
    public void Attribute_IsRead(string text, string expected) => Write(text).Should().Be(expected);

    [TestCase("request.headers['nobody']")]
    [TestCase("request.nothing")]
    [TestCase("nothing")]
    [TestCase("nothing.at.all")]
    [TestCase("connection.tls_version")]
    [TestCase("response.trailers['a']")]
    [TestCase("metadata.filter_metadata['ns']['no']")]
    [TestCase("filter_state['no']")]
    [TestCase("1 / 0")]
    [TestCase("1 + 'a'")]
    [TestCase("'a' + 'b'")]
    [TestCase("9223372036854775807 + 1")]
    [TestCase("[1, 2][2]")]
    public void Error_IsNoValue(string text) => Write(text).Should().BeNull();

    [TestCase("1 + 2 * 3 - 4", "3")]
    [TestCase("(1 + 2) * 3", "9")]
    [TestCase("7 / 2", "3")]
    [TestCase("-7 % 3", "-1")]
    [TestCase("0x10", "16")]
    [TestCase("-9223372036854775808", "-9223372036854775808")]
    [TestCase("18446744073709551615u", "18446744073709551615")]
    [TestCase("1.5e3", "1500")]
    [TestCase("1000000.0 * 10.0", "1e+07")]
    [TestCase("--1", "1")]
    [TestCase("null", "NULL")]
    [TestCase("'a\\n\\x41\\u00e9\\101'", "a\nA\u00e9A")]
    [TestCase("r'a\\n'", "a\\n")]
    [TestCase("\"\"\"a\"b\"\"\"", "a\"b")]
    [TestCase("b'ab'", "ab")]
    [TestCase("true ? 'a' : 'b'", "a")]
    [TestCase("size('h\u00e9')", "2")]
    [TestCase("size([1, 2])", "2")]
    [TestCase("'abc'.size()", "3")]
    [TestCase("int('42') + int(2.9)", "44")]
    [TestCase("double(2) / 4.0", "0.5")]
    [TestCase("{'a': 1}['a']", "1")]
    [TestCase("[1, 2]", "list value")]
    [TestCase("request", "map value")]
    [TestCase("timestamp('2024-03-01T00:00:00Z') + duration('1h30m')", "2024-03-01T01:30:00+00:00")]
    [TestCase("duration('1h2m3.5s')", "1h2m3.5s")]
    [TestCase("duration('1500us')", "1.5ms")]
    [TestCase("request.time.getFullYear() * 100 + request.time.getMonth()", "202402")]
    [TestCase("request.time.getHours('+02:00')", "14")]
    [TestCase("request.time.getDayOfWeek()", "5")]
    [TestCase("duration('90s').getMinutes()", "1")]
    public void Value_IsWorkedOut(string text, string expected) => Write(text).Should().Be(expected);

    [TestCase("request.method == 'GET' && request.headers['x-a'].startsWith('1')", true)]
    [TestCase("request.path.contains('/b') && !request.path.endsWith('z')", true)]
    [TestCase("request.url_path.matches('^/a/[a-z]$')", true)]
    [TestCase("request.url_path.matches('b')", true)]
    [TestCase("request.url_path.matches('^b')", false)]
    [TestCase("request.method in ['POST', 'GET']", true)]
    [TestCase("request.method in ['POST']", false)]
    [TestCase("'x-a' in request.headers", true)]
    [TestCase("'x-b' in request.headers", false)]
    [TestCase("has(request.headers.referer)", true)]
    [TestCase("has(request.headers.nobody)", false)]
    [TestCase("has(request.method)", true)]
    [TestCase("has(request.nothing)", false)]
    [TestCase("1 == 1.0 && 1u == 1 && 2 > 1.5", true)]
    [TestCase("1 == '1'", false)]
    [TestCase("1 != '1'", true)]
    [TestCase("'a' < 'b' && false < true", true)]
    [TestCase("[1, 'a'] == [1.0, 'a']", true)]
    [TestCase("type(1) == int && type('a') != bytes", true)]
    [TestCase("false && nothing == 1", false)]
    [TestCase("nothing == 1 && false", false)]
    [TestCase("true || nothing == 1", true)]
    [TestCase("nothing == 1 || true", true)]
    [TestCase("nothing == 1 || false", false)]
    [TestCase("nothing == 1", false)]
    [TestCase("response.code >= 400 && response.code < 500", true)]
    [TestCase("request.duration > duration('1s')", true)]
    [TestCase("metadata.filter_metadata['ns']['b'] && metadata.filter_metadata['ns']['n'] == 1.5", true)]
    [TestCase("!true", false)]
    [TestCase("!!true", true)]
    [TestCase("request.method", false)]
    public void Condition_Holds(string text, bool expected) => Compile(text).IsTrue(Entry()).Should().Be(expected);

    [TestCase("", "unexpected end")]
    [TestCase("1 +", "unexpected end")]
    [TestCase("1 2", "unexpected '2'")]
    [TestCase("(1", "')' is missing")]
    [TestCase("'abc", "not well written")]
    [TestCase("'\\q'", "not well written")]
    [TestCase("a..b", "is no name")]
    [TestCase("if", "is no name")]
    [TestCase("99999999999999999999", "too large")]
    [TestCase("9223372036854775808", "too large")]
    [TestCase("a # b", "unexpected '#'")]
    [TestCase("has(1)", "has takes a field")]
    [TestCase("[1].all(x, x > 0)", "walks over lists")]
    [TestCase("Foo{a: 1}", "unexpected '{'")]
    [TestCase("a.Foo{a: 1}", "messages cannot be made")]
    [TestCase("unknown(1)", "there is no function unknown of 1 values")]
    [TestCase("size(1, 2)", "there is no function size of 2 values")]
    [TestCase("string(1)", "there is no function string")]
    [TestCase("'a'.matches('(')", "'('")]
    [TestCase("'a'.matches(request.path)", "written out")]
    [TestCase("xds.node", "xds.node is not supported yet")]
    [TestCase("upstream_filter_state['a']", "not supported yet")]
    public void Text_ThatIsNoExpression_IsRefused(string text, string message) => FaultOf(text).Should().StartWith("p: ").And.Contain(message);

    [TestCase("request.headers['x-many'].replace('a', request.headers['x-long'])")]
    [TestCase("bytes(request.headers['x-many'].replace('a', request.headers['x-long']))")]
    [TestCase("request.headers['x-many'].replace('a', request.headers['x-long']) + request.headers['x-long']")]
    public void Texts_OfAPeerMultiplied_AreAnError(string text)
    {
        _request.Add("x-many"u8, Encoding.ASCII.GetBytes(new string('a', 30_000)));
        _request.Add("x-long"u8, Encoding.ASCII.GetBytes(new string('b', 30_000)));
        var before = GC.GetAllocatedBytesForCurrentThread();

        Write(new CelConfig(new ExpressionTextConfig(text)) { StringConversion = true, StringConcatenation = true, StringFunctions = true }).Should().BeNull();

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(16 << 20);
    }

    [Test]
    public void Limits_AreKept()
    {
        FaultOf(new string('(', 100) + "1" + new string(')', 100)).Should().Contain("nested more than 64 deep");
        FaultOf("'" + new string('a', 17_000) + "'").Should().Contain("longer than 16384");
        FaultOf(string.Join('+', Enumerable.Repeat("1", 300))).Should().Contain("nested more than 200 deep");
        FaultOf("1 in [" + string.Join(',', Enumerable.Repeat("1", 8000)) + "]").Should().BeNull();
        Compile(string.Join("||", Enumerable.Repeat("false", 1500)) + "||true").IsTrue(Entry()).Should().BeTrue("long chains are no deep trees");
    }

    [Test]
    public void Settings_AddFunctions()
    {
        var config = new CelConfig(new ExpressionTextConfig("(string(1.5) + '-' + 'A B '.trim().lowerAscii() + 'c'.upperAscii()).replace('b', 'xx')"))
        {
            StringConversion = true,
            StringConcatenation = true,
            StringFunctions = true,
        };

        Write(config).Should().Be("1.5-a xxC");
    }

    [TestCase("1 + 1", "2")]
    [TestCase("1.25", "1.25")]
    [TestCase("true", "true")]
    [TestCase("null", "null")]
    [TestCase("'a\"b'", "\"a\\\"b\"")]
    [TestCase("request.duration", "\"1.5s\"")]
    public void Json_KeepsTheKind(string text, string expected)
    {
        var writer = new FormatWriter();
        Compile(text).TryWriteJson(Entry(), writer).Should().BeTrue();
        Encoding.UTF8.GetString(writer.Written).Should().Be(expected);
    }

    [Test]
    public void Evaluation_InSteadyState_AllocatesNothing()
    {
        var program = Compile("request.method in ['POST', 'GET'] && request.headers['x-a'] == '1,2' && request.url_path.startsWith('/a') && response.code < 500 && source.address != '' && metadata.filter_metadata['ns']['s'] == 'text'");
        program.IsTrue(Entry()).Should().BeTrue();

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            program.IsTrue(Entry());
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);
    }

    private static CelProgram Compile(string text) => Compile(new CelConfig(new ExpressionTextConfig(text)));

    private static CelProgram Compile(CelConfig config)
    {
        var faults = new FaultList();
        var program = CelProgram.Compile(config, "p", faults);
        faults.ThrowIfAny();
        return program;
    }

    private static string? FaultOf(string text)
    {
        var faults = new FaultList();
        CelProgram.Compile(new CelConfig(new ExpressionTextConfig(text)), "p", faults);
        return faults.Faults.Select(static fault => fault.ToString()).FirstOrDefault();
    }

    private string? Write(string text) => Write(new CelConfig(new ExpressionTextConfig(text)));

    private string? Write(CelConfig config)
    {
        var writer = new FormatWriter();
        return Compile(config).TryWrite(Entry(), writer) ? Encoding.UTF8.GetString(writer.Written) : null;
    }

    private AccessLogEntry Entry() => new() { Worker = Worker, Info = _info, RequestHeaders = _request, ResponseHeaders = _response };
}

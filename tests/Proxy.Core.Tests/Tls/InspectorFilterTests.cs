using System.Net;
using System.Text;
using Proxy.Configuration.Filters;
using Proxy.Connections;
using Proxy.Listeners;
using Proxy.Listeners.Inspection;
using Proxy.Stats;
using Proxy.Testing;
using static Proxy.Core.Tests.Tls.HelloBytes;

namespace Proxy.Core.Tests.Tls;

public sealed class InspectorFilterTests : SimulatedFixture
{
    private static readonly IPEndPoint Address = IPEndPoint.Parse("10.0.0.1:80");

    private readonly StatsStore _store = new();
    private Connection _connection = null!;

    [Test]
    public void TlsInspector_Hello_TellsNameProtocolsAndTransport()
    {
        Inspect(new TlsInspectorConfig { Ja4 = true }, Record(Message(null, ServerName("A.Test"), Protocols("h2")))).Should().Be(ListenerFilterStatus.Continue);

        _connection.Info.ServerName.Should().Be("a.test");
        _connection.Info.ApplicationProtocols.Should().Equal("h2");
        _connection.Info.TransportProtocol.Should().Be("tls");
        _connection.Info.Ja3.Should().BeEmpty();
        _connection.Info.Ja4.Should().StartWith("t12d0202h2_");
        Count("tls_inspector.tls_found").Should().Be(1);
        Count("tls_inspector.sni_found").Should().Be(1);
        Count("tls_inspector.alpn_found").Should().Be(1);
    }

    [Test]
    public void TlsInspector_SomethingElse_GoesOnOrCloses([Values] bool closes)
    {
        Inspect(new TlsInspectorConfig { CloseOnErrors = closes }, "GET / HTTP/1.1\r\n"u8.ToArray())
            .Should().Be(closes ? ListenerFilterStatus.NeedMoreData : ListenerFilterStatus.Continue);

        _connection.State.Should().Be(closes ? ConnectionState.Closed : ConnectionState.Open);
        _connection.Info.TransportProtocol.Should().Be("raw_buffer");
        Count("tls_inspector.tls_not_found").Should().Be(1);
    }

    [Test]
    public void TlsInspector_LongHello_Closes()
    {
        Inspect(new TlsInspectorConfig { MaxHelloSize = 300 }, Record(Message(null, Extension(21, new byte[600]))));

        _connection.State.Should().Be(ConnectionState.Closed);
        Count("tls_inspector.client_hello_too_large").Should().Be(1);
    }

    [TestCase("GET / HTTP/1.1\r\nhost: x\r\n", "http/1.1", "http11_found")]
    [TestCase("GET / HTTP/1.0\n", "http/1.0", "http10_found")]
    [TestCase("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "h2c", "http2_found")]
    [TestCase("hello world\r\n", "", "http_not_found")]
    [TestCase("\x16\x03\x01", "", "http_not_found")]
    [TestCase(" GET / HTTP/1.1\r\n", "", "http_not_found")]
    public void HttpInspector_TellsTheProtocol(string bytes, string protocol, string counter)
    {
        InspectHttp(bytes).Should().Be(ListenerFilterStatus.Continue);

        _connection.Info.ApplicationProtocols.Should().Equal(protocol.Length == 0 ? [] : [protocol]);
        Count("http_inspector." + counter).Should().Be(1);
    }

    [TestCase("PRI * HT")]
    [TestCase("GET / HTTP/1.1")]
    [TestCase("POS")]
    [TestCase("")]
    public void HttpInspector_Unfinished_Waits(string bytes)
    {
        InspectHttp(bytes).Should().Be(ListenerFilterStatus.NeedMoreData);
    }

    [Test]
    public void HttpInspector_EndlessLine_IsNoHttp()
    {
        InspectHttp("GET /" + new string('a', 9000)).Should().Be(ListenerFilterStatus.Continue);
        Count("http_inspector.http_not_found").Should().Be(1);
    }

    private ListenerFilterStatus Inspect(TlsInspectorConfig config, byte[] bytes) =>
        Run(() => new TlsInspectorFilter(config, _store.CreateGroup(TlsInspectorStats.Schema, "tls_inspector.").Shard(Worker)), bytes);

    private ListenerFilterStatus InspectHttp(string bytes) =>
        Run(() => new HttpInspectorFilter(_store.CreateGroup(HttpInspectorStats.Schema, "http_inspector.").Shard(Worker)), Encoding.Latin1.GetBytes(bytes));

    private ListenerFilterStatus Run(Func<ListenerFilter> create, byte[] bytes)
    {
        var accepted = new AcceptHandler(static _ => new RecordingHandler());
        Runtime.Run(Worker, () => Worker.Listen(new Proxy.Workers.ListenRequest(Address), accepted));
        TestPeer.Connect(Runtime, Address);
        _connection = accepted.Connections[0];
        var status = ListenerFilterStatus.Continue;
        Runtime.Run(Worker, () =>
        {
            var filter = create();
            filter.Attach(_connection);
            status = filter.OnAccept() == ListenerFilterStatus.NeedMoreData ? filter.OnData(bytes, out _) : ListenerFilterStatus.Continue;
        });
        return status;
    }

    private long Count(string name) => new StatsReader(_store).Read(known => known == name).Counters.Sum(static counter => counter.Value);
}

using Proxy.Configuration;
using Proxy.Configuration.Tls;
using Proxy.Connections;
using Proxy.Stats;
using Proxy.Testing;
using Proxy.Tls;
using Proxy.Workers;
using Proxy.Workers.Files;

namespace Proxy.Core.Tests.Tls;

/// <summary>Both sides of TLS for tests, of any engine.</summary>
internal sealed class TlsFixture
{
    private static readonly TlsCertificateConfig ServerCertificate = TestCertificates.Create("server.test", ["server.test", "*.wild.test"]);

    private readonly DownstreamTls _server;
    private readonly UpstreamTls _client;

    public TlsFixture(TlsEngine engine, DownstreamTlsConfig? server = null, UpstreamTlsConfig? client = null, TimeSpan handshakeTimeout = default, FileFlusher? files = null)
    {
        _server = DownstreamTls.Compile(
            server ?? Server(), engine, TimeProvider.System, new TlsReport(Stats.CreateScope(), "listener.x.", files), handshakeTimeout, _ => TimedOut++);
        _client = UpstreamTls.Compile(client ?? Client(), engine, new TlsReport(Stats.CreateScope(), "cluster.y.", files));
    }

    public StatsStore Stats { get; } = new();

    /// <summary>Connections whose handshake took too long.</summary>
    public int TimedOut { get; private set; }

    public static TlsValidationConfig Trust { get; } = new() { TrustedCa = TestCertificates.Authority };

    /// <summary>An engine by its name.</summary>
    public static TlsEngine Engine(string name) => name == TlsEngine.OpenSsl.Name ? TlsEngine.OpenSsl : TlsEngine.Portable;

    /// <summary>A server with one certificate, for <c>server.test</c>.</summary>
    public static DownstreamTlsConfig Server(CommonTlsConfig? common = null) => new()
    {
        Common = (common ?? new CommonTlsConfig()) is { Certificates.Count: 0 } bare ? bare with { Certificates = ConfigList.Create([ServerCertificate]) } : common!,
    };

    /// <summary>A client that trusts the authority and speaks up to TLS 1.3.</summary>
    public static UpstreamTlsConfig Client(CommonTlsConfig? common = null) => new()
    {
        Common = common ?? new CommonTlsConfig { Validation = Trust, Parameters = new TlsParametersConfig { Maximum = TlsVersion.Tls13 } },
        ServerName = "server.test",
    };

    public Connection Accept(Connection connection) => _server.Accept(connection);

    public Connection Connect(Worker worker, ConnectRequest request, IConnectionHandler handler, UpstreamPeer peer = default) =>
        _client.Connect(worker, request, handler, "", peer, null);

    /// <summary>A counter by its full name.</summary>
    public long Count(string name) => new StatsReader(Stats).Read(known => known == name).Counters.Sum(static counter => counter.Value);
}

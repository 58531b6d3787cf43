using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Proxy.Configuration;
using Proxy.Configuration.Tls;
using Proxy.Testing;
using Proxy.Tls;
using Proxy.Workers;
using Proxy.Workers.Files;

namespace Proxy.Core.Tests.Tls;

[TestFixture]
public sealed class TlsKeyLogTests : SimulatedFixture
{
    private static readonly IPEndPoint Address = IPEndPoint.Parse("10.0.0.1:443");
    private static readonly string[] Tls13Labels =
        ["SERVER_HANDSHAKE_TRAFFIC_SECRET", "CLIENT_HANDSHAKE_TRAFFIC_SECRET", "EXPORTER_SECRET", "SERVER_TRAFFIC_SECRET_0", "CLIENT_TRAFFIC_SECRET_0"];

    private readonly Dictionary<string, MemoryStream> _logs = [];

    [Test]
    public async Task Handshakes_AreLoggedOnBothSides_WithTheSameSecrets()
    {
        await ConnectAsync(new TlsKeyLogConfig("server"), new TlsKeyLogConfig("client"), TlsVersion.Tls13);

        var lines = Lines("server");
        lines.Select(static line => line.Split(' ')[0]).Should().BeEquivalentTo(Tls13Labels);
        lines.Should().OnlyContain(static line => line.Split(' ').Length == 3);
        Lines("client").Should().BeEquivalentTo(lines);
    }

    [Test]
    public async Task Handshake_OfTls12_IsOneLine()
    {
        await ConnectAsync(new TlsKeyLogConfig("server"), null, TlsVersion.Tls12);

        Lines("server").Should().ContainSingle().Which.Should().MatchRegex("^CLIENT_RANDOM [0-9a-f]{64} [0-9a-f]{96}$");
    }

    [TestCase("10.0.0.0/8", "", true)]
    [TestCase("10.0.0.2/32", "", false)]
    [TestCase("", "0.0.0.0/0", true)]
    [TestCase("", "192.0.2.0/24", false)]
    [TestCase("10.0.0.1/32", "192.0.2.0/24", false)]
    public async Task Addresses_OutsideTheRanges_AreNotLogged(string local, string remote, bool logged)
    {
        await ConnectAsync(new TlsKeyLogConfig("server") { LocalRanges = Ranges(local), RemoteRanges = Ranges(remote) }, null, TlsVersion.Tls13);

        Lines("server").Should().HaveCount(logged ? Tls13Labels.Length : 0);
    }

    [Test]
    public void File_ThatCannotBeOpened_RefusesTheConfiguration()
    {
        var files = new FileFlusher(new FileFlusherOptions { Open = static _ => throw new IOException("no room") }, NullLoggerFactory.Instance);

        FluentActions.Invoking(() => new TlsFixture(TlsEngine.OpenSsl, Server(new TlsKeyLogConfig("server")), files: files)).Should().Throw<ConfigException>()
            .Which.Faults.Should().ContainSingle().Which.Should().Be(new ConfigFault("common_tls_context.key_log.path", "unable to open file 'server': no room"));
    }

    private static ConfigList<CidrRange> Ranges(string text) =>
        text.Split('/') is [var address, var length] ? [new CidrRange(IPAddress.Parse(address), int.Parse(length, System.Globalization.CultureInfo.InvariantCulture))] : [];

    private static DownstreamTlsConfig Server(TlsKeyLogConfig? log) => TlsFixture.Server(TlsFixture.Server().Common with { KeyLog = log });

    private async Task ConnectAsync(TlsKeyLogConfig? server, TlsKeyLogConfig? client, TlsVersion version)
    {
        await using var files = new FileFlusher(new FileFlusherOptions { Open = path => _logs[path] = new MemoryStream() }, NullLoggerFactory.Instance);
        var common = TlsFixture.Client().Common with { KeyLog = client, Parameters = new TlsParametersConfig { Minimum = version, Maximum = version } };
        var tls = new TlsFixture(TlsEngine.OpenSsl, Server(server), TlsFixture.Client(common), files: files);
        Worker.Listen(new ListenRequest(Address), new AcceptHandler(_ => new RecordingHandler(), tls.Accept));
        var handler = new RecordingHandler();
        Runtime.Run(Worker, () => tls.Connect(Worker, new ConnectRequest(Address), handler));
        Runtime.Advance(100);
        handler.Events.Should().Contain("connected");
    }

    private string[] Lines(string log) => System.Text.Encoding.ASCII.GetString(_logs[log].ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
}

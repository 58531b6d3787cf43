using Proxy.Configuration;
using Proxy.Configuration.Http;
using Proxy.Observability;

namespace Proxy.Filters.Tests.HttpConnectionManager;

/// <summary>When requests are logged.</summary>
[TestFixture]
public sealed class AccessLogTests : ManagerFixture
{
    private readonly ReplyFilter _filter = new() { Manual = true };

    private static HttpConnectionManagerConfig Logging(Func<HttpConnectionManagerConfig, HttpConnectionManagerConfig>? change = null)
    {
        var config = Config() with { AccessLogs = [new AccessLogConfig(new StreamAccessLogConfig(false, LogFormatConfig.Default))] };
        return change is null ? config : change(config);
    }

    [Test]
    public void Log_Default_OnlyTheEnd()
    {
        Play(Logging());

        AccessLog.Types.Should().Equal(AccessLogType.DownstreamEnd);
    }

    [Test]
    public void Log_OnNewRequest_BeginningAndEnd()
    {
        Play(Logging(config => config with { LogOnNewRequest = true }));

        AccessLog.Types.Should().Equal(AccessLogType.DownstreamStart, AccessLogType.DownstreamEnd);
        AccessLog.Lines[0].Should().StartWith("0 None  GET / ");
    }

    [Test]
    public void Log_Interval_LongRequestsAgainAndAgain()
    {
        Play(Logging(config => config with { AccessLogFlushInterval = TimeSpan.FromSeconds(1) }), milliseconds: 2500);

        AccessLog.Types.Should().Equal(AccessLogType.DownstreamPeriodic, AccessLogType.DownstreamPeriodic, AccessLogType.DownstreamEnd);
        Runtime.Advance(5000);
        AccessLog.Types.Should().HaveCount(3, "the request is over");
    }

    [Test]
    public void Log_Tunnel_OpeningAndEnd()
    {
        Listen(Logging(config => config with { LogOnTunnelEstablished = true, Upgrades = [new UpgradeConfig("websocket")] }), () => _filter);
        var peer = Connect().Send(Get(more: "connection: upgrade\r\nupgrade: websocket\r\n"));
        Runtime.Run(Worker, () => _filter.ReplyHead(101, null, more: static headers =>
        {
            headers.Add("connection"u8, "upgrade"u8);
            headers.Add("upgrade"u8, "websocket"u8);
        }));

        AccessLog.Types.Should().Equal(AccessLogType.DownstreamTunnelSuccessfullyEstablished);
        peer.Reset();
        AccessLog.Types.Should().Equal(AccessLogType.DownstreamTunnelSuccessfullyEstablished, AccessLogType.DownstreamEnd);
    }

    private void Play(HttpConnectionManagerConfig config, int milliseconds = 0)
    {
        Listen(config, () => _filter);
        var peer = Connect().Send(Get());
        Runtime.Advance(milliseconds);
        Runtime.Run(Worker, () => _filter.Reply());
        Response(peer).Body.Should().Be("ok");
    }
}

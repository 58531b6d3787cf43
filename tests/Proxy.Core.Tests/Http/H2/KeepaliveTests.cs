using Proxy.Configuration.Http;
using Proxy.Http.H2;
using Proxy.Testing;

namespace Proxy.Core.Tests.Http.H2;

public sealed class KeepaliveTests : SimulatedFixture
{
    private readonly Target _target = new();

    [Test]
    public void Ping_ComesEveryIntervalWhileAnswered()
    {
        var keepalive = Start(new Http2KeepaliveConfig { Interval = Seconds(10), Timeout = Seconds(1), JitterPercent = 0 });

        Advance(9.9);
        _target.Pings.Should().Be(0);
        Advance(0.1);
        _target.Pings.Should().Be(1);
        On(keepalive.OnAnswered);
        Advance(9.9);
        _target.Pings.Should().Be(1);
        Advance(0.1);
        _target.Pings.Should().Be(2);
        _target.Silences.Should().Be(0);
        On(keepalive.Stop);
    }

    [Test]
    public void Silence_IsToldAfterTheTimeoutOnce()
    {
        Start(new Http2KeepaliveConfig { Interval = Seconds(10), Timeout = Seconds(3), JitterPercent = 0 });

        Advance(12.9);
        _target.Silences.Should().Be(0);
        Advance(60);

        _target.Silences.Should().Be(1);
        _target.Pings.Should().Be(1);
    }

    [Test]
    public void Bytes_GiveAPingMoreTime()
    {
        var keepalive = Start(new Http2KeepaliveConfig { Interval = Seconds(10), Timeout = Seconds(3), JitterPercent = 0 });

        Advance(12);
        On(keepalive.OnReceived);
        Advance(2.9);
        _target.Silences.Should().Be(0);
        Advance(0.1);

        _target.Silences.Should().Be(1);
    }

    [Test]
    public void Jitter_LengthensTheIntervalByLessThanItsShare()
    {
        for (var i = 0; i < 20; i++)
        {
            var keepalive = Start(new Http2KeepaliveConfig { Interval = Seconds(10), Timeout = Seconds(30), JitterPercent = 50 });
            var before = _target.Pings;
            Advance(9.99);
            _target.Pings.Should().Be(before);
            Advance(5.01);
            _target.Pings.Should().Be(before + 1);
            On(keepalive.Stop);
        }
    }

    [Test]
    public void Stream_OnAConnectionLongSilent_ComesWithAPing()
    {
        var keepalive = Start(new Http2KeepaliveConfig { IdleInterval = Seconds(5), Timeout = Seconds(1) });

        Advance(4.9);
        On(keepalive.BeforeStream);
        _target.Pings.Should().Be(0);
        Advance(0.1);
        On(keepalive.BeforeStream);
        On(keepalive.BeforeStream);
        _target.Pings.Should().Be(1);
        On(keepalive.OnReceived);
        On(keepalive.OnAnswered);
        On(keepalive.BeforeStream);
        Advance(60);

        _target.Pings.Should().Be(1);
        _target.Silences.Should().Be(0);
    }

    [Test]
    public void Stop_EndsBothClocks()
    {
        var keepalive = Start(new Http2KeepaliveConfig { Interval = Seconds(10), Timeout = Seconds(3), JitterPercent = 0 });
        Advance(11);

        On(keepalive.Stop);
        Advance(60);

        _target.Pings.Should().Be(1);
        _target.Silences.Should().Be(0);
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    private Keepalive Start(Http2KeepaliveConfig config)
    {
        Keepalive? keepalive = null;
        On(() => keepalive = new Keepalive(Worker, config, _target));
        return keepalive!;
    }

    private void On(Action action) => Runtime.Run(Worker, action);

    private void Advance(double seconds) => Runtime.Advance(Seconds(seconds));

    private sealed class Target : IKeepaliveTarget
    {
        public int Pings { get; private set; }

        public int Silences { get; private set; }

        public void SendPing() => Pings++;

        public void OnSilence() => Silences++;
    }
}

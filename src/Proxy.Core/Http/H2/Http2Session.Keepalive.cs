using Proxy.Configuration.Http;
using Proxy.Connections;
using Proxy.Workers;

namespace Proxy.Http.H2;

/// <remarks>Pings that find out whether the peer is alive (Envoy <c>connection_keepalive</c>).</remarks>
internal abstract partial class Http2Session
{
    private Worker? _worker;
    private WorkerTimer? _pingTimer;
    private WorkerTimer? _pingTimeout;

    /// <summary>Begins with the pings; later calls change nothing.</summary>
    protected void StartKeepalive(Worker worker)
    {
        if (Options.Config.Keepalive is not { } keepalive || _worker is not null)
        {
            return;
        }

        _worker = worker;
        _pingTimeout = worker.CreateTimer(static self => ((Http2Session)self!).OnPingTimeout(), this);
        if (keepalive.Interval is not null)
        {
            _pingTimer = worker.CreateTimer(static self => ((Http2Session)self!).SendKeepalive(), this);
            ArmPing(keepalive);
        }
    }

    /// <summary>Sends a ping whose answer must come in time.</summary>
    protected void SendKeepalive()
    {
        if (IsDead || _pingTimeout is not { IsArmed: false } timeout)
        {
            return;
        }

        Span<byte> payload = stackalloc byte[8];
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(payload, _worker!.NowMicroseconds);
        SendFrame(FrameType.Ping, FrameFlags.None, 0, payload);
        timeout.Arm((long)Options.Config.Keepalive!.Timeout.TotalMilliseconds);
    }

    private void OnPingAnswer()
    {
        if (_pingTimeout is not { IsArmed: true } timeout)
        {
            return;
        }

        timeout.Cancel();
        if (_pingTimer is not null)
        {
            ArmPing(Options.Config.Keepalive!);
        }
    }

    private void ArmPing(Http2KeepaliveConfig keepalive)
    {
        var interval = keepalive.Interval!.Value.TotalMilliseconds;
        var jitter = (ulong)(interval * keepalive.JitterPercent / 100);
        _pingTimer!.Arm((long)interval + (jitter > 0 ? (long)(_worker!.Random.Next() % jitter) : 0));
    }

    private void OnPingTimeout()
    {
        Stats.Increment(Http2Stats.KeepaliveTimeout);
        End(CloseMode.Immediate, "http2.ping_timeout");
    }

    private void StopKeepalive()
    {
        _pingTimer?.Cancel();
        _pingTimeout?.Cancel();
    }
}

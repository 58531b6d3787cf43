using Proxy.Stats;
using Proxy.Workers;

namespace Proxy.Http.H2;

/// <summary>HTTP/2 towards a client (RFC 9113): many requests at a time.</summary>
internal sealed class Http2ServerCodec : HttpServerCodec
{
    private readonly Http2ServerSession _session;
    private bool _prefaceSeen;

    /// <summary>Creates the codec of a new connection.</summary>
    public Http2ServerCodec(ICodecTransport transport, IServerCodecHandler owner, Http2Options options, StatShard stats, Worker worker)
    {
        _session = new Http2ServerSession(transport, owner, options, stats, worker);
    }

    /// <inheritdoc/>
    public override HttpProtocol Protocol => HttpProtocol.Http2;

    /// <inheritdoc/>
    public override bool IsMultiplexed => true;

    /// <inheritdoc/>
    public override bool ShouldClose => _session.IsFinished;

    /// <inheritdoc/>
    public override int Dispatch(ReadOnlySpan<byte> data, bool endOfStream)
    {
        _session.OnReceived();
        if (_prefaceSeen || _session.IsDead)
        {
            return _session.Dispatch(data);
        }

        var preface = Http2Frame.Preface;
        var known = Math.Min(preface.Length, data.Length);
        if (!data[..known].SequenceEqual(preface[..known]))
        {
            _session.FailPreface();
            return data.Length;
        }

        if (known < preface.Length)
        {
            return 0;
        }

        _prefaceSeen = true;
        _session.Start();
        return known + _session.Dispatch(data[known..]);
    }

    /// <inheritdoc/>
    public override void StartDrain() => _session.StartDrain();

    /// <inheritdoc/>
    public override void FinishDrain() => _session.FinishDrain();

    /// <inheritdoc/>
    public override void OnAboveHighWatermark() => _session.OnWatermark(above: true);

    /// <inheritdoc/>
    public override void OnBelowLowWatermark() => _session.OnWatermark(above: false);

    /// <inheritdoc/>
    public override void OnConnectionClosed() => _session.OnConnectionClosed(StreamResetReason.ConnectionTermination, "");
}

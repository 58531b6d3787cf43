using Proxy.Buffers;
using Proxy.Stats;

namespace Proxy.Http.H2;

/// <summary>HTTP/2 towards an upstream (RFC 9113): many exchanges at a time.</summary>
internal sealed class Http2ClientCodec : HttpClientCodec
{
    private readonly Http2ClientSession _session;

    /// <summary>Creates the codec of a new connection, which begins with the preface and the settings.</summary>
    public Http2ClientCodec(ICodecTransport transport, IClientCodecHandler? handler, Http2Options options, StatShard stats, BufferPool pool)
    {
        Handler = handler;
        _session = new Http2ClientSession(transport, handler, options, stats, pool);
    }

    /// <inheritdoc/>
    public override HttpProtocol Protocol => HttpProtocol.Http2;

    /// <inheritdoc/>
    public override bool ShouldClose => _session.IsSpent;

    /// <inheritdoc/>
    public override int ActiveStreams => _session.Exchanges;

    /// <inheritdoc/>
    public override int ConcurrencyLimit => _session.Limit;

    /// <inheritdoc/>
    public override bool AwaitsLimit => _session.AwaitsLimit;

    /// <inheritdoc/>
    public override HttpClientStream NewStream(IClientStreamHandler handler) => _session.Begin(handler);

    /// <inheritdoc/>
    public override int Dispatch(ReadOnlySpan<byte> data, bool endOfStream)
    {
        var used = _session.Dispatch(data);
        if (endOfStream)
        {
            _session.OnConnectionClosed(StreamResetReason.ConnectionTermination, "");
        }

        return used;
    }

    /// <inheritdoc/>
    public override void SendPing() => _session.SendPing();

    /// <inheritdoc/>
    public override void OnAboveHighWatermark() => _session.OnWatermark(above: true);

    /// <inheritdoc/>
    public override void OnBelowLowWatermark() => _session.OnWatermark(above: false);

    /// <inheritdoc/>
    public override void OnConnectionClosed(bool graceful, StreamResetReason reason) => _session.OnConnectionClosed(reason, "");
}

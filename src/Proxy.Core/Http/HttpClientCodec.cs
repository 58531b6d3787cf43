namespace Proxy.Http;

/// <summary>The client side of a protocol version on one upstream connection: bytes in, events out, and the reverse. No I/O inside.</summary>
internal abstract class HttpClientCodec
{
    /// <summary>Told what happens to the connection as a whole. Set before the first call; protocols without streams of their own never call it.</summary>
    public IClientCodecHandler? Handler { get; init; }

    /// <summary>The version spoken.</summary>
    public abstract HttpProtocol Protocol { get; }

    /// <summary>
    /// True when no further request may be sent: the peer said close (HTTP/2: GOAWAY), a message was malformed, bytes came that nobody asked for, or,
    /// with HTTP/1, an answer came before its request was complete.
    /// </summary>
    public abstract bool ShouldClose { get; }

    /// <summary>Requests under way: those whose answer is not complete.</summary>
    public abstract int ActiveStreams { get; }

    /// <summary>Requests that may be under way at a time: the lower of what is configured and what the peer allows.</summary>
    public virtual int ConcurrencyLimit => 1;

    /// <summary>
    /// True until the peer has said how many requests it takes. Until then <see cref="ConcurrencyLimit"/> is what every peer can be trusted to take
    /// (RFC 9113, 6.5.2: 100), and less than what is hoped for.
    /// </summary>
    public virtual bool AwaitsLimit => false;

    /// <summary>A request can begin now.</summary>
    public bool CanTakeStream => !ShouldClose && ActiveStreams < ConcurrencyLimit;

    /// <summary>Begins a request; its answer goes to <paramref name="handler"/>. Only while <see cref="CanTakeStream"/>, also from inside an event of another one.</summary>
    public abstract HttpClientStream NewStream(IClientStreamHandler handler);

    /// <summary>Decodes; events go to the stream handlers from inside the call. Returns the bytes used from the front.</summary>
    public abstract int Dispatch(ReadOnlySpan<byte> data, bool endOfStream);

    /// <summary>Asks the peer for a sign of life: <see cref="IClientCodecHandler.OnPingAnswered"/> follows. Only with protocols that have pings.</summary>
    public virtual void SendPing() => throw new NotSupportedException();

    /// <summary>The connection's send queue is above its high watermark.</summary>
    public abstract void OnAboveHighWatermark();

    /// <summary>The queue has drained.</summary>
    public abstract void OnBelowLowWatermark();

    /// <summary>The connection is gone: a response that ends with the connection is completed, every other live stream is reset.</summary>
    public abstract void OnConnectionClosed(bool graceful, StreamResetReason reason);
}

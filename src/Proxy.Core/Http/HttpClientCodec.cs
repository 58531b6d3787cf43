namespace Proxy.Http;

/// <summary>The client side of a protocol version on one upstream connection: bytes in, events out, and the reverse. No I/O inside.</summary>
internal abstract class HttpClientCodec
{
    /// <summary>The version spoken.</summary>
    public abstract HttpProtocol Protocol { get; }

    /// <summary>
    /// True when no further request may be sent: the peer said close, a message was malformed, an answer came before its request was complete, or
    /// bytes came that nobody asked for.
    /// </summary>
    public abstract bool ShouldClose { get; }

    /// <summary>Requests under way: those whose answer is not complete.</summary>
    public abstract int ActiveStreams { get; }

    /// <summary>Begins a request; its answer goes to <paramref name="handler"/>.</summary>
    public abstract HttpClientStream NewStream(IClientStreamHandler handler);

    /// <summary>Decodes; events go to the stream handlers from inside the call. Returns the bytes used from the front.</summary>
    public abstract int Dispatch(ReadOnlySpan<byte> data, bool endOfStream);

    /// <summary>The connection's send queue is above its high watermark.</summary>
    public abstract void OnAboveHighWatermark();

    /// <summary>The queue has drained.</summary>
    public abstract void OnBelowLowWatermark();

    /// <summary>The connection is gone: a response that ends with the connection is completed, every other live stream is reset.</summary>
    public abstract void OnConnectionClosed(bool graceful, StreamResetReason reason);
}

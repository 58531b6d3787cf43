namespace Proxy.Http;

/// <summary>The server side of a protocol version on one downstream connection: bytes in, events out, and the reverse. No I/O inside.</summary>
internal abstract class HttpServerCodec
{
    /// <summary>The version spoken.</summary>
    public abstract HttpProtocol Protocol { get; }

    /// <summary>True once the peer or this side has said that no further request follows on the connection; the manager closes it when streams are done.</summary>
    public abstract bool ShouldClose { get; }

    /// <summary>True when requests do not wait for each other.</summary>
    public virtual bool IsMultiplexed => false;

    /// <summary>
    /// Decodes. Events go to the handler from inside the call. After a fault the codec has told the handler
    /// (<see cref="IServerStreamHandler.OnCodecError"/>), takes no further bytes, and every later call consumes all of them.
    /// </summary>
    /// <returns>Bytes used from the front; the rest comes again.</returns>
    public abstract int Dispatch(ReadOnlySpan<byte> data, bool endOfStream);

    /// <summary>Announces that no new requests are wanted (HTTP/1: <c>connection: close</c> on the responses to come; HTTP/2: GOAWAY).</summary>
    public abstract void StartDrain();

    /// <summary>Takes no new requests any more; the client was told long ago (HTTP/2: the last GOAWAY).</summary>
    public virtual void FinishDrain()
    {
    }

    /// <summary>The connection's send queue is above its high watermark: streams are told.</summary>
    public abstract void OnAboveHighWatermark();

    /// <summary>The queue has drained: streams are told.</summary>
    public abstract void OnBelowLowWatermark();

    /// <summary>The connection is gone: every live stream gets <see cref="IServerStreamHandler.OnReset"/>.</summary>
    public abstract void OnConnectionClosed();
}

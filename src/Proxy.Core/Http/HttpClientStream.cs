namespace Proxy.Http;

/// <summary>The request side of one exchange, made by a client codec and reused after it.</summary>
internal abstract class HttpClientStream
{
    /// <summary>
    /// Sends the head of the request (<c>:method</c>, <c>:path</c>, <c>:authority</c> … in the map); framing headers are the codec's to decide:
    /// <c>content-length</c> is kept, <c>transfer-encoding</c> in the map is ignored. With HTTP/1, <c>connection</c> and <c>upgrade</c> are sent when
    /// they are in the map, and make the exchange a tunnel once the upstream agrees.
    /// </summary>
    public abstract void EncodeHeaders(HeaderMap headers, bool endStream);

    /// <summary>Sends part of the body.</summary>
    public abstract void EncodeData(ReadOnlySpan<byte> data, bool endStream);

    /// <summary>Sends trailers and ends the request.</summary>
    public abstract void EncodeTrailers(HeaderMap trailers);

    /// <summary>
    /// Gives up on the exchange (HTTP/1: the transport is told to close, with details <c>http1.stream_reset</c>; HTTP/2: RST_STREAM, the other streams go on).
    /// The handler is not called any more. Harmless when the exchange is over.
    /// </summary>
    public abstract void Reset(StreamResetReason reason);

    /// <summary>Stops or resumes the answer's body; counted.</summary>
    public abstract void ReadDisable(bool disable);

    /// <summary>
    /// True when neither side has anything more to send. The answer's end is the exchange's, with the rest of its request unsent (HTTP/2: the stream is
    /// reset), but for a tunnel: there each direction ends on its own.
    /// The stream may serve the next exchange as soon as the event or the call that ended this one has returned.
    /// </summary>
    public abstract bool IsOver { get; }

    /// <summary>
    /// With protocols that have streams, the request goes on when the answer has ended first, as in a tunnel. Set before the head is sent; for one exchange.
    /// </summary>
    public bool EndsApart { get; set; }

    /// <summary>Bytes of the request sent so far, as on the wire.</summary>
    public long WireBytesSent { get; protected set; }

    /// <summary>Bytes of the answer received so far, as on the wire.</summary>
    public long WireBytesReceived { get; protected set; }

    /// <summary>Bytes of the request's field lines, without the request line and the blank one.</summary>
    public long HeaderBytesSent { get; protected set; }

    /// <summary>Bytes of the answer's fields as Envoy counts them: names, values and three for each.</summary>
    public long HeaderBytesReceived { get; protected set; }
}

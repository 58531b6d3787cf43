namespace Proxy.Http;

/// <summary>The response side of one request, made by a server codec and reused after it.</summary>
internal abstract class HttpServerStream
{
    /// <summary>Protocol version of this request (an HTTP/1 connection may carry 1.0 and 1.1).</summary>
    public abstract HttpProtocol Protocol { get; }

    /// <summary>Sends an interim response (1xx but 101).</summary>
    public abstract void EncodeInformational(HeaderMap headers);

    /// <summary>
    /// Sends the head of the response. <c>:status</c> is in the map; framing headers are the codec's to decide. With HTTP/1 so is <c>connection</c>
    /// unless the map has one: <c>close</c> behind the last response, <c>keep-alive</c> towards HTTP/1.0. <c>content-length</c> is kept, a body that is
    /// longer is cut there. <c>transfer-encoding</c> in the map is ignored.
    /// </summary>
    public abstract void EncodeHeaders(HeaderMap headers, bool endStream);

    /// <summary>Sends part of the body.</summary>
    public abstract void EncodeData(ReadOnlySpan<byte> data, bool endStream);

    /// <summary>Sends trailers and ends the response.</summary>
    public abstract void EncodeTrailers(HeaderMap trailers);

    /// <summary>Ends the stream without completing it (HTTP/1: closes the connection).</summary>
    public abstract void Reset(StreamResetReason reason);

    /// <summary>The response is complete, and some of it still waits for the client to make room. Never with HTTP/1, whose connection keeps it.</summary>
    public virtual bool IsFlushing => false;

    /// <summary>Ends a stream whose client takes too long to make room.</summary>
    public virtual void GiveUpFlushing() => Reset(StreamResetReason.LocalReset);

    /// <summary>Stops or resumes the request's body; counted.</summary>
    public abstract void ReadDisable(bool disable);

    /// <summary>Bytes of the request received so far, as on the wire: head and body.</summary>
    public long WireBytesReceived { get; protected set; }

    /// <summary>Bytes of the response sent so far, as on the wire.</summary>
    public long WireBytesSent { get; protected set; }

    /// <summary>Bytes of the request's fields as Envoy counts them: names, values and three for each.</summary>
    public long HeaderBytesReceived { get; protected set; }

    /// <summary>Bytes of the response's field lines, without the status line and the blank one.</summary>
    public long HeaderBytesSent { get; protected set; }
}

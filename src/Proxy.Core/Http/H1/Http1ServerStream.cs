namespace Proxy.Http.H1;

/// <summary>The response side of the request that is being served; one object for all requests of a connection.</summary>
internal sealed class Http1ServerStream(Http1ServerCodec codec) : HttpServerStream
{
    /// <inheritdoc/>
    public override HttpProtocol Protocol => codec.RequestProtocol;

    /// <inheritdoc/>
    public override void EncodeInformational(HeaderMap headers) => codec.EncodeInformational(headers);

    /// <inheritdoc/>
    public override void EncodeHeaders(HeaderMap headers, bool endStream) => codec.EncodeHeaders(headers, endStream);

    /// <inheritdoc/>
    public override void EncodeData(ReadOnlySpan<byte> data, bool endStream) => codec.EncodeData(data, endStream);

    /// <inheritdoc/>
    public override void EncodeTrailers(HeaderMap trailers) => codec.EncodeTrailers(trailers);

    /// <inheritdoc/>
    public override void Reset(StreamResetReason reason) => codec.ResetStream();

    /// <inheritdoc/>
    public override void ReadDisable(bool disable) => codec.ReadDisable(disable);

    /// <summary>Begins with the next request.</summary>
    public void Restart()
    {
        WireBytesReceived = 0;
        WireBytesSent = 0;
        HeaderBytesReceived = 0;
        HeaderBytesSent = 0;
    }

    /// <summary>Counts bytes of the request.</summary>
    public void CountReceived(int count) => WireBytesReceived += count;

    /// <summary>Counts bytes of the response.</summary>
    public void CountSent(long count) => WireBytesSent += count;

    /// <summary>Counts a field received.</summary>
    public void CountField(int nameLength, int valueLength) => HeaderBytesReceived += nameLength + valueLength + 3;

    /// <summary>Counts field lines sent.</summary>
    public void CountFieldsSent(int bytes) => HeaderBytesSent += bytes;
}

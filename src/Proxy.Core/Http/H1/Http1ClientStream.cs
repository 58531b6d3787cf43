namespace Proxy.Http.H1;

/// <summary>The request side of the exchange under way; one object for all exchanges of a connection.</summary>
internal sealed class Http1ClientStream(Http1ClientCodec codec) : HttpClientStream
{
    /// <inheritdoc/>
    public override bool IsOver => codec.ActiveStreams == 0;

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

    /// <summary>Begins with the next exchange.</summary>
    public void Restart()
    {
        WireBytesReceived = 0;
        WireBytesSent = 0;
        HeaderBytesReceived = 0;
        HeaderBytesSent = 0;
        EndsApart = false;
    }

    /// <summary>Counts bytes of the answer.</summary>
    public void CountReceived(int count) => WireBytesReceived += count;

    /// <summary>Counts bytes of the request.</summary>
    public void CountSent(long count) => WireBytesSent += count;

    /// <summary>Counts a field received.</summary>
    public void CountField(int nameLength, int valueLength) => HeaderBytesReceived += nameLength + valueLength + 3;

    /// <summary>Counts field lines sent.</summary>
    public void CountFieldsSent(int bytes) => HeaderBytesSent += bytes;
}

namespace Proxy.Http.H2;

/// <summary>What a session tells about one stream.</summary>
internal interface IHttp2StreamOwner
{
    /// <summary>Part of the body; lent for the call.</summary>
    void OnData(ReadOnlySpan<byte> data, bool endStream);

    /// <summary>A header block of the stream was received.</summary>
    /// <param name="bytes">Its length on the wire.</param>
    /// <param name="fieldBytes">Bytes of its names and values, and three for each field.</param>
    void OnBlockReceived(int bytes, int fieldBytes);

    /// <summary>A header block of the stream was sent.</summary>
    void OnBlockSent(int bytes);

    /// <summary>The stream is over before it was complete. <see cref="OnClosed"/> follows.</summary>
    void OnReset(StreamResetReason reason, string details);

    /// <summary>The peer does not take the stream's bytes as fast as they come, or does so again.</summary>
    void OnWatermark(bool above);

    /// <summary>The last call: nothing more is sent or received.</summary>
    void OnClosed();
}

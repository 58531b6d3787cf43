namespace Proxy.Http;

/// <summary>What a client codec tells about one answer. All on the connection's worker.</summary>
internal interface IClientStreamHandler
{
    /// <summary>Filled by the codec before <see cref="OnHeaders"/>; <c>:status</c> first.</summary>
    HeaderMap ResponseHeaders { get; }

    /// <summary>Filled by the codec before <see cref="OnTrailers"/>.</summary>
    HeaderMap ResponseTrailers { get; }

    /// <summary>
    /// An interim response (100, 102, 103 or 104; others are dropped) is in <see cref="ResponseHeaders"/>; the map is cleared before the next one.
    /// </summary>
    void OnInformational();

    /// <summary>The head is complete.</summary>
    void OnHeaders(bool endStream);

    /// <summary>Part of the body; lent for the call.</summary>
    void OnData(ReadOnlySpan<byte> data, bool endStream);

    /// <summary>Trailers are complete; nothing follows.</summary>
    void OnTrailers();

    /// <summary>The stream is over before the answer was complete.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="details">More about it, such as <c>http1.codec_error</c>; may be empty.</param>
    void OnReset(StreamResetReason reason, string details);

    /// <summary>The request cannot be sent as fast as it comes.</summary>
    void OnAboveHighWatermark();

    /// <summary>The request can be sent again.</summary>
    void OnBelowLowWatermark();
}

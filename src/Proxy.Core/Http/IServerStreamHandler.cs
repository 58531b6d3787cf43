namespace Proxy.Http;

/// <summary>What a server codec tells about one request. All on the connection's worker.</summary>
internal interface IServerStreamHandler
{
    /// <summary>Filled by the codec before <see cref="OnHeaders"/>: pseudo headers first (<c>host</c> becomes <c>:authority</c>).</summary>
    HeaderMap RequestHeaders { get; }

    /// <summary>Filled by the codec before <see cref="OnTrailers"/>.</summary>
    HeaderMap RequestTrailers { get; }

    /// <summary>The head is complete.</summary>
    void OnHeaders(bool endStream);

    /// <summary>Part of the body; lent for the call.</summary>
    void OnData(ReadOnlySpan<byte> data, bool endStream);

    /// <summary>Trailers are complete; nothing follows.</summary>
    void OnTrailers();

    /// <summary>
    /// The request cannot be decoded. The handler answers from inside the call, unless a response is under way: then the codec resets the stream and
    /// closes the connection. Either way nothing else is read from it.
    /// </summary>
    void OnCodecError(HttpCodecError error);

    /// <summary>A header or trailer with an underscore in its name was dropped, or is the reason for an error that follows.</summary>
    void OnUnderscoreFault(bool dropped)
    {
    }

    /// <summary>The request breaks the protocol, and its stream alone ends by that: <see cref="OnReset"/> follows.</summary>
    void OnStreamFault(string details)
    {
    }

    /// <summary>The stream is over before it was complete; nothing more can be sent on it.</summary>
    void OnReset(StreamResetReason reason);

    /// <summary>The response cannot be sent as fast as it comes.</summary>
    void OnAboveHighWatermark();

    /// <summary>The response can be sent again.</summary>
    void OnBelowLowWatermark();

    /// <summary>
    /// The last call: the response is complete (with HTTP/1 the rest of an unfinished request does not count any more), or the stream was reset by either
    /// side. The codec's stream object is about to be reused; its byte counts stay until the next request. Comes from inside the call that ended it. This
    /// is the moment to look at <see cref="HttpServerCodec.ShouldClose"/>.
    /// </summary>
    void OnStreamClosed();
}

using Proxy.Http;
using Proxy.Streams;

namespace Proxy.Filters.Http.Router;

/// <summary>Told what comes of an attempt at an upstream. On the stream's worker, possibly from inside a call to the attempt.</summary>
internal interface IUpstreamOwner
{
    /// <summary>The head that is sent.</summary>
    HeaderMap Request { get; }

    /// <summary>Nothing follows the head, as far as can be said when an attempt starts.</summary>
    bool IsHeadOnly { get; }

    /// <summary>Bytes that may wait in one direction.</summary>
    long BufferLimit { get; }

    /// <summary>The stream that is served: its client, route and limits; null for one without a client.</summary>
    IHttpFilterCallbacks? Stream { get; }

    /// <summary>A connection is there: send the request.</summary>
    void OnReady(UpstreamAttempt attempt);

    /// <summary>The attempt has reached the longest time that its cluster allows, and is over.</summary>
    void OnMaxDuration(UpstreamAttempt attempt);

    /// <summary>An interim response; the map is cleared afterwards.</summary>
    void OnInformational(UpstreamAttempt attempt, HeaderMap headers);

    /// <summary>The head of the answer.</summary>
    void OnHeaders(UpstreamAttempt attempt, HeaderMap headers, bool endStream);

    /// <summary>Part of the answer's body.</summary>
    void OnData(UpstreamAttempt attempt, ReadOnlySpan<byte> data, bool endStream);

    /// <summary>The answer's trailers.</summary>
    void OnTrailers(UpstreamAttempt attempt, HeaderMap trailers);

    /// <summary>There will be no answer, or no more of it; the attempt is over and may be started again.</summary>
    /// <param name="attempt">The attempt.</param>
    /// <param name="reason">Why.</param>
    /// <param name="transport">What the transport says about it; may be empty.</param>
    void OnReset(UpstreamAttempt attempt, StreamResetReason reason, string transport);

    /// <summary>A filter in front of the upstream answers in its place; the attempt is over.</summary>
    void OnLocalReply(UpstreamAttempt attempt, int status, ReadOnlySpan<byte> body, string details, Action<HeaderMap>? modifyHeaders);

    /// <summary>The request cannot be sent as fast as it comes, or can again.</summary>
    void OnWatermark(UpstreamAttempt attempt, bool above);
}

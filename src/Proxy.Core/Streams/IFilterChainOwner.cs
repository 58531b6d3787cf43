using Proxy.Buffers;
using Proxy.Connections;
using Proxy.Http;
using Proxy.Routing;
using Proxy.Workers;

namespace Proxy.Streams;

/// <summary>The stream around a filter chain: where requests come from and responses go to.</summary>
internal interface IFilterChainOwner
{
    Worker Worker { get; }

    Connection Connection { get; }

    StreamInfo Info { get; }

    long StreamId { get; }

    HeaderMap RequestHeaders { get; }

    /// <summary>The route, resolved on first use.</summary>
    Route? Route { get; }

    void ClearRouteCache();

    /// <inheritdoc cref="IRouteRequests.TryRequestRoute"/>
    bool TryRequestRoute(Action done);

    /// <inheritdoc cref="IRouteRequests.RefreshRoute"/>
    void RefreshRoute();

    /// <summary>Stops or resumes the request's body; counted.</summary>
    void PauseRequest(bool pause);

    /// <summary>Sends an interim response to the client.</summary>
    void SendInformational(HeaderMap headers);

    /// <summary>Sends the head of the response to the client.</summary>
    void SendHeaders(HeaderMap headers, bool endStream);

    /// <summary>Sends part of the response to the client.</summary>
    void SendData(ReadOnlySpan<byte> data, bool endStream);

    /// <summary>Sends the response's trailers to the client.</summary>
    void SendTrailers(HeaderMap trailers);

    /// <summary>Ends the stream without completing it.</summary>
    void Reset(StreamResetReason reason, string details);

    /// <summary>Sends the request through the chain again; see <see cref="IStreamRecreation"/>.</summary>
    void Recreate(HeaderMap answer, ByteQueue body);

    /// <summary>Gives a local reply the body that configuration wants. The span is valid until the next call.</summary>
    /// <param name="headers">The reply's head: <c>:status</c> and what the replying filter added.</param>
    /// <param name="body">The text that the replying filter gave.</param>
    /// <param name="contentType">Type of the body; null for plain text.</param>
    ReadOnlySpan<byte> FormatLocalReply(HeaderMap headers, ReadOnlySpan<byte> body, out byte[]? contentType);

    /// <summary>The head of the request has passed all filters; chains with a terminal filter end there.</summary>
    void ForwardHeaders(HeaderMap headers, bool endStream)
    {
    }

    /// <summary>Part of the request's body has passed all filters.</summary>
    void ForwardData(ReadOnlySpan<byte> data, bool endStream)
    {
    }

    /// <summary>The request's trailers have passed all filters.</summary>
    void ForwardTrailers(HeaderMap trailers)
    {
    }

    /// <summary>Stops or resumes whoever makes the response; where a terminal filter does, it is told itself.</summary>
    void PauseResponse(bool pause)
    {
    }

    /// <summary>Takes a local reply that is not to be made by this chain; false leaves it to the chain.</summary>
    bool TakeLocalReply(int status, ReadOnlySpan<byte> body, string details, Action<HeaderMap>? modifyHeaders) => false;

    /// <summary>A request was larger than may be buffered.</summary>
    void OnRequestTooLarge();

    /// <summary>A response was larger than may be buffered.</summary>
    void OnResponseTooLarge();
}

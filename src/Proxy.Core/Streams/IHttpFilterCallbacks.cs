using Microsoft.Extensions.Logging;
using Proxy.Buffers;
using Proxy.Connections;
using Proxy.Http;
using Proxy.Routing;
using Proxy.Workers;

namespace Proxy.Streams;

/// <summary>What an HTTP filter can do to its stream. On the stream's worker only; of no use after <see cref="HttpFilter.OnStreamComplete"/>.</summary>
public interface IHttpFilterCallbacks
{
    /// <summary>The worker that owns the stream.</summary>
    Worker Worker { get; }

    /// <summary>The downstream connection.</summary>
    Connection Connection { get; }

    /// <summary>The process log, for what is no request's business (the access log is).</summary>
    ILogger Logger { get; }

    /// <summary>The record of the request, for logs and for other filters.</summary>
    StreamInfo Info { get; }

    /// <summary>Number of the stream, unique on its worker.</summary>
    long StreamId { get; }

    /// <summary>The request's head.</summary>
    HeaderMap RequestHeaders { get; }

    /// <summary>The response's head; null until it begins.</summary>
    HeaderMap? ResponseHeaders { get; }

    /// <summary>The route, resolved on first use and kept; null when none matches.</summary>
    Route? Route { get; }

    /// <summary>This filter's configuration for the route (weighted cluster, route, virtual host, table: the most specific one); null when it has none.</summary>
    object? RouteConfig { get; }

    /// <summary>This filter's configuration for the route from every level that has one, most specific first. Costs no allocation.</summary>
    IReadOnlyList<object> RouteConfigs { get; }

    /// <summary>Body that waits at this filter and was not passed on yet; null when nothing does.</summary>
    ByteQueue? BufferedRequest { get; }

    /// <summary>Response body that waits at this filter and was not passed on yet; null when nothing does.</summary>
    ByteQueue? BufferedResponse { get; }

    /// <summary>Bytes that may be buffered before the limit or watermark is hit.</summary>
    long BufferLimit { get; set; }

    /// <summary>Makes the next use of <see cref="Route"/> resolve it again, after headers were changed.</summary>
    void ClearRouteCache();

    /// <summary>Goes on with the request behind this filter, after it had stopped.</summary>
    void ContinueRequest();

    /// <summary>Goes on with the response behind this filter, after it had stopped.</summary>
    void ContinueResponse();

    /// <summary>Sends bytes of the request to the filters behind this one, as if they had passed here.</summary>
    void InjectRequestData(ReadOnlySpan<byte> data, bool endStream);

    /// <summary>Sends bytes of the response to the filters behind this one (towards the client).</summary>
    void InjectResponseData(ReadOnlySpan<byte> data, bool endStream);

    /// <summary>
    /// Answers from here. The reply passes all response filters, as in Envoy also those that have not seen the request (gRPC requests get it as
    /// trailers-only with a mapped status); the rest of the request is ignored. In place of a response that still waits at a filter it goes straight
    /// to the client; after one that has begun there the stream is reset instead.
    /// </summary>
    /// <param name="status">Status of the answer.</param>
    /// <param name="body">Text of the body; may be empty.</param>
    /// <param name="details">For <c>%RESPONSE_CODE_DETAILS%</c>.</param>
    /// <param name="modifyHeaders">Changes the head before it is sent; null for nothing.</param>
    void SendLocalReply(int status, ReadOnlySpan<byte> body, string details, Action<HeaderMap>? modifyHeaders = null);

    /// <summary>Ends the stream without an answer.</summary>
    void ResetStream(StreamResetReason reason, string details);

    /// <summary>Terminal filters: an interim response.</summary>
    void SendInformational(HeaderMap headers);

    /// <summary>Terminal filters: begins the response. The map is used until the stream is complete.</summary>
    void SendHeaders(HeaderMap headers, bool endStream);

    /// <summary>Terminal filters: part of the response's body.</summary>
    void SendData(ReadOnlySpan<byte> data, bool endStream);

    /// <summary>Terminal filters: the response's trailers; ends it.</summary>
    void SendTrailers(HeaderMap trailers);

    /// <summary>Stops or resumes the request's body at its source; counted.</summary>
    void RequestReadDisable(bool disable);

    /// <summary>Stops or resumes the response's body at its source; counted.</summary>
    void ResponseReadDisable(bool disable);
}

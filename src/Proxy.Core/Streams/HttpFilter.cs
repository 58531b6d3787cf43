using Proxy.Http;

namespace Proxy.Streams;

/// <summary>A filter at L7: sees requests on their way in and responses on their way out. On the stream's worker only.</summary>
/// <remarks>
/// <para>Requests pass the filters in the order configured, responses in the opposite one. The last filter is terminal: it never continues requests
/// but answers them (router, admin).</para>
/// <para>Order of calls: request headers, data (any number), trailers (at most once); the response likewise, which may begin before the request has ended;
/// <see cref="OnStreamComplete"/>, then <see cref="Recycle"/>. After a local reply or reset only the last two follow.</para>
/// <para>Headers may be kept and changed until <see cref="OnStreamComplete"/>; data is lent for the call.</para>
/// </remarks>
public abstract class HttpFilter
{
    /// <summary>The stream as this filter sees it; set before the first call.</summary>
    protected IHttpFilterCallbacks Callbacks { get; private set; } = null!;

    /// <summary>
    /// True when the instance serves one stream after the other on its worker, cleaned by <see cref="Recycle"/>: saves an allocation per request.
    /// Default false: every stream gets a new one.
    /// </summary>
    public virtual bool IsReusable => false;

    /// <summary>The request's head.</summary>
    public virtual HeadersStatus OnRequestHeaders(HeaderMap headers, bool endStream) => HeadersStatus.Continue;

    /// <summary>Part of the request's body.</summary>
    public virtual DataStatus OnRequestData(ref BodyChunk chunk) => DataStatus.Continue;

    /// <summary>The request's trailers.</summary>
    public virtual TrailersStatus OnRequestTrailers(HeaderMap trailers) => TrailersStatus.Continue;

    /// <summary>An interim response (1xx).</summary>
    public virtual HeadersStatus OnResponseInformational(HeaderMap headers) => HeadersStatus.Continue;

    /// <summary>The response's head, local replies included.</summary>
    public virtual HeadersStatus OnResponseHeaders(HeaderMap headers, bool endStream) => HeadersStatus.Continue;

    /// <summary>Part of the response's body.</summary>
    public virtual DataStatus OnResponseData(ref BodyChunk chunk) => DataStatus.Continue;

    /// <summary>The response's trailers.</summary>
    public virtual TrailersStatus OnResponseTrailers(HeaderMap trailers) => TrailersStatus.Continue;

    /// <summary>The client takes the response too slowly: whoever produces it should pause.</summary>
    public virtual void OnResponseAboveHighWatermark()
    {
    }

    /// <summary>The client has caught up.</summary>
    public virtual void OnResponseBelowLowWatermark()
    {
    }

    /// <summary>The stream is over, complete or not; before it is logged. Cancel what is still running.</summary>
    public virtual void OnStreamComplete()
    {
    }

    /// <summary>Forget the stream: the next one may be another client's. Called only when <see cref="IsReusable"/>.</summary>
    public virtual void Recycle()
    {
    }

    internal void Attach(IHttpFilterCallbacks callbacks) => Callbacks = callbacks;
}

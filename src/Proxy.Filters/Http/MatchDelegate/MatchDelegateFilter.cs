using Proxy.Configuration.Filters;
using Proxy.Http;
using Proxy.Matching;
using Proxy.Streams;

namespace Proxy.Filters.Http.MatchDelegate;

/// <summary>Passes a stream to another filter, until a matcher says to leave that one out.</summary>
internal sealed class MatchDelegateFilter(HttpFilter filter, Matcher<SkipFilterConfig>? matcher) : HttpFilter
{
    private HeaderMap? _requestHeaders;
    private HeaderMap? _requestTrailers;
    private HeaderMap? _responseHeaders;
    private HeaderMap? _responseTrailers;
    private bool _isAttached;
    private bool _isDecided;
    private bool _isSkipped;

    public override bool IsReusable => filter.IsReusable;

    public override HeadersStatus OnRequestHeaders(HeaderMap headers, bool endStream)
    {
        _requestHeaders = headers;
        return Skips() ? HeadersStatus.Continue : filter.OnRequestHeaders(headers, endStream);
    }

    public override DataStatus OnRequestData(ref BodyChunk chunk) => _isSkipped ? DataStatus.Continue : filter.OnRequestData(ref chunk);

    public override TrailersStatus OnRequestTrailers(HeaderMap trailers)
    {
        _requestTrailers = trailers;
        return Skips() ? TrailersStatus.Continue : filter.OnRequestTrailers(trailers);
    }

    public override HeadersStatus OnResponseInformational(HeaderMap headers) => Skips() ? HeadersStatus.Continue : filter.OnResponseInformational(headers);

    public override HeadersStatus OnResponseHeaders(HeaderMap headers, bool endStream)
    {
        _responseHeaders = headers;
        return Skips() ? HeadersStatus.Continue : filter.OnResponseHeaders(headers, endStream);
    }

    public override DataStatus OnResponseData(ref BodyChunk chunk) => _isSkipped ? DataStatus.Continue : filter.OnResponseData(ref chunk);

    public override TrailersStatus OnResponseTrailers(HeaderMap trailers)
    {
        _responseTrailers = trailers;
        return Skips() ? TrailersStatus.Continue : filter.OnResponseTrailers(trailers);
    }

    // Watermarks are counted: the filter hears both ends of a pause or neither, whatever the matcher says in between.
    public override void OnResponseAboveHighWatermark()
    {
        Attach();
        filter.OnResponseAboveHighWatermark();
    }

    public override void OnResponseBelowLowWatermark()
    {
        Attach();
        filter.OnResponseBelowLowWatermark();
    }

    public override void OnStreamComplete()
    {
        if (_isAttached)
        {
            filter.OnStreamComplete();
        }
    }

    public override void Recycle()
    {
        if (_isAttached)
        {
            filter.Recycle();
        }

        _requestHeaders = _requestTrailers = _responseHeaders = _responseTrailers = null;
        _isAttached = _isDecided = _isSkipped = false;
    }

    // Asked again with each part that comes, until the answer needs no more of them.
    private bool Skips()
    {
        Attach();
        if (_isDecided)
        {
            return _isSkipped;
        }

        var tree = Callbacks.RouteConfig is MatchDelegateRoute route ? route.Matcher : matcher;
        var outcome = tree is null ? MatchOutcome.No : tree.Decide(Data(), out _);
        _isDecided = outcome != MatchOutcome.TooEarly;
        return _isSkipped = outcome == MatchOutcome.Yes;
    }

    private MatchData Data() => new()
    {
        Worker = Callbacks.Worker,
        Info = Callbacks.Info,
        Connection = Callbacks.Info.Downstream,
        RequestHeaders = _requestHeaders,
        RequestTrailers = _requestTrailers,
        ResponseHeaders = _responseHeaders,
        ResponseTrailers = _responseTrailers,
    };

    private void Attach()
    {
        if (!_isAttached)
        {
            _isAttached = true;
            filter.Attach(Callbacks);
        }
    }
}

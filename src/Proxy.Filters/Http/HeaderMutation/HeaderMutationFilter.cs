using Proxy.Http;
using Proxy.Observability;
using Proxy.Routing;
using Proxy.Streams;

namespace Proxy.Filters.Http.HeaderMutation;

/// <summary>Changes heads, trailers and queries: as the filter is told, then as each level of the route is.</summary>
internal sealed class HeaderMutationFilter : HttpFilter
{
    private readonly HeaderMutationModel _model;
    private readonly bool _mostSpecificWins;
    private IReadOnlyList<object>? _levels; // those of the route that the request had here; the response keeps to them

    public HeaderMutationFilter(HeaderMutationModel model, bool mostSpecificWins)
    {
        _model = model;
        _mostSpecificWins = mostSpecificWins;
    }

    private enum Part
    {
        Request,
        RequestTrailers,
        Response,
        ResponseTrailers,
    }

    public override bool IsReusable => true;

    public override HeadersStatus OnRequestHeaders(HeaderMap headers, bool endStream)
    {
        Apply(Part.Request, headers, null);
        return HeadersStatus.Continue; // a request that has lost what it needs is refused by the router
    }

    public override TrailersStatus OnRequestTrailers(HeaderMap trailers)
    {
        Apply(Part.RequestTrailers, trailers, null);
        return TrailersStatus.Continue;
    }

    public override HeadersStatus OnResponseHeaders(HeaderMap headers, bool endStream)
    {
        Apply(Part.Response, headers, null);
        if (headers.Contains(KnownHeader.Status))
        {
            return HeadersStatus.Continue;
        }

        Callbacks.SendLocalReply(502, "missing required header: :status"u8, "filter_removed_required_response_headers{missing_required_header:_:status}");
        return HeadersStatus.StopIteration;
    }

    public override TrailersStatus OnResponseTrailers(HeaderMap trailers)
    {
        Apply(Part.ResponseTrailers, trailers, trailers);
        return TrailersStatus.Continue;
    }

    public override void Recycle() => _levels = null;

    private static HeaderMutations Of(HeaderMutationModel model, Part part) => part switch
    {
        Part.Request => model.Request,
        Part.RequestTrailers => model.RequestTrailers,
        Part.Response => model.Response,
        _ => model.ResponseTrailers,
    };

    private void Apply(Part part, HeaderMap headers, HeaderMap? responseTrailers)
    {
        _levels ??= Callbacks.RouteConfigs;
        Apply(_model, part, headers, responseTrailers);
        for (var i = 0; i < _levels.Count; i++)
        {
            var level = _levels[_mostSpecificWins ? _levels.Count - 1 - i : i];
            Apply((HeaderMutationModel)level, part, headers, responseTrailers);
        }
    }

    private void Apply(HeaderMutationModel model, Part part, HeaderMap headers, HeaderMap? responseTrailers)
    {
        var entry = new AccessLogEntry
        {
            Worker = Callbacks.Worker,
            Info = Callbacks.Info,
            RequestHeaders = Callbacks.RequestHeaders,
            ResponseHeaders = Callbacks.ResponseHeaders,
            ResponseTrailers = responseTrailers,
        };
        Of(model, part).Apply(headers, entry);
        if (part == Part.Request && model.Query.Length > 0 && headers.Contains(KnownHeader.Path))
        {
            QueryEditor.Of(Callbacks.Worker).Apply(headers, model.Query, entry);
        }
    }
}

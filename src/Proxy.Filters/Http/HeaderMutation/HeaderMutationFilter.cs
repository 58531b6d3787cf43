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
        return Apply(Part.Request, headers, null) && MissingIn(headers) is { } missing
            ? Refuse(503, missing, "filter_removed_required_request_headers")
            : HeadersStatus.Continue;
    }

    public override TrailersStatus OnRequestTrailers(HeaderMap trailers)
    {
        Apply(Part.RequestTrailers, trailers, null);
        return TrailersStatus.Continue;
    }

    public override HeadersStatus OnResponseHeaders(HeaderMap headers, bool endStream)
    {
        return Apply(Part.Response, headers, null) && !headers.Contains(KnownHeader.Status)
            ? Refuse(502, ":status", "filter_removed_required_response_headers")
            : HeadersStatus.Continue;
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

    private static string? MissingIn(HeaderMap headers)
    {
        if (!headers.TryGet(KnownHeader.Method, out var method))
        {
            return ":method";
        }

        var needed = method.SequenceEqual("CONNECT"u8) ? KnownHeader.Authority : KnownHeader.Path;
        return headers.Contains(needed) ? null : needed == KnownHeader.Path ? ":path" : "host";
    }

    // True when pseudo headers may have fallen.
    private bool Apply(Part part, HeaderMap headers, HeaderMap? responseTrailers)
    {
        _levels ??= Callbacks.RouteConfigs;
        var removes = Apply(_model, part, headers, responseTrailers);
        for (var i = 0; i < _levels.Count; i++)
        {
            var level = _levels[_mostSpecificWins ? _levels.Count - 1 - i : i];
            removes |= Apply((HeaderMutationModel)level, part, headers, responseTrailers);
        }

        return removes;
    }

    private bool Apply(HeaderMutationModel model, Part part, HeaderMap headers, HeaderMap? responseTrailers)
    {
        var entry = new AccessLogEntry
        {
            Worker = Callbacks.Worker,
            Info = Callbacks.Info,
            RequestHeaders = Callbacks.RequestHeaders,
            ResponseHeaders = Callbacks.ResponseHeaders,
            ResponseTrailers = responseTrailers,
        };
        var mutations = Of(model, part);
        mutations.Apply(headers, entry);
        if (part == Part.Request && model.Query.Length > 0 && headers.Contains(KnownHeader.Path))
        {
            QueryEditor.Of(Callbacks.Worker).Apply(headers, model.Query, entry);
        }

        return mutations.MayRemovePseudo;
    }

    private HeadersStatus Refuse(int status, string header, string details)
    {
        var text = System.Text.Encoding.ASCII.GetBytes($"missing required header: {header}");
        Callbacks.SendLocalReply(status, text, $"{details}{{missing_required_header:_{header}}}");
        return HeadersStatus.StopIteration;
    }
}

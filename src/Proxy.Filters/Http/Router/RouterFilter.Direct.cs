using Proxy.Http;
using Proxy.Observability;
using Proxy.Routing.Actions;

namespace Proxy.Filters.Http.Router;

internal sealed partial class RouterFilter
{
    private void Answer(DirectResponseAction action)
    {
        _worker.Stats.Increment(RouterStats.DirectResponse);
        ReadOnlySpan<byte> body = action.Body;
        if (action.BodyFormat is { } format)
        {
            _worker.Body.Clear();
            format.Write(
                new AccessLogEntry { Worker = _worker.Worker, Info = Info, RequestHeaders = Callbacks.RequestHeaders, LocalReplyBody = action.Body },
                _worker.Body);
            body = _worker.Body.Written;
        }

        Callbacks.SendLocalReply(action.Status, body, "direct_response", _editDirect);
    }

    private void Redirect(RedirectAction action, HeaderMap headers)
    {
        _worker.Stats.Increment(RouterStats.DirectResponse);
        action.PathRewrite?.Apply(headers, !Model.SuppressEnvoyHeaders, _worker.Text);
        Callbacks.SendLocalReply(action.Status, default, "direct_response", _editDirect);
    }

    private void EditDirect(HeaderMap response)
    {
        var request = Callbacks.RequestHeaders;
        var direct = _route!.Action as DirectResponseAction;
        var status = direct?.Status ?? ((RedirectAction)_route.Action).Status;
        if (status is 201 or (>= 300 and < 400) && request.Contains(KnownHeader.Path))
        {
            _worker.Text.Clear();
            (_route.Action as RedirectAction ?? RedirectAction.ToSame).WriteLocation(request, _worker.Text);
            response.Add(KnownHeader.Location, _worker.Text.Written);
        }

        if (direct?.ContentType is { } type)
        {
            response.Set(KnownHeader.ContentType, type);
        }

        _route.ResponseEdits.Apply(response, Entry(request, response));
    }
}

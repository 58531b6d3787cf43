using Proxy.Clusters;
using Proxy.Http;
using Proxy.Routing;
using Proxy.Routing.Actions;
using Proxy.Streams;
using RequestTarget = Proxy.Http.H1.RequestTarget;

namespace Proxy.Filters.Http.Router;

// Redirects of the upstream that are followed here: the request goes through the whole chain again, to another URL.
internal sealed partial class RouterFilter
{
    private bool _redirectLost; // too much of the request has gone to send it elsewhere

    // The whole request is kept until its answer begins.
    private bool KeepsBody => IsRetrying || (_forward!.InternalRedirects is not null && !_redirectLost);

    // True when the answer is dropped and the request goes elsewhere.
    private bool FollowRedirect(UpstreamAttempt attempt, HeaderMap answer, int status)
    {
        if (_forward!.InternalRedirects is not { } policy || !policy.Handles(status))
        {
            return false;
        }

        if (!_requestComplete || !_body.CanReplay || !answer.Contains(KnownHeader.Location) || !Readdress(policy, answer, status))
        {
            _cluster!.Stats.Increment(ClusterStats.InternalRedirectFailed);
            return false;
        }

        _cluster!.Stats.Increment(ClusterStats.InternalRedirectSucceeded);
        Info.ResponseCode = status;
        Info.ResponseCodeDetails = "internal_redirect";
        Win(attempt);
        StopTimers();
        attempt.Cancel();
        _responseStarted = true;
        LogAttempt();
        ((IStreamRecreation)Callbacks).RecreateStream(answer, _body.TakeBack());
        return true;
    }

    // Makes the request that the redirect asks for; leaves it as it was when that may not be.
    private bool Readdress(InternalRedirects policy, HeaderMap answer, int status)
    {
        var location = answer.Get(KnownHeader.Location);
        var request = Callbacks.RequestHeaders;
        if (!request.Contains(KnownHeader.Path))
        {
            return false;
        }

        if (!RequestTarget.IsValid(location, connect: false) || !RequestTarget.TrySplit(location, connect: false, out var target))
        {
            return Pass(RouterStats.RedirectBadLocation);
        }

        var fromHttp = IsHttp(request.Get(KnownHeader.Scheme)) || !Callbacks.Connection.Info.IsTls;
        var toHttp = IsHttp(target.Scheme);
        if (!policy.AllowCrossScheme && fromHttp != toHttp)
        {
            return Pass(RouterStats.RedirectUnsafeScheme);
        }

        var history = Info.Redirects ??= new RedirectHistory();
        if (history.Count >= policy.Max)
        {
            return Pass(RouterStats.RedirectTooMany);
        }

        var saved = _worker.SavedHeaders;
        saved.CopyFrom(request);
        Copy(policy.HeadersToCopy, answer, request);
        SetTarget(request, target);
        Callbacks.ClearRouteCache();
        var next = Callbacks.Route;
        if (next is null || !policy.Accepts(history, new RedirectHop(_route!.Name, next.Name, fromHttp && !toHttp)))
        {
            request.CopyFrom(saved);
            return Pass(next is null ? RouterStats.RedirectNoRoute : RouterStats.RedirectRefused);
        }

        history.Count++;
        if (status == 303)
        {
            AskWithoutBody(request);
        }

        KeepOriginal(request, saved, fromHttp);
        return true;
    }

    private bool Pass(Stats.CounterId reason)
    {
        _worker.Stats.Increment(reason);
        return false;
    }

    private static bool IsHttp(ReadOnlySpan<byte> scheme) => AsciiBytes.EqualsIgnoreCase(scheme, "http"u8);

    private static void Copy(HeaderName[] names, HeaderMap answer, HeaderMap request)
    {
        foreach (var name in names)
        {
            name.Remove(request);
            foreach (var field in answer)
            {
                if (name.Is(field))
                {
                    name.Add(request, field.Value);
                }
            }
        }
    }

    private static void SetTarget(HeaderMap request, in RequestTarget target)
    {
        var fragment = target.Path.IndexOf((byte)'#');
        request.Set(KnownHeader.Scheme, target.Scheme);
        request.Set(KnownHeader.Authority, target.Authority);
        request.Set(KnownHeader.Path, fragment < 0 ? target.Path : target.Path[..fragment]);
    }

    // RFC 9110, 15.4.4: the answer is somewhere else, and is asked for.
    private void AskWithoutBody(HeaderMap request)
    {
        var method = request.Get(KnownHeader.Method);
        if (!method.SequenceEqual("GET"u8) && !method.SequenceEqual("HEAD"u8))
        {
            request.Set(KnownHeader.Method, "GET"u8);
            request.Remove(KnownHeader.ContentLength);
            _body.Clear();
        }
    }

    private void KeepOriginal(HeaderMap request, HeaderMap original, bool isHttp)
    {
        var url = _worker.Text;
        url.Clear();
        url.Write(isHttp ? "http://"u8 : "https://"u8);
        url.Write(original.Get(KnownHeader.Authority));
        url.Write(original.Get(KnownHeader.Path));
        request.Set("x-envoy-original-url"u8, url.Written);
    }
}

using Proxy.Http;
using Proxy.Routing;
using Proxy.Routing.Actions;
using Proxy.Streams;

namespace Proxy.Filters.Http.OnDemand;

/// <summary>Lets a request wait for its virtual host or route table, then for its cluster (Envoy <c>on_demand.v3.OnDemand</c>).</summary>
/// <remarks>Filters in front of it have seen the request without a route; Envoy lets them see it anew.</remarks>
internal sealed class OnDemandFilter(OnDemandModel model) : HttpFilter
{
    private Wait _wait;

    private enum Wait
    {
        Nothing,
        Route,
        Cluster,
        Over,
    }

    private bool IsWaiting => _wait is Wait.Route or Wait.Cluster;

    public override HeadersStatus OnRequestHeaders(HeaderMap headers, bool endStream)
    {
        if (Callbacks.Route is null && ((IRouteRequests)Callbacks).TryRequestRoute(OnRoute))
        {
            _wait = Wait.Route;
        }
        else
        {
            AwaitCluster(headers);
        }

        return IsWaiting ? HeadersStatus.StopIteration : HeadersStatus.Continue;
    }

    public override DataStatus OnRequestData(ref BodyChunk chunk) => IsWaiting ? DataStatus.StopAndWatermark : DataStatus.Continue;

    public override TrailersStatus OnRequestTrailers(HeaderMap trailers) => IsWaiting ? TrailersStatus.StopIteration : TrailersStatus.Continue;

    public override void OnStreamComplete() => _wait = Wait.Over;

    private void OnRoute()
    {
        if (_wait != Wait.Route)
        {
            return;
        }

        _wait = Wait.Nothing;
        ((IRouteRequests)Callbacks).RefreshRoute();
        AwaitCluster(Callbacks.RequestHeaders);
        if (!IsWaiting)
        {
            Callbacks.ContinueRequest();
        }
    }

    private void AwaitCluster(HeaderMap headers)
    {
        var settings = Callbacks.RouteConfig as OnDemandModel ?? model;
        if (settings.Requests is not { } requests || NameOfMissing(settings, Callbacks.Route, headers) is not { } name)
        {
            return;
        }

        _wait = Wait.Cluster;
        requests.Request(name, settings.ClusterTimeout, Callbacks.Worker, OnCluster);
    }

    private string? NameOfMissing(OnDemandModel settings, Route? route, HeaderMap headers)
    {
        if (route?.Action is not ForwardAction forward || settings.Clusters.FindFor(route, headers, Callbacks.Info, Callbacks.Worker) is not null)
        {
            return null;
        }

        if (forward.Cluster is { } name)
        {
            return name;
        }

        return forward.ClusterHeader is { } header && header.TryGet(headers, out var value) && !value.IsEmpty ? System.Text.Encoding.UTF8.GetString(value) : null;
    }

    private void OnCluster()
    {
        if (_wait != Wait.Cluster)
        {
            return;
        }

        _wait = Wait.Nothing;
        Callbacks.ClearRouteCache();
        Callbacks.ContinueRequest();
    }
}

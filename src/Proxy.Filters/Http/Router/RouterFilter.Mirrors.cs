using Proxy.Clusters;
using Proxy.Http;
using Proxy.Observability;
using Proxy.Routing.Actions;

namespace Proxy.Filters.Http.Router;

// Copies of the request for other clusters.
internal sealed partial class RouterFilter
{
    private List<ShadowRequest>? _shadows;

    // CONNECT has nothing that could be sent twice.
    private void StartMirrors(ForwardAction forward, HeaderMap headers)
    {
        if (forward.Mirrors.Length == 0 || headers.Get(KnownHeader.Method).SequenceEqual("CONNECT"u8))
        {
            return;
        }

        foreach (var policy in forward.Mirrors)
        {
            if (policy.Applies(_worker.Worker.Random.Next()) && FindCluster(policy.Cluster, policy.ClusterHeader, headers) is { } cluster)
            {
                Mirror(policy, cluster, headers);
            }
        }
    }

    private void Mirror(MirrorPolicy policy, WorkerCluster cluster, HeaderMap headers)
    {
        var shadow = _worker.RentShadow();
        shadow.Headers.CopyFrom(headers);
        shadow.Info.Downstream = Info.Downstream;
        shadow.Info.TrustedRemote = Info.TrustedRemote;
        policy.Apply(
            shadow.Headers, new AccessLogEntry { Worker = _worker.Worker, Info = Info, RequestHeaders = shadow.Headers }, _worker.Text);
        shadow.Headers.Set(KnownHeader.XEnvoyInternal, "true"u8);
        var own = Network.HttpConnectionManager.PeerAddress.Machine;
        shadow.Headers.Append(KnownHeader.XForwardedFor, own, shadow.Headers.Get(KnownHeader.XForwardedFor).IsEmpty ? default : ","u8);
        (_shadows ??= []).Add(shadow);
        shadow.Start(cluster, _cluster!.Stats, _timeouts.GlobalMilliseconds, Callbacks.BufferLimit, _requestComplete);
    }

    private void MirrorData(ReadOnlySpan<byte> data, bool endStream)
    {
        if (_shadows is null)
        {
            return;
        }

        foreach (var shadow in _shadows)
        {
            shadow.Send(data, endStream);
        }
    }

    private void MirrorTrailers(HeaderMap trailers)
    {
        if (_shadows is null)
        {
            return;
        }

        foreach (var shadow in _shadows)
        {
            shadow.SendTrailers(trailers);
        }
    }

    private void LetMirrorsGo()
    {
        if (_shadows is null)
        {
            return;
        }

        foreach (var shadow in _shadows)
        {
            shadow.LetGo();
        }

        _shadows.Clear();
    }
}

using System.Text;
using Proxy.Clusters;
using Proxy.Http;
using Proxy.Observability;
using Proxy.Routing;
using Proxy.Routing.Actions;
using Proxy.Streams;
using Proxy.Workers;

namespace Proxy.Filters.Http.Router;

/// <summary>The terminal filter: answers as the route says, or sends the request to a host of its cluster and the answer back (Envoy <c>router.v3.Router</c>).</summary>
/// <remarks>Serves one stream after the other on its worker; a request without a body allocates nothing.</remarks>
internal sealed partial class RouterFilter : HttpFilter, IUpstreamOwner
{
    private readonly RouterWorker _worker;
    private readonly RequestBody _body;
    private readonly Action<HeaderMap> _editDirect;
    private readonly Action<HeaderMap> _editFailure;
    private HttpAttempt _http;
    private UpstreamAttempt? _attempt;
    private List<FilteredAttempt>? _filtered; // every attempt at a cluster with filters; their answers are in use until the stream is over
    private WorkerTimer? _timeoutTimer;
    private Route? _route;
    private ForwardAction? _forward;
    private WorkerCluster? _cluster;
    private HeaderMap? _trailers;
    private RequestTimeouts _timeouts;
    private RouteCounters _counters;
    private int _replays;
    private bool _requestComplete;
    private bool _headersOnly;
    private bool _answered; // a byte of the answer came, be it interim
    private bool _responseStarted;
    private bool _isTunnel;
    private bool _answerComplete;
    private bool _clientSlow;
    private bool _pausedForConnection;
    private bool _overloaded;
    private bool _successInTrailers;

    public RouterFilter(RouterWorker worker)
    {
        _worker = worker;
        _body = new RequestBody(worker.Worker.Buffers);
        _http = new HttpAttempt(this);
        _editDirect = EditDirect;
        _editFailure = EditFailure;
    }

    /// <inheritdoc />
    public override bool IsReusable => true;

    private RouterModel Model => _worker.Model;

    private StreamInfo Info => Callbacks.Info;

    /// <inheritdoc />
    public override HeadersStatus OnRequestHeaders(HeaderMap headers, bool endStream)
    {
        _requestComplete = _headersOnly = endStream;
        _route = Callbacks.Route;
        _worker.Stats.Increment(RouterStats.RequestTotal);
        if (Model.StrictHeaders.FindFault(headers) is not KnownHeader.None and var fault)
        {
            Refuse(headers, fault);
            return HeadersStatus.StopIteration;
        }

        switch (_route?.Action)
        {
            case ForwardAction forward:
                _forward = forward;
                Forward(headers);
                break;
            case DirectResponseAction direct:
                Answer(direct);
                break;
            case RedirectAction redirect:
                Redirect(redirect, headers);
                break;
            default:
                _worker.Stats.Increment(RouterStats.NoRoute);
                Info.Flags |= ResponseFlags.NoRouteFound;
                Callbacks.SendLocalReply(404, default, "route_not_found");
                break;
        }

        return HeadersStatus.StopIteration;
    }

    /// <inheritdoc />
    public override DataStatus OnRequestData(ref BodyChunk chunk)
    {
        _requestComplete |= chunk.EndStream;
        MirrorData(chunk.Bytes, chunk.EndStream);
        if (!KeepWithinLimit(chunk.Bytes.Length))
        {
            return DataStatus.StopNoBuffer;
        }

        if (_pausing)
        {
            _body.Hold(chunk.Bytes);
            if (chunk.EndStream)
            {
                OnRequestComplete();
            }

            return DataStatus.StopNoBuffer;
        }

        if (_attempt is not { IsActive: true } attempt)
        {
            return DataStatus.StopNoBuffer; // answered already: nobody wants the rest
        }

        if (attempt.IsReady)
        {
            _body.Retain(chunk.Bytes);
            attempt.SendData(chunk.Bytes, chunk.EndStream);
            NoteSent(chunk.EndStream);
        }
        else
        {
            _body.Hold(chunk.Bytes);
            PauseForConnection(_body.Waiting > Callbacks.BufferLimit);
        }

        if (chunk.EndStream)
        {
            OnRequestComplete();
        }

        return DataStatus.StopNoBuffer;
    }

    /// <inheritdoc />
    public override TrailersStatus OnRequestTrailers(HeaderMap trailers)
    {
        _requestComplete = true;
        _trailers = trailers;
        MirrorTrailers(trailers);
        if (_pausing)
        {
            OnRequestComplete();
        }
        else if (_attempt is { IsActive: true } attempt)
        {
            if (attempt.IsReady)
            {
                attempt.SendTrailers(trailers);
                NoteSent(endStream: true);
            }

            OnRequestComplete();
        }

        return TrailersStatus.StopIteration;
    }

    /// <inheritdoc />
    public override void OnResponseAboveHighWatermark()
    {
        _clientSlow = true;
        _attempt?.ReadDisable(true);
    }

    /// <inheritdoc />
    public override void OnResponseBelowLowWatermark()
    {
        _clientSlow = false;
        _attempt?.ReadDisable(false);
    }

    /// <inheritdoc />
    public override void OnStreamComplete()
    {
        StopTimers();
        _logTimer?.Cancel();
        LetMirrorsGo();
        CancelHedged(timedOut: false);
        if (_attempt is { IsActive: true } attempt)
        {
            attempt.Cancel();
            LogAttempt();
        }
    }

    /// <inheritdoc />
    public override void Recycle()
    {
        RecycleRetries();
        RecycleHash();
        RecycleHedged();
        _body.Clear();
        _http.Recycle();
        RecycleFiltered();
        _attempt = null;
        _route = null;
        _forward = null;
        _cluster = null;
        _trailers = null;
        _timeouts = default;
        _counters = default;
        _replays = 0;
        _requestComplete = _answered = _responseStarted = _isTunnel = _answerComplete = _clientSlow = _pausedForConnection = _overloaded = _successInTrailers = _redirectLost = false;
    }

    private void Forward(HeaderMap headers)
    {
        var forward = _forward!;
        var named = forward.Specifier is { } specifier ? specifier.Pick(headers, Info, _worker.Worker) ?? "" : forward.Cluster;
        if (FindCluster(named, forward.ClusterHeader, headers) is not { } cluster)
        {
            _worker.Stats.Increment(RouterStats.NoCluster);
            Info.Flags |= ResponseFlags.NoClusterFound;
            Callbacks.SendLocalReply(forward.ClusterNotFoundStatus, default, "cluster_not_found", _editFailure);
            return;
        }

        _cluster = cluster;
        _counters = RouteCounters.Of(_route!, headers, Info, _worker.Worker);
        Info.UpstreamClusterRaw = cluster.Name;
        Info.ClusterMetadata = cluster.Metadata;
        Info.UpstreamCluster = cluster.Config.AltStatName is { Length: > 0 } alternative ? alternative : cluster.Name;
        HashRequest(forward, headers);
        if (RequiredHeaders.MissingIn(headers) is { } missing)
        {
            Callbacks.SendLocalReply(503, RequiredHeaders.BodyFor(missing), RequiredHeaders.DetailsFor(missing), _editFailure);
            return;
        }

        if (ChooseHost(headers) is not { } host)
        {
            FailWithoutHost();
            return;
        }

        Prepare(forward, headers);
        StartMirrors(forward, headers);
        StartAttempt(host, headers);
        if (_requestComplete)
        {
            OnRequestComplete();
        }
    }

    private WorkerCluster? FindCluster(string? name, HeaderName? nameHeader, HeaderMap headers)
    {
        if (name is not null)
        {
            return Model.Clusters.Find(_worker.Worker, name);
        }

        return nameHeader is { } header && header.TryGet(headers, out var value) && !value.IsEmpty
            ? Model.Clusters.Find(_worker.Worker, _worker.NameOf(value))
            : null;
    }

    // Everything that changes the request for the upstream, in Envoy's order: timeouts, edits, host, path.
    private void Prepare(ForwardAction forward, HeaderMap headers)
    {
        var tell = !Model.SuppressEnvoyHeaders;
        _hedging = IsHedging(forward, headers);
        _timeouts = RequestTimeouts.Take(headers, forward, Model.RespectExpectedTimeout, tell, _hedging);
        Info.AttemptCount = 1; // the edits may ask
        if (Info.SchemeMatchesUpstream)
        {
            headers.Set(KnownHeader.Scheme, _cluster!.Config.Transport.Tls is null ? "http"u8 : "https"u8);
        }

        _route!.RequestEdits.Apply(headers, Entry(headers, null));
        PrepareRetries(headers);
        foreach (var rewrite in forward.HostRewrites)
        {
            rewrite.Apply(headers, forward.AppendForwardedHost, tell, _worker.Text);
        }

        forward.HostFormat?.ApplyToHost(Entry(headers, null), forward.AppendForwardedHost, tell, _worker.Text);
        forward.PathRewrite?.Apply(headers, tell, _worker.Text);
        forward.PathFormat?.ApplyToPath(Entry(headers, null), tell, _worker.Text);
    }

    private static bool IsHedging(ForwardAction forward, HeaderMap headers)
    {
        return headers.TryGet(KnownHeader.XEnvoyHedgeOnPerTryTimeout, out var asked)
            ? asked.SequenceEqual("true"u8) || (forward.HedgesOnPerTryTimeout && !asked.SequenceEqual("false"u8))
            : forward.HedgesOnPerTryTimeout;
    }

    private void StartAttempt(Host host, HeaderMap headers)
    {
        if (_route!.VirtualHost.IncludeRequestAttemptCount)
        {
            headers.Set(KnownHeader.XEnvoyAttemptCount, Info.AttemptCount);
        }

        if (_forward!.AutoHostRewrite && host.Hostname.Length > 0)
        {
            Span<byte> name = stackalloc byte[Encoding.UTF8.GetMaxByteCount(host.Hostname.Length)];
            name = name[..Encoding.UTF8.GetBytes(host.Hostname, name)];
            HostRewrite.Set(headers, name, _forward.AppendForwardedHost, !Model.SuppressEnvoyHeaders);
        }

        var isTunnel = _forward.TerminateConnect && headers.Get(KnownHeader.Method).SequenceEqual("CONNECT"u8);
        _attempt = NewAttempt(isTunnel);
        NoteTried(host);
        _attempt.ReadDisable(_clientSlow);
        _attempt.Start(_cluster!, host, _forward.Priority, Info);
    }

    private UpstreamAttempt NewAttempt(bool isTunnel)
    {
        if ((_cluster!.Filters ?? Model.UpstreamFilters) is not { } filters)
        {
            return isTunnel ? new TcpAttempt(this) : _http;
        }

        var attempt = _worker.RentAttempt(filters).For(this, isTunnel);
        (_filtered ??= []).Add(attempt);
        return attempt;
    }

    // The clock of the route's timeout starts when the client has nothing more to say.
    private void OnRequestComplete()
    {
        if (_isTunnel)
        {
            return; // one end has nothing more to say; the other may go on as long as it likes
        }

        var active = _attempt is { IsActive: true };
        if (active && _attempt!.IsReady)
        {
            StartTryTimers();
        }

        if (_timeouts.GlobalMilliseconds > 0 && (active || _pausing))
        {
            _timeoutTimer ??= _worker.Worker.CreateTimer(static self => ((RouterFilter)self!).OnTimeout(), this);
            _timeoutTimer.Arm(_timeouts.GlobalMilliseconds);
        }
    }

    private void RecycleFiltered()
    {
        if (_filtered is null)
        {
            return;
        }

        foreach (var attempt in _filtered)
        {
            _worker.Return(attempt);
        }

        _filtered.Clear();
    }

    private void PauseForConnection(bool pause)
    {
        if (_pausedForConnection != pause)
        {
            _pausedForConnection = pause;
            Callbacks.RequestReadDisable(pause);
        }
    }

    private AccessLogEntry Entry(HeaderMap request, HeaderMap? response)
    {
        return new AccessLogEntry { Worker = _worker.Worker, Info = Info, RequestHeaders = request, ResponseHeaders = response };
    }
}

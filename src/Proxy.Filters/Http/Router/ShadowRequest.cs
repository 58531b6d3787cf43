using Proxy.Clusters;
using Proxy.Http;
using Proxy.Stats;
using Proxy.Streams;
using Proxy.Workers;

namespace Proxy.Filters.Http.Router;

/// <summary>
/// A copy of a request under way to another cluster. It goes on when the request it was made of has been answered, and what comes of it is counted and
/// dropped. A copy that cannot be sent as fast as the request comes is given up: it must not slow the request down. Reused, on its worker.
/// </summary>
internal sealed class ShadowRequest : IUpstreamOwner, IDeferred
{
    private readonly RouterWorker _worker;
    private readonly HttpAttempt _http;
    private readonly RequestBody _body;
    private readonly HeaderMap _trailers = new();
    private readonly StreamInfo _info = new();
    private UpstreamAttempt _attempt;
    private WorkerTimer? _timer;
    private WorkerCluster? _cluster;
    private StatShard? _source;
    private long _timeout;
    private long _limit;
    private long _completeAt;
    private bool _headersOnly;
    private bool _complete; // the whole request is here
    private bool _hasTrailers;
    private bool _owned; // whoever made it may still call
    private bool _over;

    public ShadowRequest(RouterWorker worker)
    {
        _worker = worker;
        _attempt = _http = new HttpAttempt(this);
        _body = new RequestBody(worker.Worker.Buffers);
    }

    /// <summary>The head of the copy: fill it before <see cref="Start"/>.</summary>
    public HeaderMap Headers { get; } = new();

    HeaderMap IUpstreamOwner.Request => Headers;

    bool IUpstreamOwner.IsHeadOnly => _headersOnly;

    long IUpstreamOwner.BufferLimit => _limit;

    IHttpFilterCallbacks? IUpstreamOwner.Stream => null;

    /// <summary>The record of the copy.</summary>
    public StreamInfo Info => _info;

    /// <summary>Sends the head to a host of <paramref name="cluster"/>.</summary>
    /// <param name="cluster">Where to.</param>
    /// <param name="source">Stats of the cluster that the request itself goes to.</param>
    /// <param name="timeout">Time for the answer once the request is complete, in ms; 0 for none.</param>
    /// <param name="limit">Bytes of the body that may wait.</param>
    /// <param name="endStream">There is no body.</param>
    public void Start(WorkerCluster cluster, StatShard source, long timeout, long limit, bool endStream)
    {
        _cluster = cluster;
        _source = source;
        _timeout = timeout;
        _limit = limit;
        _owned = true;
        _over = false;
        _headersOnly = endStream;
        if (RequiredHeaders.MissingIn(Headers) is not null)
        {
            End();
            return;
        }

        if (cluster.ChooseHost(new LoadBalancerContext { RequestHeaders = Headers, Downstream = _info.Downstream, Info = _info }) is not { } host)
        {
            Charge(503);
            End();
            return;
        }

        _attempt = cluster.Filters is { } filters ? _worker.RentAttempt(filters).For(this, isTunnel: false) : _http;
        _attempt.Start(cluster, host, RequestPriority.Default, _info);
        CompleteIf(endStream);
    }

    /// <summary>Part of the body.</summary>
    public void Send(ReadOnlySpan<byte> data, bool endStream)
    {
        if (_over)
        {
            return;
        }

        if (_attempt.IsReady)
        {
            _attempt.SendData(data, endStream);
        }
        else if (_body.Waiting + data.Length > _limit)
        {
            Abandon();
            return;
        }
        else
        {
            _body.Hold(data);
        }

        CompleteIf(endStream);
    }

    /// <summary>The trailers, which end the request.</summary>
    public void SendTrailers(HeaderMap trailers)
    {
        if (_over)
        {
            return;
        }

        _hasTrailers = true;
        _trailers.CopyFrom(trailers);
        if (_attempt.IsReady)
        {
            _attempt.SendTrailers(_trailers);
        }

        CompleteIf(true);
    }

    /// <summary>The request is over; a copy that did not get all of it is given up. Not to be called again.</summary>
    public void LetGo()
    {
        if (!_over && !_complete)
        {
            GiveUp();
        }

        _owned = false;
        RecycleIf();
    }

    void IUpstreamOwner.OnReady(UpstreamAttempt attempt)
    {
        var ends = _complete && !_hasTrailers;
        var isEmpty = _body.Waiting == 0;
        attempt.LimitDuration(_worker.Worker, (long)(_cluster!.Config.Http.MaxStreamDuration?.TotalMilliseconds ?? 0));
        attempt.SendHeaders(Headers, _headersOnly);
        _body.Flush(attempt, ends);
        if (ends && !_headersOnly && isEmpty && attempt.IsReady)
        {
            attempt.SendData(default, endStream: true);
        }

        if (_hasTrailers && attempt.IsReady)
        {
            attempt.SendTrailers(_trailers);
        }
    }

    void IUpstreamOwner.OnMaxDuration(UpstreamAttempt attempt) => End();

    void IUpstreamOwner.OnInformational(UpstreamAttempt attempt, HeaderMap headers)
    {
    }

    void IUpstreamOwner.OnHeaders(UpstreamAttempt attempt, HeaderMap headers, bool endStream)
    {
        var status = UpstreamStatus.Of(headers);
        Charge(status);
        CountForHost(status);
        EndIf(endStream);
    }

    void IUpstreamOwner.OnData(UpstreamAttempt attempt, ReadOnlySpan<byte> data, bool endStream) => EndIf(endStream);

    void IUpstreamOwner.OnTrailers(UpstreamAttempt attempt, HeaderMap trailers) => EndIf(true);

    void IUpstreamOwner.OnReset(UpstreamAttempt attempt, StreamResetReason reason, string transport)
    {
        var outcome = ResetReasons.Of(reason);
        Charge(outcome.Status);
        if (!outcome.IsOverload)
        {
            CountForHost(outcome.Status);
        }

        End();
    }

    void IUpstreamOwner.OnLocalReply(UpstreamAttempt attempt, int status, ReadOnlySpan<byte> body, string details, Action<HeaderMap>? modifyHeaders) => End();

    void IUpstreamOwner.OnWatermark(UpstreamAttempt attempt, bool above)
    {
        if (above && !_complete)
        {
            Abandon();
        }
    }

    void IDeferred.Run()
    {
        if (_attempt is FilteredAttempt filtered)
        {
            _worker.Return(filtered);
        }

        _attempt = _http;
        _http.Recycle();
        _body.Clear();
        Headers.Clear();
        _trailers.Clear();
        _info.Reset();
        _cluster = null;
        _source = null;
        _complete = _hasTrailers = false;
        _worker.Return(this);
    }

    private void CompleteIf(bool endStream)
    {
        if (!endStream || _over)
        {
            return;
        }

        _complete = true;
        _completeAt = _worker.Worker.NowMicroseconds;
        if (_timeout > 0)
        {
            _timer ??= _worker.Worker.CreateTimer(static self => ((ShadowRequest)self!).OnTimeout(), this);
            _timer.Arm(_timeout);
        }
    }

    private void OnTimeout()
    {
        _cluster!.Stats.Increment(ClusterStats.RequestTimeout);
        if (_attempt.Host is { } host)
        {
            host.On(_worker.Worker).RequestTimeouts++;
        }

        Charge(504);
        CountForHost(504);
        GiveUp();
    }

    private void Abandon()
    {
        _source!.Increment(ClusterStats.RequestAbandoned);
        GiveUp();
    }

    private void GiveUp()
    {
        _attempt.Cancel();
        End();
    }

    private void EndIf(bool endStream)
    {
        if (!endStream)
        {
            return;
        }

        if (_complete)
        {
            _cluster!.Stats.Record(ClusterStats.RequestTime, (_worker.Worker.NowMicroseconds - _completeAt) / 1000);
        }

        End();
    }

    private void End()
    {
        _over = true;
        _timer?.Cancel();
        RecycleIf();
    }

    // Later: the event that ends it still runs on its maps.
    private void RecycleIf()
    {
        if (_over && !_owned)
        {
            _owned = true;
            _worker.Worker.Defer(this);
        }
    }

    private void Charge(int status) => UpstreamStatus.Count(_cluster!.Stats, status, isInternal: true);

    private void CountForHost(int status) => UpstreamStatus.CountForHost(_attempt.Host, _worker.Worker, status);
}

using Proxy.Connections;
using Proxy.Http;
using Proxy.Observability;
using Proxy.Routing;
using Proxy.Streams;
using Proxy.Workers;

namespace Proxy.Filters.Network.HttpConnectionManager;

/// <summary>One request and its response: between the codec and the filter chain. Reused by one request after the other on its worker.</summary>
/// <remarks>
/// It is over when the codec says so (<see cref="IServerStreamHandler.OnStreamClosed"/>); filters and logs hear of it when the callback has unwound,
/// and only then is it reused.
/// </remarks>
internal sealed partial class HttpStream : IServerStreamHandler, IFilterChainOwner, IDeferred
{
    private const long PrematureMicroseconds = 1_000_000;

    private readonly HttpManagerWorker _worker;
    private readonly HttpManagerModel _model;
    private readonly HttpFilterChain _usualChain;
    private HttpFilterChain _chain;
    private HttpConnection _connection = null!;
    private HttpServerStream? _codec; // null once the stream is over
    private Route? _route;
    private ulong _random;
    private HeaderMap? _responseTrailers;
    private bool _headSeen;
    private bool _routeResolved;
    private bool _isLast;
    private bool _clientCloses;
    private bool _requestComplete;
    private bool _wasReset;
    private bool _responseStarted;
    private bool _upgraded;

    public HttpStream(HttpManagerWorker worker)
    {
        _worker = worker;
        _model = worker.Model;
        _chain = _usualChain = new HttpFilterChain(_model.Filters, this, worker.Worker);
        _idle = new LazyTimer(worker.Worker, OnIdle);
    }

    /// <summary>True when the client has given the request up, unanswered, within a second.</summary>
    public bool IsPrematurelyReset { get; private set; }

    /// <summary>Neighbours among the connection's streams.</summary>
    public HttpStream? Next { get; set; }

    /// <summary>Neighbours among the connection's streams.</summary>
    public HttpStream? Previous { get; set; }

    public Worker Worker => _worker.Worker;

    public Connection Connection => _connection.Transport;

    public StreamInfo Info { get; } = new();

    public long StreamId { get; private set; }

    public HeaderMap RequestHeaders { get; } = new();

    public HeaderMap RequestTrailers { get; } = new();

    public Route? Route
    {
        get
        {
            if (!_routeResolved)
            {
                ResolveRoute();
            }

            return _route;
        }
    }

    /// <summary>The codec has found the beginning of a request.</summary>
    /// <param name="connection">The connection it came on.</param>
    /// <param name="codec">Where the response goes.</param>
    /// <param name="isLast">The connection closes behind it.</param>
    public void Begin(HttpConnection connection, HttpServerStream codec, bool isLast)
    {
        _connection = connection;
        _codec = codec;
        _isLast = isLast;
        StreamId = _worker.NextStreamId();
        _chain.BufferLimit = connection.Transport.BufferLimit > 0 ? connection.Transport.BufferLimit : long.MaxValue;
        _random = Worker.Random.Next();
        Info.Downstream = connection.Transport.Info;
        Info.DownstreamConnection = connection.Transport;
        Info.ConnectionId = connection.Transport.Id;
        Info.StartTime = Worker.UtcNow;
        Info.StartMicroseconds = Worker.NowMicroseconds;
        CountRequest();
        _worker.Stats.Increment(HttpStats.RequestActive);
        StartTimers();
    }

    public void ClearRouteCache() => _routeResolved = false;

    public bool TryRequestRoute(Action done) => _model.Routes.TryRequest(RequestHeaders, Worker, done);

    public void RefreshRoute()
    {
        ResolveRoute();
        ApplyRouteTimeout();
    }

    public void OnRequestTooLarge() => _worker.Stats.Increment(HttpStats.RequestTooLarge);

    public void OnResponseTooLarge() => _worker.Stats.Increment(HttpStats.ResponseTooLarge);

    public void PauseRequest(bool pause)
    {
        if (_codec is { } codec)
        {
            _worker.Stats.Increment(pause ? HttpStats.FlowPaused : HttpStats.FlowResumed);
            codec.ReadDisable(pause);
        }
    }

    public void Reset(StreamResetReason reason, string details)
    {
        if (_codec is not { } codec)
        {
            return;
        }

        Info.ResponseCodeDetails = details;
        _wasReset = true;
        _worker.Stats.Increment(HttpStats.RequestSentReset);
        codec.Reset(reason);
    }

    public ReadOnlySpan<byte> FormatLocalReply(HeaderMap headers, ReadOnlySpan<byte> body, out byte[]? contentType)
    {
        contentType = null;
        CloseBehindBadRequest(headers);
        if (_worker.LocalReplies is not { } formatter)
        {
            return body;
        }

        Info.ResponseCode = StatusOf(headers);
        return formatter.Format(
            new AccessLogEntry { Worker = Worker, Info = Info, RequestHeaders = HeadersSeen, ResponseHeaders = headers, LocalReplyBody = body },
            out contentType);
    }

    // Whoever answers 400, the client's idea of where messages end is not to be trusted any more; as in Envoy, whatever a mapper makes of the status.
    private void CloseBehindBadRequest(HeaderMap headers)
    {
        if (!_model.KeepsAfterInvalid && !_connection.IsMultiplexed && headers.Get(KnownHeader.Status).SequenceEqual("400"u8))
        {
            _connection.CloseAfterStreams();
        }
    }

    void IServerStreamHandler.OnReset(StreamResetReason reason)
    {
        _wasReset = true;
        if (reason == StreamResetReason.ProtocolError)
        {
            return; // the fault was told before and is in the record
        }

        IsPrematurelyReset = reason is StreamResetReason.RemoteReset or StreamResetReason.RemoteRefusedStreamReset
            && !_responseStarted && Worker.NowMicroseconds - Info.StartMicroseconds < PrematureMicroseconds;
        if (reason is StreamResetReason.RemoteReset or StreamResetReason.RemoteRefusedStreamReset)
        {
            Info.Flags |= ResponseFlags.DownstreamRemoteReset;
            Info.ResponseCodeDetails = reason == StreamResetReason.RemoteReset ? "http2.remote_reset" : "http2.remote_refuse";
            return;
        }

        Info.Flags |= ResponseFlags.DownstreamConnectionTermination;
        Info.ResponseCodeDetails = _connection.ClosedLocally ? "downstream_local_disconnect" : "downstream_remote_disconnect";
    }

    void IServerStreamHandler.OnStreamFault(string details) => OnConnectionFault(details);

    /// <summary>The client has broken the protocol.</summary>
    public void OnConnectionFault(string details)
    {
        Info.Flags |= ResponseFlags.DownstreamProtocolError;
        Info.ResponseCodeDetails = details;
    }

    void IServerStreamHandler.OnStreamClosed()
    {
        var codec = _codec!;
        Info.DownstreamWireReceived = codec.WireBytesReceived;
        Info.DownstreamWireSent = codec.WireBytesSent;
        Info.DownstreamHeaderSent = codec.HeaderBytesSent;

        Info.EndMicroseconds = Worker.NowMicroseconds;
        if (_wasReset || !_requestComplete)
        {
            _worker.Stats.Increment(HttpStats.RequestReceivedReset); // whoever cut it, as in Envoy: a request that is answered before its end is cut too
        }

        _codec = null;
        _chain.End();
        StopTimers();
        _connection.OnStreamEnded(this, peerMayClose: _clientCloses && _requestComplete);
        Worker.Defer(this);
    }

    void IDeferred.Run()
    {
        if (_chain.IsStarted)
        {
            _chain.Complete();
        }

        var stats = _worker.Stats;
        stats.Decrement(HttpStats.RequestActive);
        stats.Record(HttpStats.RequestTime, (Info.EndMicroseconds - Info.StartMicroseconds) / 1000);
        if (_upgraded)
        {
            stats.Decrement(HttpStats.ConnectionUpgradesActive);
        }

        Log(AccessLogType.DownstreamEnd);
        Recycle();
    }

    private void CountRequest()
    {
        _worker.Stats.Increment(HttpStats.RequestTotal);
        _worker.Stats.Increment(_connection.IsMultiplexed ? HttpStats.RequestHttp2Total : HttpStats.RequestHttp1Total);
    }

    private static int StatusOf(HeaderMap headers)
    {
        return System.Buffers.Text.Utf8Parser.TryParse(headers.Get(KnownHeader.Status), out int status, out _) ? status : 0;
    }

    private void ResolveRoute()
    {
        _routeResolved = true;
        _route = _model.Routes.Of(RequestHeaders).Match(new RouteQuery
        {
            Headers = RequestHeaders,
            Info = Info,
            Worker = Worker,
            Random = _random,
            IsTls = RequestHeaders.Get(KnownHeader.XForwardedProto).SequenceEqual("https"u8),
            IsInternal = RequestHeaders.Contains(KnownHeader.XEnvoyInternal),
        });
        Info.Route = _route;
        Info.RouteName = _route?.Name ?? "";
        Info.VirtualHostName = _route?.VirtualHostName ?? "";
    }

    // What came before the fault of a broken head is no request.
    private HeaderMap? HeadersSeen => _headSeen ? RequestHeaders : null;

    private void Log(AccessLogType type)
    {
        foreach (var log in _model.AccessLogs)
        {
            log.Log(new AccessLogEntry
            {
                Worker = Worker,
                Info = Info,
                RequestHeaders = HeadersSeen,
                ResponseHeaders = _answerUnsent ?? _chain.ResponseHeaders,
                ResponseTrailers = _responseTrailers,
                Type = type,
            });
        }
    }

    private void Recycle()
    {
        RecycleChain();
        _answerUnsent = null;
        _bodyAgain?.Clear();
        RequestHeaders.Clear();
        _headSeen = false;
        RequestTrailers.Clear();
        Info.Reset();
        _route = null;
        _responseTrailers = null;
        _connection = null!;
        IsPrematurelyReset = _routeResolved = _isLast = _clientCloses = _clientSlow = _requestComplete = _responseStarted = _upgraded = _wasReset = false;
        _worker.Return(this);
    }
}

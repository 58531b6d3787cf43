using Proxy.Clusters;
using Proxy.Connections;
using Proxy.Http;
using Proxy.Routing;

namespace Proxy.Filters.Http.Router;

/// <summary>An attempt over HTTP, on a connection of the cluster's pool.</summary>
internal sealed class HttpAttempt : UpstreamAttempt, IClientStreamHandler, IHttpPoolCallbacks
{
    private PendingRequest? _pending;
    private HttpClientStream? _stream;
    private bool _aboveHighWatermark;
    private bool _readDisabled;
    private bool _isMultiplexed; // what happens to one stream is told apart from what happens to its connection
    private bool _answerEnded; // of a tunnel that goes on in the other direction

    public HttpAttempt(IUpstreamOwner owner)
        : base(owner)
    {
    }

    public HeaderMap ResponseHeaders { get; } = new();

    public HeaderMap ResponseTrailers { get; } = new();

    public override HeaderMap Answer => ResponseHeaders;

    public override bool IsReady => _stream is not null;

    public override long BytesReceived => _stream?.WireBytesReceived ?? 0;

    public override void SendHeaders(HeaderMap headers, bool endStream)
    {
        _stream!.EncodeHeaders(headers, endStream);
        Info.UpstreamHeaderSent += _stream?.HeaderBytesSent ?? 0;
    }

    public override void SendData(ReadOnlySpan<byte> data, bool endStream)
    {
        _stream!.EncodeData(data, endStream);
        EndIf(_answerEnded && endStream);
    }

    public override void SendTrailers(HeaderMap trailers)
    {
        _stream!.EncodeTrailers(trailers);
        EndIf(_answerEnded);
    }

    public override void ReadDisable(bool disable)
    {
        if (_readDisabled != disable)
        {
            _readDisabled = disable;
            ReadDisableStream(disable);
        }
    }

    public override void Cancel()
    {
        if (_pending is { } pending)
        {
            Cluster.CancelRequest(pending);
        }
        else if (_stream is { } stream)
        {
            CountBytes(stream);
            if (_isMultiplexed)
            {
                Cluster.Stats.Increment(ClusterStats.RequestSentReset);
            }

            stream.Reset(StreamResetReason.LocalReset);
        }

        End();
    }

    public override void Recycle()
    {
        base.Recycle();
        ResponseHeaders.Clear();
        ResponseTrailers.Clear();
        _readDisabled = false;
    }

    public void OnPoolReady(HttpClientStream stream, Host host, Connection connection, HttpProtocol protocol, bool reused)
    {
        _pending = null;
        _stream = stream;
        IsReused = reused;
        _isMultiplexed = protocol >= HttpProtocol.Http2;
        Describe(connection, protocol);
        if (_readDisabled)
        {
            ReadDisableStream(true);
        }

        Owner.OnReady(this);
    }

    public void OnPoolFailure(PoolFailure failure, string details, Host host)
    {
        End();
        Owner.OnReset(this, ResetReasons.Of(failure), details);
    }

    void IClientStreamHandler.OnInformational() => Owner.OnInformational(this, ResponseHeaders);

    void IClientStreamHandler.OnHeaders(bool endStream)
    {
        Info.UpstreamHeaderReceived += _stream!.HeaderBytesReceived;
        EndIf(endStream);
        Owner.OnHeaders(this, ResponseHeaders, endStream);
    }

    void IClientStreamHandler.OnData(ReadOnlySpan<byte> data, bool endStream)
    {
        _answerEnded |= endStream;
        EndIf(endStream && _stream!.IsOver);
        Owner.OnData(this, data, endStream);
    }

    void IClientStreamHandler.OnTrailers()
    {
        EndIf(true);
        Owner.OnTrailers(this, ResponseTrailers);
    }

    void IClientStreamHandler.OnReset(StreamResetReason reason, string details)
    {
        CountReset(reason);
        EndIf(true);
        Owner.OnReset(this, reason, "");
    }

    void IClientStreamHandler.OnAboveHighWatermark() => SetWatermark(above: true);

    void IClientStreamHandler.OnBelowLowWatermark() => SetWatermark(above: false);

    protected override void OnStart(Host host, RequestPriority priority)
    {
        ResponseHeaders.Clear();
        var query = new PoolQuery(priority, Info.Protocol ?? HttpProtocol.Http11, HostForTls(), ConnectionOrigin.OfRequest(Info.Downstream, Cluster.Config.PoolPerDownstreamConnection));
        var pending = Cluster.NewRequest(host, query, this, this);
        if (IsActive && _stream is null)
        {
            _pending = pending;
        }
    }

    private void ReadDisableStream(bool disable)
    {
        if (_stream is { } stream)
        {
            if (_isMultiplexed)
            {
                Cluster.Stats.Increment(disable ? ClusterStats.PausedReading : ClusterStats.ResumedReading);
            }

            stream.ReadDisable(disable);
        }
    }

    private void CountReset(StreamResetReason reason)
    {
        if (_isMultiplexed && reason == StreamResetReason.RemoteReset)
        {
            Cluster.Stats.Increment(ClusterStats.RequestReceivedReset);
        }
        else if (_isMultiplexed && reason == StreamResetReason.ConnectionTermination)
        {
            Cluster.Stats.Increment(ClusterStats.RequestPendingFailureEject); // Envoy's word for it
        }
    }

    // Null where TLS is not told of the request's host.
    private string? HostForTls()
    {
        if (Cluster.Config is not { Transport.Tls: not null, Http: { AutoServerName: true } or { AutoValidateName: true } })
        {
            return null;
        }

        var host = Owner.Request.Get(KnownHeader.Authority);
        if (Cluster.Config.Http.AutoNameHeader is { Length: > 0 } header && HeaderName.Of(header).TryGet(Owner.Request, out var named) && !named.IsEmpty)
        {
            host = named;
        }

        var colon = host.LastIndexOf((byte)':');
        var name = colon >= 0 && host[colon..].IndexOf((byte)']') < 0 ? host[..colon] : host;
        return Cluster.ServerNames.Get(name.Length > 2 && name[0] == (byte)'[' ? name[1..^1] : name);
    }

    // The codec's stream may serve the next request from inside the last event of this one: it is let go first.
    private void EndIf(bool isOver)
    {
        if (isOver)
        {
            CountBytes(_stream!);
            End();
        }
    }

    private void End()
    {
        _pending = null;
        _stream = null;
        IsActive = _answerEnded = false;
        SetWatermark(above: false);
    }

    private void SetWatermark(bool above)
    {
        if (_aboveHighWatermark != above)
        {
            _aboveHighWatermark = above;
            Owner.OnWatermark(this, above);
        }
    }

    private void CountBytes(HttpClientStream stream)
    {
        Info.UpstreamWireSent += stream.WireBytesSent;
        Info.UpstreamWireReceived += stream.WireBytesReceived;
    }
}

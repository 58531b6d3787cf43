using System.Text;
using Proxy.Clusters;
using Proxy.Connections;
using Proxy.Http;

namespace Proxy.Filters.Network.TcpProxy;

/// <summary>Told what comes of a request for a tunnel.</summary>
internal interface ITunnelOwner : IUpstreamLinkOwner
{
    /// <summary>There is a connection to the proxy: the head of the request, which is sent at once.</summary>
    HeaderMap OnTunnelConnected(Connection connection, Host host, HttpProtocol protocol);

    /// <summary>There is none.</summary>
    void OnPoolFailure(PoolFailure failure, string details, Host host);

    /// <summary>The head of the answer has come, whatever it says; comes before what follows from it.</summary>
    void OnTunnelAnswer(HeaderMap response);

    /// <summary>The tunnel stands.</summary>
    void OnTunnelOpen();

    /// <summary>The proxy has refused, or the connection has broken. Nothing follows.</summary>
    void OnTunnelRefused(string details);

    /// <summary>Trailers have come behind the last bytes.</summary>
    void OnTunnelTrailers(HeaderMap trailers);
}

/// <summary>A request to an HTTP proxy that becomes a tunnel when it is granted: CONNECT or POST, with the protocol that the cluster speaks.</summary>
internal sealed class TunnelLink : UpstreamLink, IClientStreamHandler, IHttpPoolCallbacks
{
    private readonly WorkerCluster _cluster;
    private readonly ITunnelOwner _owner;
    private PendingRequest? _pending;
    private HttpClientStream? _stream;
    private bool _isMultiplexed;
    private bool _granted;
    private bool _isOver;
    private bool _answerEnded;
    private long _received;
    private long _sent;

    public TunnelLink(WorkerCluster cluster, ITunnelOwner owner)
    {
        _cluster = cluster;
        _owner = owner;
    }

    public HeaderMap ResponseHeaders { get; } = new();

    public HeaderMap ResponseTrailers { get; } = new();

    public override long BytesReceived => _stream?.WireBytesReceived ?? _received;

    public override long BytesSent => _stream?.WireBytesSent ?? _sent;

    // A tunnel ends with its client; its last bytes, when both sides have ended, are the pool's to send.
    public override long PendingBytes => 0;

    /// <summary>Asks for a tunnel by way of <paramref name="host"/>; what comes of it is told to the owner, possibly before the call returns.</summary>
    public void Start(Host host)
    {
        // A cluster that could speak either to its clients' taste is asked for HTTP/2.
        var pending = _cluster.NewRequest(host, new PoolQuery(RequestPriority.Default, HttpProtocol.Http2), this, this);
        if (_stream is null && !_isOver)
        {
            _pending = pending;
        }
    }

    public override void Write(ReadOnlySpan<byte> data, bool endStream)
    {
        _stream?.EncodeData(data, endStream);
        if (endStream && _answerEnded)
        {
            End();
            _owner.OnUpstreamClosed(isReset: false);
        }
    }

    public override void ReadDisable(bool disable) => _stream?.ReadDisable(disable);

    public override void CountBytes()
    {
    }

    /// <summary>Gives the tunnel up, or the request for one; the owner hears of it when the tunnel stood.</summary>
    public override void Close(CloseMode mode)
    {
        if (_isOver)
        {
            return;
        }

        GiveUp();
        if (_granted)
        {
            _owner.OnUpstreamClosed(isReset: false);
        }
    }

    public void OnPoolReady(HttpClientStream stream, Host host, Connection connection, HttpProtocol protocol, bool reused)
    {
        _pending = null;
        _stream = stream;
        _isMultiplexed = protocol >= HttpProtocol.Http2;
        stream.EndsApart = true;
        stream.EncodeHeaders(_owner.OnTunnelConnected(connection, host, protocol), endStream: false);
    }

    public void OnPoolFailure(PoolFailure failure, string details, Host host)
    {
        End();
        _owner.OnPoolFailure(failure, details, host);
    }

    void IClientStreamHandler.OnInformational()
    {
    }

    void IClientStreamHandler.OnHeaders(bool endStream)
    {
        _owner.OnTunnelAnswer(ResponseHeaders);
        if (IsGranted() && !endStream)
        {
            _granted = true;
            _owner.OnTunnelOpen();
            return;
        }

        if (endStream && _stream!.IsOver)
        {
            End();
        }
        else
        {
            GiveUp();
        }

        _owner.OnTunnelRefused($"tunnel_refused_{Encoding.ASCII.GetString(ResponseHeaders.Get(KnownHeader.Status))}");
    }

    void IClientStreamHandler.OnData(ReadOnlySpan<byte> data, bool endStream) => OnBytes(data, endStream);

    void IClientStreamHandler.OnTrailers()
    {
        if (_granted)
        {
            _owner.OnTunnelTrailers(ResponseTrailers);
            OnBytes(default, endStream: true);
        }
    }

    void IClientStreamHandler.OnReset(StreamResetReason reason, string details)
    {
        End();
        if (_granted)
        {
            _owner.OnUpstreamClosed(isReset: true);
        }
        else
        {
            _owner.OnTunnelRefused(details.Length > 0 ? details : "tunnel_connection_closed");
        }
    }

    void IClientStreamHandler.OnAboveHighWatermark()
    {
        if (_granted)
        {
            _owner.OnUpstreamAboveHighWatermark();
        }
    }

    void IClientStreamHandler.OnBelowLowWatermark()
    {
        if (_granted)
        {
            _owner.OnUpstreamBelowLowWatermark();
        }
    }

    private bool IsGranted()
    {
        var status = ResponseHeaders.Get(KnownHeader.Status);
        return _isMultiplexed ? status.SequenceEqual("200"u8) : status is [(byte)'2', ..];
    }

    // The stream may serve another request as soon as its last event has returned: it is let go first.
    private void OnBytes(ReadOnlySpan<byte> data, bool endStream)
    {
        _answerEnded |= endStream;
        var isOver = endStream && _stream!.IsOver;
        if (isOver)
        {
            End();
        }

        if (!_granted)
        {
            return;
        }

        _owner.OnUpstreamData(data, endStream);
        if (isOver)
        {
            _owner.OnUpstreamClosed(isReset: false);
        }
    }

    private void GiveUp()
    {
        if (_pending is { } pending)
        {
            _cluster.CancelRequest(pending);
        }
        else if (_stream is { } stream)
        {
            if (_isMultiplexed)
            {
                _cluster.Stats.Increment(ClusterStats.RequestSentReset);
            }

            stream.Reset(StreamResetReason.LocalReset);
        }

        End();
    }

    private void End()
    {
        _received = BytesReceived;
        _sent = BytesSent;
        _pending = null;
        _stream = null;
        _isOver = true;
    }
}

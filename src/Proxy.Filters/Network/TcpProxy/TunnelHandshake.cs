using Proxy.Clusters;
using Proxy.Connections;
using Proxy.Http;
using Proxy.Http.H1;

namespace Proxy.Filters.Network.TcpProxy;

/// <summary>Told what comes of a request for a tunnel: that it is open or that it is refused, once.</summary>
internal interface ITunnelOwner
{
    /// <summary>The head of the answer has come, whatever it says; comes before what follows from it.</summary>
    void OnTunnelAnswer(HeaderMap response);

    /// <summary>The tunnel stands: the connection and its lease belong to the callee, who starts it from inside the call.</summary>
    void OnTunnelOpen(Connection connection, IConnectionLease lease);

    /// <summary>First bytes that came with the answer; follows <see cref="OnTunnelOpen"/>.</summary>
    void OnTunnelData(ReadOnlySpan<byte> data);

    /// <summary>The proxy has refused, or the connection has broken. Comes when the connection is closed and its lease given back.</summary>
    void OnTunnelRefused(string details);
}

/// <summary>Asks an HTTP/1.1 proxy for a tunnel on a new connection, and hands it over when it is granted.</summary>
internal sealed class TunnelHandshake : IConnectionHandler, ICodecTransport, IClientStreamHandler
{
    private readonly Connection _connection;
    private readonly IConnectionLease _lease;
    private readonly ITunnelOwner _owner;
    private readonly Http1ClientCodec _codec;
    private bool _granted;
    private bool _cancelled;
    private string _details = "";

    public TunnelHandshake(Connection connection, IConnectionLease lease, ITunnelOwner owner)
    {
        _connection = connection;
        _lease = lease;
        _owner = owner;
        _codec = new Http1ClientCodec(this, Http1ClientOptions.Default);
    }

    public HeaderMap ResponseHeaders { get; } = new();

    public HeaderMap ResponseTrailers { get; } = new();

    /// <summary>Sends the request.</summary>
    public void Start(HeaderMap request)
    {
        _connection.Start(this);
        _codec.NewStream(this).EncodeHeaders(request, endStream: false);
    }

    /// <summary>Gives up; the owner hears nothing more.</summary>
    public void Cancel()
    {
        _cancelled = true;
        _connection.Close(CloseMode.Immediate);
    }

    public void OnConnected(Connection connection)
    {
    }

    public int OnData(Connection connection, ReadOnlySpan<byte> data, bool endOfStream) => _codec.Dispatch(data, endOfStream: false);

    public void OnAboveHighWatermark(Connection connection)
    {
    }

    public void OnBelowLowWatermark(Connection connection)
    {
    }

    public void OnClosed(Connection connection, CloseReason reason)
    {
        _lease.CountBytes();
        _lease.Dispose();
        if (!_cancelled)
        {
            _owner.OnTunnelRefused(_details.Length > 0 ? _details : "tunnel_connection_closed");
        }
    }

    void IClientStreamHandler.OnInformational()
    {
    }

    void IClientStreamHandler.OnHeaders(bool endStream)
    {
        _owner.OnTunnelAnswer(ResponseHeaders);
        if (ResponseHeaders.Get(KnownHeader.Status) is [(byte)'2', ..] && !endStream)
        {
            _granted = true;
            _owner.OnTunnelOpen(_connection, _lease);
        }
        else
        {
            Refuse($"tunnel_refused_{System.Text.Encoding.ASCII.GetString(ResponseHeaders.Get(KnownHeader.Status))}");
        }
    }

    void IClientStreamHandler.OnData(ReadOnlySpan<byte> data, bool endStream)
    {
        if (_granted && !data.IsEmpty)
        {
            _owner.OnTunnelData(data);
        }
    }

    void IClientStreamHandler.OnTrailers()
    {
    }

    void IClientStreamHandler.OnReset(StreamResetReason reason, string details) => Refuse("tunnel_protocol_error");

    void IClientStreamHandler.OnAboveHighWatermark()
    {
    }

    void IClientStreamHandler.OnBelowLowWatermark()
    {
    }

    void ICodecTransport.Write(ReadOnlySpan<byte> data) => _connection.Write(data);

    void ICodecTransport.ReadDisable(bool disable) => _connection.ReadDisable(disable);

    void ICodecTransport.BeginTunnel()
    {
    }

    void ICodecTransport.EndWrite()
    {
    }

    void ICodecTransport.Close(CloseMode mode, string details) => Refuse(details);

    private void Refuse(string details)
    {
        if (_details.Length == 0)
        {
            _details = details;
        }

        _connection.Close(CloseMode.Immediate, details);
    }
}

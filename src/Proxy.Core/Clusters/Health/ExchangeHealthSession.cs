using System.Text;
using Proxy.Clusters.Pools;
using Proxy.Connections;
using Proxy.Http;
using Proxy.Http.H1;
using Proxy.Observability;
using Proxy.Routing;
using Proxy.Streams;

namespace Proxy.Clusters.Health;

/// <summary>Checks a host by an exchange over HTTP, on a connection that is kept for the next one. What is asked, and what the answer says, is up to the kind of check.</summary>
internal abstract class ExchangeHealthSession : HealthSession, IConnectionHandler, ICodecTransport, IClientStreamHandler
{
    private readonly HttpProtocol _protocol;
    private readonly StreamInfo _info = new();
    private readonly HeaderMap _request = new();
    private Connection? _connection;
    private HttpClientCodec? _codec; // null before the connection is up
    private HttpClientStream? _stream; // null while nothing is asked

    protected ExchangeHealthSession(HealthChecker checker, Host host, HttpProtocol protocol)
        : base(checker, host)
    {
        _protocol = protocol;
    }

    public HeaderMap ResponseHeaders { get; } = new();

    public HeaderMap ResponseTrailers { get; } = new();

    /// <summary>A check is under way.</summary>
    protected bool IsAsked { get; private set; }

    public void OnConnected(Connection connection)
    {
        if (ReferenceEquals(connection, _connection))
        {
            Checker.SocketOf(Host).SendHeader(connection, default);
            _codec = CreateCodec();
            Send(_codec);
        }
    }

    public int OnData(Connection connection, ReadOnlySpan<byte> data, bool endOfStream)
    {
        // HTTP/2 has frames that nobody asked for.
        if (!ReferenceEquals(connection, _connection) || _codec is not { } codec || (_protocol != HttpProtocol.Http2 && codec.ActiveStreams == 0))
        {
            Abort(connection);
            return data.Length;
        }

        return codec.Dispatch(data, endOfStream);
    }

    public void OnAboveHighWatermark(Connection connection)
    {
    }

    public void OnBelowLowWatermark(Connection connection)
    {
    }

    public void OnClosed(Connection connection, CloseReason reason)
    {
        if (!ReferenceEquals(connection, _connection))
        {
            return; // given up before
        }

        var codec = _codec;
        _connection = null;
        _codec = null;
        codec?.OnConnectionClosed(graceful: reason.Origin == CloseOrigin.Remote, StreamResetReason.ConnectionTermination);
        if (IsAsked)
        {
            IsAsked = false;
            Fail(HealthFailure.Network);
        }
    }

    public void OnInformational()
    {
    }

    public abstract void OnHeaders(bool endStream);

    public abstract void OnData(ReadOnlySpan<byte> data, bool endStream);

    public abstract void OnTrailers();

    public void OnReset(StreamResetReason reason, string details)
    {
        if (IsAsked)
        {
            Abort();
            Fail(HealthFailure.Network);
        }
    }

    public void OnAboveHighWatermark()
    {
    }

    public void OnBelowLowWatermark()
    {
    }

    void ICodecTransport.Write(ReadOnlySpan<byte> data) => _connection?.Write(data);

    void ICodecTransport.ReadDisable(bool disable) => _connection?.ReadDisable(disable);

    void ICodecTransport.BeginTunnel()
    {
    }

    void ICodecTransport.EndWrite() => _connection?.Write(default, endStream: true);

    void ICodecTransport.Close(CloseMode mode, string details) => _connection?.Close(mode, details);

    /// <summary>Name of the host in requests, unless the host has one of its own or this is empty.</summary>
    protected abstract string Authority { get; }

    /// <summary>Sends the request, with Envoy's headers in Envoy's order.</summary>
    protected abstract void Send(HttpClientStream stream, HeaderMap headers, ReadOnlySpan<byte> host);

    protected override void Ask()
    {
        if (_codec is { CanTakeStream: true } codec)
        {
            IsAsked = true;
            Send(codec);
            return;
        }

        Abort();
        IsAsked = true;
        _connection = Checker.Connect(Host, this);
    }

    protected override void Abort()
    {
        var stream = IsAsked ? _stream : null;
        IsAsked = false;
        if (_connection is { } connection)
        {
            Abort(connection);
        }

        if (stream is { IsOver: false })
        {
            stream.Reset(StreamResetReason.LocalReset); // gives back what of the request still waits to be sent
        }
    }

    /// <summary>Gives up the exchange and keeps the connection, where that can be done.</summary>
    protected void AbortExchange()
    {
        if (_stream is null || !Model.Config.ReuseConnection)
        {
            Abort();
            return;
        }

        IsAsked = false;
        _stream.Reset(StreamResetReason.LocalReset);
    }

    /// <summary>The answer is known: closes the connection unless it serves the next check.</summary>
    /// <param name="keeps">The host would keep it.</param>
    protected void Finish(bool keeps)
    {
        IsAsked = false;
        if (!keeps || !Model.Config.ReuseConnection || _codec is { ShouldClose: true })
        {
            Abort();
        }
    }

    /// <summary>The scheme of requests.</summary>
    protected ReadOnlySpan<byte> Scheme => Checker.SocketOf(Host).Tls is null ? "http"u8 : "https"u8;

    /// <summary>Makes the edits that the check is configured with.</summary>
    protected void Edit(HeaderMap headers)
    {
        _info.UpstreamHost = Host;
        _info.UpstreamRemote = Host.EndPoint;
        var entry = new AccessLogEntry { Worker = Checker.Main, Info = _info, RequestHeaders = headers };
        Model.Edits?.Apply(headers, entry, HeaderEditScratch.Of(Checker.Main));
    }

    /// <summary>Status of the answer.</summary>
    protected int Status()
    {
        _ = System.Buffers.Text.Utf8Parser.TryParse(ResponseHeaders.Get(KnownHeader.Status), out int status, out _);
        return status;
    }

    private HttpClientCodec CreateCodec() => _protocol == HttpProtocol.Http2
        ? UpstreamCodecs.CreateHttp2(Checker.Cluster.Config.Http, this, null, Checker.Cluster.Http2Stats.Shard(Checker.Main), Checker.Main.Buffers)
        : new Http1ClientCodec(this, Http1ClientOptions.Default);

    private void Abort(Connection connection)
    {
        if (ReferenceEquals(connection, _connection))
        {
            _connection = null;
            _codec = null;
            _stream = null;
        }

        connection.Close(CloseMode.Immediate);
    }

    private void Send(HttpClientCodec codec)
    {
        ResponseHeaders.Clear();
        ResponseTrailers.Clear();
        _request.Clear();
        var name = Host.HealthCheck is { Hostname.Length: > 0 } own ? own.Hostname : Authority.Length > 0 ? Authority : Checker.Cluster.Config.Name;
        _stream = codec.NewStream(this);
        Send(_stream, _request, Encoding.UTF8.GetBytes(name));
    }
}

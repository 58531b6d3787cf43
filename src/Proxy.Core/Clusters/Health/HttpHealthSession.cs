using System.Text;
using Proxy.Configuration.Clusters;
using Proxy.Connections;
using Proxy.Http;
using Proxy.Http.H1;
using Proxy.Observability;
using Proxy.Routing;
using Proxy.Streams;

namespace Proxy.Clusters.Health;

/// <summary>Checks a host by an HTTP/1.1 request.</summary>
internal sealed class HttpHealthSession : HealthSession, IConnectionHandler, ICodecTransport, IClientStreamHandler
{
    private readonly HttpHealthProbeConfig _probe;
    private readonly StreamInfo _info = new();
    private readonly HeaderMap _request = new();
    private readonly byte[] _body;
    private Connection? _connection;
    private Http1ClientCodec? _codec; // null before the connection is up
    private int _bodyLength;
    private bool _asked;

    public HttpHealthSession(HealthChecker checker, Host host)
        : base(checker, host)
    {
        _probe = (HttpHealthProbeConfig)checker.Model.Config.Probe;
        _body = checker.Model.Receive.IsEmpty ? [] : new byte[_probe.ResponseBufferSize];
    }

    public HeaderMap ResponseHeaders { get; } = new();

    public HeaderMap ResponseTrailers { get; } = new();

    public void OnConnected(Connection connection)
    {
        if (ReferenceEquals(connection, _connection))
        {
            Checker.SocketOf(Host).SendHeader(connection, default);
            _codec = new Http1ClientCodec(this, Http1ClientOptions.Default);
            Send(_codec);
        }
    }

    public int OnData(Connection connection, ReadOnlySpan<byte> data, bool endOfStream)
    {
        if (!ReferenceEquals(connection, _connection) || _codec is not { ActiveStreams: > 0 } codec)
        {
            Abort(connection); // nobody asked
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
        if (_asked)
        {
            _asked = false;
            Fail(HealthFailure.Network);
        }
    }

    public void OnInformational()
    {
    }

    public void OnHeaders(bool endStream) => JudgeIf(endStream);

    public void OnData(ReadOnlySpan<byte> data, bool endStream)
    {
        var kept = data[..Math.Min(data.Length, _body.Length - _bodyLength)];
        kept.CopyTo(_body.AsSpan(_bodyLength));
        _bodyLength += kept.Length;
        JudgeIf(endStream);
    }

    public void OnTrailers() => JudgeIf(true);

    public void OnReset(StreamResetReason reason, string details)
    {
        if (_asked)
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

    protected override void Ask()
    {
        _asked = true;
        if (_codec is { CanTakeStream: true } codec)
        {
            Send(codec);
            return;
        }

        if (_connection is { } old)
        {
            Abort(old);
            _asked = true;
        }

        _connection = Checker.Connect(Host, this);
    }

    protected override void Abort()
    {
        _asked = false;
        if (_connection is { } connection)
        {
            Abort(connection);
        }
    }

    private void Abort(Connection connection)
    {
        if (ReferenceEquals(connection, _connection))
        {
            _connection = null;
            _codec = null;
        }

        connection.Close(CloseMode.Immediate);
    }

    private void Send(Http1ClientCodec codec)
    {
        ResponseHeaders.Clear();
        ResponseTrailers.Clear();
        _bodyLength = 0;
        _request.Clear();
        _request.Set(KnownHeader.Method, Encoding.ASCII.GetBytes(_probe.Method));
        _request.Set(KnownHeader.Path, Encoding.UTF8.GetBytes(_probe.Path));
        _request.Set(KnownHeader.Authority, Encoding.UTF8.GetBytes(NameOfHost()));
        _request.Set(KnownHeader.UserAgent, "Envoy/HC"u8);
        _info.UpstreamHost = Host;
        _info.UpstreamRemote = Host.EndPoint;
        var entry = new AccessLogEntry { Worker = Checker.Main, Info = _info, RequestHeaders = _request };
        Model.Edits?.Apply(_request, entry, HeaderEditScratch.Of(Checker.Main));
        codec.NewStream(this).EncodeHeaders(_request, endStream: true);
    }

    private string NameOfHost()
    {
        return Host.HealthCheck is { Hostname.Length: > 0 } own ? own.Hostname : _probe.Host.Length > 0 ? _probe.Host : Checker.Cluster.Config.Name;
    }

    private void JudgeIf(bool isComplete)
    {
        if (!isComplete || !_asked)
        {
            return;
        }

        _asked = false;
        _ = System.Buffers.Text.Utf8Parser.TryParse(ResponseHeaders.Get(KnownHeader.Status), out int status, out _);
        var closes = ResponseHeaders.TryGet(KnownHeader.Connection, out var options) && AsciiBytes.EqualsIgnoreCase(options, "close"u8);
        if (closes || !Model.Config.ReuseConnection)
        {
            Abort();
        }

        Judge(status);
    }

    private void Judge(int status)
    {
        if (!Model.IsExpected(status))
        {
            if (ResponseHeaders.Contains(KnownHeader.XEnvoyImmediateHealthCheckFail))
            {
                Exclude();
            }

            Fail(HealthFailure.Active, Model.IsRetriable(status), status);
            return;
        }

        if (!Model.Receive.Matches(_body.AsSpan(0, _bodyLength)) || !IsTheService())
        {
            Fail(HealthFailure.Active, retriable: false, status);
            return;
        }

        Pass(ResponseHeaders.Contains(KnownHeader.XEnvoyDegraded));
    }

    private bool IsTheService()
    {
        if (Model.ServiceName is not { } name)
        {
            return true;
        }

        Checker.Stats.Increment(HealthStats.VerifyCluster);
        return name.Matches(ResponseHeaders.Get(KnownHeader.XEnvoyUpstreamHealthcheckedCluster));
    }
}

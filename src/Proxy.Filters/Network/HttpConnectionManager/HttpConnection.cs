using Proxy.Configuration.Http;
using Proxy.Connections;
using Proxy.Http;

namespace Proxy.Filters.Network.HttpConnectionManager;

/// <summary>A client's connection that speaks HTTP: bytes to the codec, requests to streams, and the end of it all.</summary>
internal sealed partial class HttpConnection : NetworkFilter, IServerCodecHandler, ICodecTransport
{
    private const int PrematureResetsSample = 500;

    private readonly HttpManagerWorker _worker;
    private readonly HttpManagerModel _model;
    private HttpServerCodec? _codec;
    private HttpStream? _streams; // those under way, newest first
    private PeerAddress? _peer;
    private int _requests;
    private int _ended;
    private int _endedTooEarly;
    private long _started;
    private long _receivedCounted;
    private long _sentCounted;

    public HttpConnection(HttpManagerWorker worker)
    {
        _worker = worker;
        _model = worker.Model;
        _idle = new LazyTimer(worker.Worker, OnIdleTimeout);
    }

    private static ReadOnlySpan<byte> PrefaceStart => "PRI * HTTP/2"u8;

    public PeerAddress Peer => _peer ??= new PeerAddress(Connection.Info);

    public Connection Transport => Connection;

    /// <summary>True when its requests do not wait for each other, and none of them ends the connection.</summary>
    public bool IsMultiplexed => _codec is { IsMultiplexed: true };

    /// <summary>True when this side has ended the connection; of interest once it is over.</summary>
    public bool ClosedLocally { get; private set; }

    public override FilterStatus OnNewConnection()
    {
        var stats = _worker.Stats;
        stats.Increment(HttpStats.ConnectionTotal);
        stats.Increment(HttpStats.ConnectionActive);
        if (Connection.Info.IsTls)
        {
            stats.Increment(HttpStats.ConnectionTlsTotal);
            stats.Increment(HttpStats.ConnectionTlsActive);
        }

        Connection.Info.IsToldUpstream |= _model.Config.TellUpstreamsOfClient;
        _started = _worker.Worker.Now;
        Connection.DelayedCloseTimeout = (long)_model.Config.DelayedCloseTimeout.TotalMilliseconds;
        StartTimers();
        return FilterStatus.Continue;
    }

    public override FilterStatus OnData(ref StreamChunk chunk)
    {
        _codec ??= CreateCodec(chunk.Bytes);
        var used = _codec.Dispatch(chunk.Bytes, chunk.EndOfStream);
        chunk.Consume(used);
        CountBytes();
        return FilterStatus.StopIteration;
    }

    public override void OnAboveHighWatermark() => _codec?.OnAboveHighWatermark();

    public override void OnBelowLowWatermark() => _codec?.OnBelowLowWatermark();

    public override void OnDrain()
    {
        CloseAfterStreams();
        if (_streams is null)
        {
            Connection.Close(CloseMode.Flush, "proxy_leaving");
        }
    }

    public override void OnClosed(CloseReason reason)
    {
        ClosedLocally = reason.Origin == CloseOrigin.Local;
        CountClose(reason.Origin == CloseOrigin.Local, hasStreams: _streams is not null);
        StopTimers();
        _codec?.OnConnectionClosed();
    }

    IServerStreamHandler IServerCodecHandler.OnNewStream(HttpServerStream stream)
    {
        _idle.Stop();
        _requests++;
        var added = _worker.Rent();
        added.Next = _streams;
        _streams?.Previous = added;
        _streams = added;
        var isLast = _model.Config.MaxRequestsPerConnection is { } limit && _requests >= limit;
        if (isLast)
        {
            _worker.Stats.Increment(HttpStats.ConnectionMaxRequests);
        }

        added.Begin(this, stream, isLast);
        if (isLast && IsMultiplexed)
        {
            StartDrain();
        }

        return added;
    }

    /// <summary>A stream is over; the connection closes or waits for the next request.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="peerMayClose">The client has asked for the close and has nothing more to send: there is no need to wait for it.</param>
    public void OnStreamEnded(HttpStream stream, bool peerMayClose)
    {
        if (IsMultiplexed)
        {
            CountReset(stream.IsPrematurelyReset);
        }

        stream.Previous?.Next = stream.Next;
        stream.Next?.Previous = stream.Previous;
        _streams = ReferenceEquals(_streams, stream) ? stream.Next : _streams;
        stream.Next = stream.Previous = null;
        if (_streams is not null || Connection.State != ConnectionState.Open)
        {
            return;
        }

        if (_drain == DrainStage.Closing || _codec!.ShouldClose)
        {
            Connection.Close(peerMayClose ? CloseMode.Flush : CloseMode.FlushAndDelay, ""); // the usual end: Envoy tells no reason
        }
        else
        {
            _idle.Start(_model.IdleTimeout);
        }
    }

    void IServerCodecHandler.OnConnectionFault(string details)
    {
        _worker.Stats.Increment(HttpStats.ConnectionProtocolError);
        for (var stream = _streams; stream is not null; stream = stream.Next)
        {
            stream.OnConnectionFault(details);
        }
    }

    bool ICodecTransport.IsClosing => Connection.State > ConnectionState.Open;

    long ICodecTransport.PendingBytes => Connection.PendingBytes;

    void ICodecTransport.Flush() => Connection.Flush();

    void ICodecTransport.Write(ReadOnlySpan<byte> data) => Callbacks.Write(data, endStream: false);

    void ICodecTransport.ReadDisable(bool disable) => Connection.ReadDisable(disable);

    void ICodecTransport.BeginTunnel() => Connection.HalfCloseEnabled = true;

    void ICodecTransport.EndWrite() => Callbacks.Write(default, endStream: true);

    void ICodecTransport.Close(CloseMode mode, string details) => Connection.Close(mode, details);

    private HttpServerCodec CreateCodec(ReadOnlySpan<byte> first)
    {
        var isHttp2 = _model.Config.CodecType switch
        {
            CodecType.Http2 => true,
            CodecType.Http1 => false,
            _ => Connection.Info.NegotiatedProtocol is { Length: > 0 } agreed ? agreed == "h2" : first.StartsWith(PrefaceStart),
        };
        _worker.Stats.Increment(isHttp2 ? HttpStats.ConnectionHttp2Total : HttpStats.ConnectionHttp1Total);
        _worker.Stats.Increment(isHttp2 ? HttpStats.ConnectionHttp2Active : HttpStats.ConnectionHttp1Active);
        return isHttp2 ? _model.CreateHttp2Codec(this, this, _worker) : _model.CreateCodec(this, this);
    }

    // Requests that are begun to be reset cost more than they seem to (CVE-2023-44487); the numbers are Envoy's.
    private void CountReset(bool isPremature)
    {
        _ended++;
        _endedTooEarly += isPremature ? 1 : 0;
        var isTooMuch = _ended < PrematureResetsSample ? _endedTooEarly * 2 >= PrematureResetsSample : _endedTooEarly * 2 >= _ended;
        if (isPremature && isTooMuch && Connection.State == ConnectionState.Open)
        {
            _worker.Stats.Increment(HttpStats.RequestTooManyResets);
            Connection.Close(CloseMode.Immediate, "too_many_premature_resets");
        }
    }

    private void CountBytes()
    {
        var (received, sent) = (Connection.BytesReceived, Connection.BytesSent);
        _worker.Stats.Add(HttpStats.ConnectionBytesReceived, received - _receivedCounted);
        _worker.Stats.Add(HttpStats.ConnectionBytesSent, sent - _sentCounted);
        (_receivedCounted, _sentCounted) = (received, sent);
    }

    private void CountClose(bool local, bool hasStreams)
    {
        var stats = _worker.Stats;
        CountBytes();
        stats.Decrement(HttpStats.ConnectionActive);
        if (Connection.Info.IsTls)
        {
            stats.Decrement(HttpStats.ConnectionTlsActive);
        }

        if (_isTooOld)
        {
            stats.Decrement(HttpStats.ConnectionHttp1SoftDrain);
        }

        if (_codec is not null)
        {
            stats.Decrement(_codec.IsMultiplexed ? HttpStats.ConnectionHttp2Active : HttpStats.ConnectionHttp1Active);
        }

        stats.Record(HttpStats.ConnectionLength, _worker.Worker.Now - _started);
        stats.Increment(HttpStats.ConnectionDestroy);
        stats.Increment(local ? HttpStats.ConnectionDestroyLocal : HttpStats.ConnectionDestroyRemote);
        if (Connection.DelayedCloseTimedOut)
        {
            stats.Increment(HttpStats.ConnectionDelayedCloseTimeout);
        }

        if (hasStreams)
        {
            stats.Increment(HttpStats.ConnectionDestroyActive);
            stats.Increment(local ? HttpStats.ConnectionDestroyLocalActive : HttpStats.ConnectionDestroyRemoteActive);
        }
    }
}

using Proxy.Http;
using Proxy.Observability;

namespace Proxy.Filters.Network.HttpConnectionManager;

internal sealed partial class HttpStream
{
    void IServerStreamHandler.OnAboveHighWatermark() => SetClientSlow(true);

    void IServerStreamHandler.OnBelowLowWatermark() => SetClientSlow(false);

    public void SendInformational(HeaderMap headers)
    {
        // Without being told to pass it on, the client has had its 100 from the proxy.
        if (_model.Config.Proxy100Continue)
        {
            _idle.Touch();
            if (!_upgraded)
            {
                headers.Remove(KnownHeader.Connection);
                headers.Remove(KnownHeader.Upgrade);
            }

            headers.Remove(KnownHeader.KeepAlive);
            headers.Remove(KnownHeader.ProxyConnection);
            _codec?.EncodeInformational(headers);
        }
    }

    public void SendHeaders(HeaderMap headers, bool endStream)
    {
        if (_codec is not { } codec)
        {
            return;
        }

        _idle.Touch();
        _responseStarted = true;
        _model.Responses.Apply(headers, RequestHeaders, Worker);
        _model.ProxyStatus?.Apply(headers, Info, Worker);
        AnnounceClose(headers);
        Count(headers);
        Info.DownstreamFirstSentMicroseconds = Worker.NowMicroseconds;
        MarkSent(endStream);
        codec.EncodeHeaders(headers, endStream);
        if (_codec is not null)
        {
            Info.DownstreamHeaderSent = codec.HeaderBytesSent;
            LogTunnel(headers);
        }
    }

    private void SetClientSlow(bool slow)
    {
        _clientSlow = slow;
        _chain.OnClientWatermark(slow);
    }

    private void LogTunnel(HeaderMap headers)
    {
        if (_model.Config.LogOnTunnelEstablished && IsTunnel(headers))
        {
            Log(AccessLogType.DownstreamTunnelSuccessfullyEstablished);
        }
    }

    public void SendData(ReadOnlySpan<byte> data, bool endStream)
    {
        if (_codec is not { } codec)
        {
            return;
        }

        _idle.Touch();
        Info.BytesSent += data.Length;
        MarkSent(endStream);
        codec.EncodeData(data, endStream);
        LimitFlush(endStream);
        if (endStream && _upgraded && _chain.IsAnsweredLocally)
        {
            _codec?.Reset(StreamResetReason.LocalReset); // there is nobody at the other end of a tunnel that was answered here
        }
    }

    public void SendTrailers(HeaderMap trailers)
    {
        if (_codec is not { } codec)
        {
            return;
        }

        _idle.Touch();
        _responseTrailers = trailers;
        MarkSent(endStream: true);
        codec.EncodeTrailers(trailers);
        LimitFlush(endStream: true);
    }

    private void MarkSent(bool endStream)
    {
        if (endStream)
        {
            Info.DownstreamLastSentMicroseconds = Worker.NowMicroseconds;
        }
    }

    // A client that is still sending would have to be waited for before its next request could be told apart: the connection goes instead.
    private void AnnounceClose(HeaderMap headers)
    {
        _connection.DrainIfAsked();
        if (_connection.IsMultiplexed)
        {
            if (!_requestComplete)
            {
                _worker.Stats.Increment(HttpStats.RequestAnsweredEarly);
            }

            return; // what HTTP/2 has to say about the connection it says with GOAWAY
        }

        if (_isLast)
        {
            _connection.CloseAfterStreams();
        }

        if (!_requestComplete)
        {
            _worker.Stats.Increment(HttpStats.RequestAnsweredEarly);
            if (!IsTunnel(headers))
            {
                _connection.CloseAfterStreams();
            }
        }

        if (_connection.AnnouncesClose && !IsTunnel(headers))
        {
            headers.Set(KnownHeader.Connection, "close"u8);
        }
    }

    private bool IsTunnel(HeaderMap response)
    {
        return _upgraded && (IsConnect() ? response.Get(KnownHeader.Status) is [(byte)'2', ..] : Upgrades.IsUpgrade(response));
    }

    private void Count(HeaderMap headers)
    {
        var status = StatusOf(headers);
        Info.ResponseCode = status;
        if (Info.IsHealthCheck)
        {
            return;
        }

        _worker.Stats.Increment(HttpStats.RequestCompleted);
        _worker.Stats.Increment(HttpStats.ClassOf(status));
        _worker.ListenerStats?.Increment(ListenerHttpStats.Completed);
        _worker.ListenerStats?.Increment(ListenerHttpStats.ClassOf(status));
    }
}

using System.Text;
using Proxy.Connections;
using Proxy.Http;
using Proxy.Http.H1;
using Proxy.Observability;
using Proxy.Routing.Actions;
using Proxy.Streams;

namespace Proxy.Filters.Network.HttpConnectionManager;

internal sealed partial class HttpStream
{
    void IServerStreamHandler.OnHeaders(bool endStream)
    {
        _headSeen = true;
        StopHeadersTimer();
        _idle.Touch();
        if (endStream)
        {
            Info.RequestCompleteMicroseconds = Worker.NowMicroseconds;
            CompleteRequest(true);
        }

        Info.Protocol = _codec!.Protocol;
        Info.DownstreamHeaderReceived = _codec.HeaderBytesReceived;
        _clientCloses = !_connection.IsMultiplexed && (_isLast || WantsClose());
        if (_model.KeepsAfterInvalid)
        {
            CompleteRequest(endStream);
        }

        AnswerExpectation();
        if (_codec is null || !IsAcceptable())
        {
            return;
        }

        _model.Hosts.Apply(RequestHeaders, _connection.Peer.LocalPort);
        var rejected = _model.Requests.Apply(RequestHeaders, _connection.Peer, Info, Worker);
        if (rejected > 0)
        {
            _worker.Stats.Increment(HttpStats.RequestRejectedByAddress);
            Refuse(rejected, "original_ip_detection_failed");
            return;
        }

        EnterChain(endStream);
    }

    private void EnterChain(bool endStream)
    {
        ResolveRoute();
        LogBeginning();
        ApplyRouteTimeout();
        if (!IsUpgradeAllowed())
        {
            _worker.Stats.Increment(HttpStats.RequestUpgradeRefused);
            Refuse(403, "upgrade_failed");
            return;
        }

        _chain.Start(_route);
        _chain.OnRequestHeaders(RequestHeaders, endStream);
    }

    void IServerStreamHandler.OnData(ReadOnlySpan<byte> data, bool endStream)
    {
        _idle.Touch();
        Info.BytesReceived += data.Length;
        if (endStream)
        {
            Info.RequestCompleteMicroseconds = Worker.NowMicroseconds;
            CompleteRequest(true);
        }

        if (_chain.IsStarted)
        {
            _chain.OnRequestData(data, endStream);
        }
    }

    void IServerStreamHandler.OnTrailers()
    {
        _idle.Touch();
        Info.RequestCompleteMicroseconds = Worker.NowMicroseconds;
        CompleteRequest(true);
        if (_chain.IsStarted)
        {
            _chain.OnRequestTrailers(RequestTrailers);
        }
    }

    void IServerStreamHandler.OnUnderscoreFault(bool dropped)
    {
        _worker.CodecStats.Increment(dropped ? Http1Stats.DroppedUnderscores : Http1Stats.RejectedUnderscores);
    }

    void IServerStreamHandler.OnCodecError(HttpCodecError error)
    {
        StopHeadersTimer();
        _worker.Stats.Increment(HttpStats.ConnectionProtocolError);
        Info.Flags |= ResponseFlags.DownstreamProtocolError;
        Info.Protocol ??= _codec!.Protocol;
        if (_responseStarted)
        {
            Info.ResponseCodeDetails = error.Details; // the codec ends the stream
            return;
        }

        _connection.CloseAfterStreams();
        _chain.SendLocalReply(error.StatusCode, Encoding.UTF8.GetBytes(error.Body), error.Details, null);
    }

    private void CompleteRequest(bool endStream)
    {
        _requestComplete |= endStream;
        if (endStream)
        {
            StopRequestTimer();
        }
    }

    private bool WantsClose()
    {
        if (Info.Protocol == HttpProtocol.Http10)
        {
            return !(RequestHeaders.TryGet(KnownHeader.Connection, out var keep) && TokenLists.Contains(keep, "keep-alive"u8));
        }

        return (RequestHeaders.TryGet(KnownHeader.Connection, out var options) && TokenLists.Contains(options, "close"u8))
            || (RequestHeaders.TryGet(KnownHeader.ProxyConnection, out options) && TokenLists.Contains(options, "close"u8));
    }

    // The client waits for a word before it sends the body; unless told to ask the upstream, the proxy gives it.
    private void AnswerExpectation()
    {
        if (!_model.Config.Proxy100Continue && RequestHeaders.TryGet(KnownHeader.Expect, out var expected)
            && AsciiBytes.EqualsIgnoreCase(expected, "100-continue"u8))
        {
            RequestHeaders.Remove(KnownHeader.Expect);
            _codec!.EncodeInformational(_worker.Continue);
        }
    }

    private void LogBeginning()
    {
        if (_model.Config.LogOnNewRequest)
        {
            Log(AccessLogType.DownstreamStart);
        }
    }

    private bool IsAcceptable()
    {
        if (!RequestHeaders.Contains(KnownHeader.Authority))
        {
            var connection = Connection;
            var isShared = _connection.IsMultiplexed;
            RefuseMalformed("missing_host_header");
            if (!isShared)
            {
                connection.Close(CloseMode.FlushAndDelay, "missing_host_header"); // even where that is not announced
            }

            return false;
        }

        if (RequestHeaders.Get(KnownHeader.Method).SequenceEqual("QUERY"u8) && !RequestHeaders.Contains(KnownHeader.ContentType))
        {
            return RefuseMalformed("missing_content_type");
        }

        if (ConnectUdp.Is(RequestHeaders) && !ConnectUdp.TryTakeTarget(RequestHeaders))
        {
            return Refuse(404, "invalid_path", "The path is incorrect for CONNECT-UDP"u8);
        }

        var path = RequestHeaders.Get(KnownHeader.Path);
        if (path.IsEmpty)
        {
            return IsConnect() ? true : Refuse(404, "missing_path_rejected");
        }

        if (path[0] != '/')
        {
            _worker.Stats.Increment(HttpStats.RequestNonRelativePath);
            return Refuse(404, "absolute_path_rejected");
        }

        return IsPathAcceptable();
    }

    private bool IsPathAcceptable()
    {
        switch (_worker.Paths.Apply(RequestHeaders))
        {
            case PathOutcome.Reject:
                _worker.Stats.Increment(HttpStats.RequestFailedNormalization);
                return RefuseMalformed("path_normalization_failed");
            case PathOutcome.Redirect:
                _worker.Stats.Increment(HttpStats.RequestRedirectedNormalized);
                _chain.SendLocalReply(307, default, "path_normalization_failed", headers => headers.Set(KnownHeader.Location, RequestHeaders.Get(KnownHeader.Path)));
                return false;
            default:
                return true;
        }
    }

    private bool IsConnect() => RequestHeaders.Get(KnownHeader.Method).SequenceEqual("CONNECT"u8);

    private bool RefuseMalformed(string details)
    {
        if (!_model.Config.StreamErrorOnInvalidMessage && !_connection.IsMultiplexed)
        {
            _connection.CloseAfterStreams();
        }

        return Refuse(400, details);
    }

    private bool Refuse(int status, string details, ReadOnlySpan<byte> body = default)
    {
        _chain.SendLocalReply(status, body, details, null);
        return false;
    }

    private void ApplyRouteTimeout()
    {
        if (_route?.Action is not ForwardAction forward)
        {
            return;
        }

        if (forward.IdleTimeout is { } timeout)
        {
            _idle.Start((long)timeout.TotalMilliseconds);
        }

        if (forward.Durations is { HasStreamLimit: true } durations)
        {
            LimitDuration(durations);
        }
    }

    // A request without a route is answered by the terminal filter, upgrade or not.
    private bool IsUpgradeAllowed()
    {
        var type = Upgrades.TypeOf(RequestHeaders);
        if (type.IsEmpty && !Upgrades.IsUpgrade(RequestHeaders))
        {
            return true;
        }

        var allowed = AllowedByRoute(type) ?? _model.Upgrades.Allows(type) ?? false;
        if (allowed)
        {
            UseFilters(_model.Upgrades.FiltersFor(type));
            _upgraded = true;
            _worker.Stats.Increment(HttpStats.ConnectionUpgradesTotal);
            _worker.Stats.Increment(HttpStats.ConnectionUpgradesActive);
        }

        return allowed || _route is null;
    }

    // Upgrades are rare: a chain of their own is not kept for the next one.
    private void UseFilters(HttpFilterChainModel? filters)
    {
        if (filters is not null)
        {
            _chain = new HttpFilterChain(filters, this, Worker) { BufferLimit = _chain.BufferLimit };
            if (_clientSlow)
            {
                _chain.OnClientWatermark(above: true);
            }
        }
    }

    private void RecycleChain()
    {
        var limit = _chain.BufferLimit;
        _chain.Recycle();
        if (!ReferenceEquals(_chain, _usualChain))
        {
            _chain = _usualChain;
            _chain.Recycle();
        }

        _chain.BufferLimit = limit;
    }

    // Upgrades are rare: a string for the look-up does no harm.
    private bool? AllowedByRoute(ReadOnlySpan<byte> type)
    {
        return _route?.Action is ForwardAction { Upgrades.Count: > 0 } action
            && action.Upgrades.TryGetValue(Encoding.ASCII.GetString(type).ToLowerInvariant(), out var enabled) ? enabled : null;
    }
}

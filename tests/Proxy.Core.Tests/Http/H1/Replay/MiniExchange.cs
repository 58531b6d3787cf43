using System.Text;
using Proxy.Http;
using Proxy.Http.H1;

namespace Proxy.Core.Tests.Http.H1.Replay;

/// <summary>One request through the two codecs, with the checks that a connection manager makes.</summary>
internal sealed class MiniExchange(MiniProxy proxy, HttpServerStream downstream) : IServerStreamHandler, IClientStreamHandler
{
    private readonly List<Action> _waiting = [];
    private MiniUpstream? _upstream;
    private HttpClientStream? _request;
    private bool _requestEnded;
    private bool _answered;
    private bool _responseStarted;
    private bool _upgrade;

    public HeaderMap RequestHeaders { get; } = new();

    public HeaderMap RequestTrailers { get; } = new();

    public HeaderMap ResponseHeaders { get; } = new();

    public HeaderMap ResponseTrailers { get; } = new();

    private static ReadOnlySpan<byte> Bytes(string text) => Encoding.Latin1.GetBytes(text);

    void IServerStreamHandler.OnHeaders(bool endStream)
    {
        _requestEnded = endStream;
        var method = Encoding.Latin1.GetString(RequestHeaders.Get(KnownHeader.Method));
        var path = Encoding.Latin1.GetString(RequestHeaders.Get(KnownHeader.Path));
        _upgrade = ConnectionOptions.IsUpgrade(RequestHeaders) && method != "CONNECT";
        var wanted = Encoding.Latin1.GetString(RequestHeaders.Get(KnownHeader.Upgrade)).ToLowerInvariant();
        if (!RequestHeaders.Contains(KnownHeader.Authority) || path.Contains('#', StringComparison.Ordinal)
            || (method == "QUERY" && !RequestHeaders.Contains(KnownHeader.ContentType)))
        {
            Answer(400, "", close: !proxy.Settings.Server.StreamErrorOnInvalidMessage);
            proxy.CloseClient();
        }
        else if (_upgrade && !(proxy.Settings.Upgrades && (wanted == "websocket" || (wanted == "connect" && proxy.Settings.Connect))))
        {
            Answer(403, "", close: true);
        }
        else if (method == "CONNECT" ? !proxy.Settings.Connect : !path.StartsWith('/'))
        {
            Answer(404, "", close: method == "CONNECT");
        }
        else
        {
            Forward(endStream);
        }
    }

    void IServerStreamHandler.OnData(ReadOnlySpan<byte> data, bool endStream)
    {
        _requestEnded |= endStream;
        var copy = data.ToArray();
        ToUpstream(() => _request!.EncodeData(copy, endStream));
    }

    void IServerStreamHandler.OnTrailers()
    {
        _requestEnded = true;
        ToUpstream(() => _request!.EncodeTrailers(RequestTrailers));
    }

    void IServerStreamHandler.OnCodecError(HttpCodecError error)
    {
        Abandon();
        if (!_responseStarted)
        {
            Answer(error.StatusCode, error.Body, close: true);
        }
    }

    void IServerStreamHandler.OnReset(StreamResetReason reason) => Abandon();

    void IServerStreamHandler.OnStreamClosed()
    {
        Abandon();
        if (proxy.Codec.ShouldClose)
        {
            proxy.CloseClient(delayed: !_requestEnded);
        }
    }

    void IClientStreamHandler.OnInformational()
    {
        if (proxy.Settings.Proxy100Continue && !_responseStarted)
        {
            StripHop(ResponseHeaders, keepUpgrade: _upgrade);
            downstream.EncodeInformational(ResponseHeaders);
        }
    }

    void IClientStreamHandler.OnHeaders(bool endStream)
    {
        _responseStarted = true;
        StripHop(ResponseHeaders, keepUpgrade: _upgrade && ConnectionOptions.IsUpgrade(ResponseHeaders));
        if (endStream)
        {
            ReleaseUpstream();
        }

        downstream.EncodeHeaders(ResponseHeaders, endStream);
    }

    void IClientStreamHandler.OnData(ReadOnlySpan<byte> data, bool endStream)
    {
        if (endStream)
        {
            ReleaseUpstream();
        }

        downstream.EncodeData(data, endStream);
    }

    void IClientStreamHandler.OnTrailers()
    {
        ReleaseUpstream();
        downstream.EncodeTrailers(ResponseTrailers);
    }

    void IClientStreamHandler.OnReset(StreamResetReason reason, string details)
    {
        ReleaseUpstream();
        if (_responseStarted)
        {
            downstream.Reset(StreamResetReason.LocalReset);
        }
        else
        {
            Answer(reason == StreamResetReason.ProtocolError ? 502 : 503, "reset", close: false);
        }
    }

    void IServerStreamHandler.OnAboveHighWatermark()
    {
    }

    void IServerStreamHandler.OnBelowLowWatermark()
    {
    }

    void IClientStreamHandler.OnAboveHighWatermark()
    {
    }

    void IClientStreamHandler.OnBelowLowWatermark()
    {
    }

    private void Forward(bool endStream)
    {
        StripHop(RequestHeaders, keepUpgrade: _upgrade || RequestHeaders.Get(KnownHeader.Method).SequenceEqual("CONNECT"u8));
        if (RequestHeaders.TryGet(KnownHeader.Te, out var te))
        {
            if (TokenList.Contains(te, "trailers"u8))
            {
                RequestHeaders.Set(KnownHeader.Te, "trailers"u8);
            }
            else
            {
                RequestHeaders.Remove(KnownHeader.Te);
            }
        }

        if (!proxy.Settings.Proxy100Continue && RequestHeaders.TryGet(KnownHeader.Expect, out var expect)
            && AsciiBytes.EqualsIgnoreCase(expect, "100-continue"u8))
        {
            RequestHeaders.Remove(KnownHeader.Expect);
            downstream.EncodeInformational(Text.Map((":status", "100")));
        }

        _upstream = proxy.TakeUpstream();
        _upstream.Connect(codec =>
        {
            if (_upstream is null)
            {
                return;
            }

            _request = codec.NewStream(this);
            _request.EncodeHeaders(RequestHeaders, endStream);
            foreach (var action in _waiting)
            {
                action();
            }

            _waiting.Clear();
        });
    }

    private void ToUpstream(Action action)
    {
        if (_request is not null)
        {
            action();
        }
        else if (_upstream is not null)
        {
            _waiting.Add(action);
        }
    }

    private void ReleaseUpstream()
    {
        var upstream = _upstream;
        _upstream = null;
        _request = null;
        if (upstream is not null)
        {
            proxy.Defer(upstream.Release);
        }
    }

    // The downstream side is over; an exchange that is not goes with its connection.
    private void Abandon()
    {
        var (upstream, request) = (_upstream, _request);
        _upstream = null;
        _request = null;
        _waiting.Clear();
        if (upstream is not null)
        {
            request?.Reset(StreamResetReason.LocalReset);
            upstream.Taken = false;
            if (request is null && !upstream.Closed)
            {
                // Never sent anything: it stays for the next one.
                return;
            }

            upstream.CloseConnection();
        }
    }

    private void Answer(int status, string body, bool close)
    {
        if (_answered)
        {
            return;
        }

        _answered = _responseStarted = true;
        var headers = Text.Map((":status", status.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        if (body.Length > 0)
        {
            headers.Add("content-length"u8, Bytes(body.Length.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        }

        if (close)
        {
            headers.Add("connection"u8, "close"u8);
        }

        downstream.EncodeHeaders(headers, endStream: body.Length == 0);
        if (body.Length > 0)
        {
            downstream.EncodeData(Bytes(body), endStream: true);
        }
    }

    private static void StripHop(HeaderMap headers, bool keepUpgrade)
    {
        headers.Remove(KnownHeader.KeepAlive);
        headers.Remove(KnownHeader.ProxyConnection);
        headers.Remove(KnownHeader.TransferEncoding);
        if (!keepUpgrade)
        {
            headers.Remove(KnownHeader.Connection);
            headers.Remove(KnownHeader.Upgrade);
        }
    }
}

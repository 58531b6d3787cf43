using Proxy.Connections;
using Proxy.Stats;
using Proxy.Workers;

namespace Proxy.Http.H2;

/// <summary>The side that clients connect to: streams are requests.</summary>
internal sealed class Http2ServerSession : Http2Session, IKeepaliveTarget
{
    private const int KeptStreams = 128;

    private readonly IServerCodecHandler _owner;
    private readonly Worker _worker;
    private readonly Stack<Http2ServerStream> _free = new();
    private Keepalive? _keepalive;
    private bool _noticed; // a first GOAWAY is out
    private bool _refuses; // the last one is

    public Http2ServerSession(ICodecTransport transport, IServerCodecHandler owner, Http2Options options, StatShard stats, Worker worker)
        : base(transport, options, stats)
    {
        _owner = owner;
        _worker = worker;
    }

    /// <summary>No further request will be taken, and none is under way.</summary>
    public bool IsFinished => IsDead || (_refuses && ActiveStreams == 0);

    protected override bool IsServer => true;

    /// <summary>The preface has come.</summary>
    public void Start()
    {
        SendSettings();
        if (Options.Config.Keepalive is { } keepalive)
        {
            _keepalive = new Keepalive(_worker, keepalive, this);
        }
    }

    /// <summary>The peer does not speak HTTP/2.</summary>
    public void FailPreface() => End(CloseMode.Flush, "http2.bad_preface"); // frames would tell it nothing (RFC 9113 section 3.4)

    /// <summary>Asks the client to begin no more requests; those already under way, and on the way, are served (RFC 9113 section 6.8).</summary>
    public void StartDrain()
    {
        if (!_noticed && !IsDead)
        {
            _noticed = true;
            SendGoAway(int.MaxValue, Http2Error.None);
        }
    }

    /// <summary>From here on new requests are refused.</summary>
    public void FinishDrain()
    {
        if (!_refuses && !IsDead)
        {
            _noticed = _refuses = true;
            SendGoAway(LastPeerStream, Http2Error.None);
        }
    }

    /// <summary>The stream may serve another request.</summary>
    public void Return(Http2ServerStream stream)
    {
        if (_free.Count < KeptStreams)
        {
            _free.Push(stream);
        }
    }

    /// <summary>Bytes have come.</summary>
    public void OnReceived() => _keepalive?.OnReceived();

    void IKeepaliveTarget.OnSilence()
    {
        Stats.Increment(Http2Stats.KeepaliveTimeout);
        End(CloseMode.Immediate, "http2.ping_timeout");
    }

    protected override void OnPingAnswered() => _keepalive?.OnAnswered();

    protected override void OnEnded() => _keepalive?.Stop();

    protected override void OnFailed(string details) => _owner.OnConnectionFault(details);

    protected override Http2Stream? OpenPeerStream(int id)
    {
        var isTooMany = ActiveStreams >= Options.Config.MaxConcurrentStreams;
        if (isTooMany && AreSettingsAcknowledged)
        {
            Fail(Http2Error.Protocol, "http2.too_many_streams"); // it knows better, as Envoy has it
            return null;
        }

        if (_refuses || isTooMany)
        {
            Stats.Increment(Http2Stats.StreamRefused);
            SendReset(id, Http2Error.RefusedStream);
            return null;
        }

        var stream = _free.TryPop(out var free) ? free : new Http2ServerStream(this, _worker.Buffers);
        Open(stream.Core, id);
        stream.Begin(_owner.OnNewStream(stream));
        TellWatermark(stream.Core);
        return stream.Core;
    }

    protected override void OnBlock(Http2Stream stream, ReadOnlySpan<byte> block, bool endStream)
    {
        var owner = (Http2ServerStream)stream.Owner;
        if (stream.LocalEnded)
        {
            stream.RemoteEnded = endStream; // answered already
            Drop(block);
        }
        else if (!stream.HeadReceived)
        {
            OnHead(owner, block, endStream);
        }
        else
        {
            OnTrailers(owner, block, endStream);
        }

        EndIfDone(stream);
    }

    private void OnHead(Http2ServerStream owner, ReadOnlySpan<byte> block, bool endStream)
    {
        var stream = owner.Core;
        var headers = owner.Handler.RequestHeaders;
        Fields.Begin(BlockKind.Request, headers);
        if (!TryTake(owner.Core, block))
        {
            return;
        }

        if (!RequestHead.TryComplete(headers, Options.Config.AllowConnect) || (endStream && Fields.ContentLength > 0 && !owner.IsConnect))
        {
            FailMessage(stream, "http2.violation.of.messaging.rule");
            return;
        }

        stream.HeadReceived = true;
        stream.RemoteEnded = endStream;
        stream.Expected = owner.IsConnect ? -1 : Fields.ContentLength;
        owner.OnHead(headers, endStream);
        owner.Handler.OnHeaders(endStream);
    }

    private void OnTrailers(Http2ServerStream owner, ReadOnlySpan<byte> block, bool endStream)
    {
        var stream = owner.Core;
        Fields.Begin(BlockKind.Trailers, owner.Handler.RequestTrailers);
        if (!TryTake(owner.Core, block))
        {
            return;
        }

        if (stream.Expected > 0)
        {
            FailLength(stream);
            return;
        }

        if (!endStream)
        {
            FailMessage(stream, "http2.violation.of.messaging.rule");
            return;
        }

        stream.RemoteEnded = true;
        owner.Handler.OnTrailers();
    }
}

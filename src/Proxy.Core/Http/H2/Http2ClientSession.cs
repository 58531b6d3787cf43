using Proxy.Buffers;
using Proxy.Stats;

namespace Proxy.Http.H2;

/// <summary>The side that connects: streams are exchanges with an upstream.</summary>
internal sealed class Http2ClientSession : Http2Session
{
    private const int KeptStreams = 128;
    private const int TrustedLimit = 100; // streams that every peer takes, as long as it has not said anything (RFC 9113 section 6.5.2)

    private readonly BufferPool _pool;
    private readonly IClientCodecHandler? _handler;
    private readonly Stack<Http2ClientStream> _free = new();
    private readonly List<Http2ClientStream> _unsent = []; // exchanges whose head is not out yet: they have no number
    private int _nextId = 1;
    private int _limit = TrustedLimit;
    private bool _goAwayReceived;

    public Http2ClientSession(ICodecTransport transport, IClientCodecHandler? handler, Http2Options options, StatShard stats, BufferPool pool)
        : base(transport, options, stats)
    {
        _handler = handler;
        _pool = pool;
        _limit = Math.Min(TrustedLimit, options.Config.MaxConcurrentStreams);
        SendRaw(Http2Frame.Preface);
        SendSettings();
    }

    /// <summary>Exchanges under way.</summary>
    public int Exchanges => ActiveStreams + _unsent.Count;

    /// <summary>Exchanges that may be under way.</summary>
    public int Limit => _limit;

    /// <summary>The peer has not said how many.</summary>
    public bool AwaitsLimit => !SettingsSeen;

    /// <summary>It takes no further exchange.</summary>
    public bool IsSpent => IsDead || _goAwayReceived || _nextId < 0;

    protected override bool IsServer => false;

    protected override int NextOwnStream => _nextId;

    /// <summary>Begins an exchange.</summary>
    public Http2ClientStream Begin(IClientStreamHandler handler)
    {
        var stream = _free.TryPop(out var free) ? free : new Http2ClientStream(this, _pool);
        _unsent.Add(stream);
        stream.Begin(handler);
        return stream;
    }

    /// <summary>The exchange's head is about to be sent: it gets a number.</summary>
    public void Number(Http2ClientStream stream)
    {
        _unsent.Remove(stream);
        Open(stream.Core, _nextId);
        TellWatermark(stream.Core);
        _nextId = unchecked(_nextId + 2);
    }

    /// <summary>The exchange is given up before its head was sent.</summary>
    public void Forget(Http2ClientStream stream)
    {
        _unsent.Remove(stream);
        OnStreamOver();
    }

    /// <summary>A stream is no longer among the exchanges.</summary>
    public void OnStreamOver()
    {
        if (!IsDead)
        {
            _handler?.OnStreamOver();
        }
    }

    /// <summary>The answer is complete, or nobody wants it: what is left of the exchange is not sent, and not received.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="error">What the peer is told; null for nothing.</param>
    public void Finish(Http2Stream stream, Http2Error? error)
    {
        if (!IsDead && error is { } code)
        {
            SendReset(stream.Id, code);
        }

        Remove(stream);
        OnStreamOver();
    }

    /// <summary>The stream may serve another exchange.</summary>
    public void Return(Http2ClientStream stream)
    {
        if (_free.Count < KeptStreams)
        {
            _free.Push(stream);
        }
    }

    /// <summary>The peer takes CONNECT with a protocol, or may do so: it has not said anything yet.</summary>
    public bool MayConnectWithProtocol => PeerTakesConnectProtocol || !SettingsSeen;

    protected override Http2Stream? OpenPeerStream(int id)
    {
        Fail(Http2Error.Protocol, "http2.stream_of_a_server"); // push is off
        return null;
    }

    protected override void OnPeerSettings()
    {
        _limit = (int)Math.Min(PeerMaxStreams, Options.Config.MaxConcurrentStreams);
        _handler?.OnLimitChanged();
    }

    protected override void OnPingAnswered() => _handler?.OnPingAnswered();

    protected override void OnGoAway(int lastStream, Http2Error error)
    {
        if (!_goAwayReceived)
        {
            _goAwayReceived = true;
            _handler?.OnGoAway();
        }

        ForEach(lastStream, static (stream, lastStream) =>
        {
            if (stream.Id > lastStream)
            {
                stream.Owner.OnReset(StreamResetReason.RemoteRefusedStreamReset, "http2.remote_refuse");
            }
        });
    }

    protected override void OnEnded()
    {
        while (_unsent.Count > 0)
        {
            var stream = _unsent[^1];
            _unsent.RemoveAt(_unsent.Count - 1);
            stream.End(StreamResetReason.ConnectionTermination, "");
        }
    }

    protected override void OnBlock(Http2Stream stream, ReadOnlySpan<byte> block, bool endStream)
    {
        var owner = (Http2ClientStream)stream.Owner;
        if (stream.HeadReceived)
        {
            OnTrailers(owner, block, endStream);
        }
        else
        {
            OnHead(owner, block, endStream);
        }
    }

    private void OnHead(Http2ClientStream owner, ReadOnlySpan<byte> block, bool endStream)
    {
        Fields.Begin(BlockKind.Response, owner.Handler.ResponseHeaders);
        if (!TryTake(owner.Core, block))
        {
            return;
        }

        var status = ResponseHead.StatusOf(owner.Handler.ResponseHeaders);
        if (status is < 100 or 101 || (status < 200 && endStream))
        {
            FailMessage(owner.Core, "http2.violation.of.messaging.rule");
        }
        else if (status < 200)
        {
            owner.OnInformational(status);
        }
        else if (endStream && Fields.ContentLength > 0 && owner.MayHaveBody(status))
        {
            FailLength(owner.Core);
        }
        else
        {
            owner.Core.HeadReceived = true;
            owner.Core.RemoteEnded = endStream;
            owner.Core.Expected = owner.MayHaveBody(status) ? Fields.ContentLength : -1;
            owner.OnHead(status, endStream);
        }
    }

    private void OnTrailers(Http2ClientStream owner, ReadOnlySpan<byte> block, bool endStream)
    {
        Fields.Begin(BlockKind.Trailers, owner.Handler.ResponseTrailers);
        if (!TryTake(owner.Core, block))
        {
            return;
        }

        if (owner.Core.Expected > 0)
        {
            FailLength(owner.Core);
        }
        else if (!endStream)
        {
            FailMessage(owner.Core, "http2.violation.of.messaging.rule");
        }
        else
        {
            owner.Core.RemoteEnded = true;
            owner.OnTrailers();
        }
    }
}

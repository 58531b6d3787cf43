using Proxy.Connections;
using Proxy.Http.H2.Hpack;
using Proxy.Stats;

namespace Proxy.Http.H2;

/// <summary>What both sides of HTTP/2 share (RFC 9113): frames, streams, windows, settings, and the bounds on what a peer can make this side do.</summary>
/// <remarks>
/// Bytes in, calls out; no I/O. After a connection error GOAWAY has been sent, the transport was told to close, and everything the peer still sends is
/// dropped. Frames of many streams that are written in one callback leave with one call into the kernel: that is the transport's doing.
/// </remarks>
internal abstract partial class Http2Session
{
    private readonly ICodecTransport _transport;
    private readonly Dictionary<int, Http2Stream> _streams = [];
    private readonly ClosedStreams _reset = new();
    private readonly HpackDecoder _decoder = new();
    private readonly HpackEncoder _encoder;
    private List<Http2Stream>? _snapshot = [];
    private bool _isAbove;
    private readonly List<(Http2Stream Stream, int Id)> _answered = []; // before their requests were complete
    private bool _failed;
    private bool _closed;

    protected Http2Session(ICodecTransport transport, Http2Options options, StatShard stats)
    {
        _transport = transport;
        _encoder = new HpackEncoder(options.Config.HpackTableBytes, options.Config.Huffman);
        _connectionReceive = new ReceiveWindow(options.Config.InitialConnectionWindowBytes);
        Options = options;
        Stats = stats;
        Fields = new FieldBlockReader(options);
    }

    /// <summary>Settings of this side.</summary>
    public Http2Options Options { get; }

    /// <summary>Counters under <c>http2.</c></summary>
    public StatShard Stats { get; }

    /// <summary>Streams under way.</summary>
    public int ActiveStreams => _streams.Count;

    /// <summary>True after an error of the connection, and once it is gone.</summary>
    public bool IsDead => _failed || _closed;

    /// <summary>Highest stream of the peer that this side has begun to work on.</summary>
    protected int LastPeerStream { get; private set; }

    /// <summary>Streams ever begun, by either side.</summary>
    protected long StreamsOpened { get; private set; }

    /// <summary>Puts fields into maps.</summary>
    protected FieldBlockReader Fields { get; }

    /// <summary>True for the side that clients connect to.</summary>
    protected abstract bool IsServer { get; }

    /// <summary>Tells all streams that the connection takes no more bytes, or does so again.</summary>
    public void OnWatermark(bool above)
    {
        _isAbove = above;
        ForEach(this, static (stream, session) => session.TellWatermark(stream));
    }

    /// <summary>Tells a stream's owner whether to send or to stop, if it does not know.</summary>
    public void TellWatermark(Http2Stream stream)
    {
        var above = _isAbove || stream.IsAboveHighWatermark;
        if (above != stream.IsToldToStop)
        {
            stream.IsToldToStop = above;
            stream.Owner.OnWatermark(above);
        }
    }

    /// <summary>The connection is gone: every live stream is over.</summary>
    public void OnConnectionClosed(StreamResetReason reason, string details)
    {
        if (!_closed)
        {
            _closed = true;
            Abandon(reason, details);
        }
    }

    private void Abandon(StreamResetReason reason, string details)
    {
        OnEnded();
        ForEach((this, reason, details), static (stream, end) =>
        {
            stream.Owner.OnReset(end.reason, end.details);
            end.Item1.Remove(stream);
        });
    }

    /// <summary>Gives up on a stream (RFC 9113 section 5.4.2).</summary>
    public void Reset(Http2Stream stream, Http2Error error)
    {
        if (stream.Id == 0)
        {
            return;
        }

        if (!IsDead)
        {
            SendReset(stream.Id, error);
        }

        Remove(stream);
    }

    /// <summary>Stops or resumes the body of a stream; counted.</summary>
    public void ReadDisable(Http2Stream stream, bool disable)
    {
        stream.ReadDisables += disable ? 1 : -1;
        if (stream.ReadDisables == 0 && stream.Held > 0 && stream.Id != 0)
        {
            var held = stream.Held;
            stream.Held = 0;
            Release(stream, held);
        }
    }

    /// <summary>A stream that the peer begins; null when it cannot be, and the session has been told.</summary>
    protected abstract Http2Stream? OpenPeerStream(int id);

    /// <summary>A whole header block has come for a stream. Decode it with <see cref="TryDecode"/>.</summary>
    protected abstract void OnBlock(Http2Stream stream, ReadOnlySpan<byte> block, bool endStream);

    /// <summary>The connection is over, before streams hear of it.</summary>
    protected virtual void OnEnded()
    {
    }

    /// <summary>The peer has answered a ping.</summary>
    protected virtual void OnPingAnswered()
    {
    }

    /// <summary>The connection has failed, before streams hear of it.</summary>
    protected virtual void OnFailed(string details)
    {
    }

    /// <summary>The peer has sent GOAWAY.</summary>
    protected virtual void OnGoAway(int lastStream, Http2Error error)
    {
    }

    /// <summary>The peer has changed what it allows.</summary>
    protected virtual void OnPeerSettings()
    {
    }

    /// <summary>Takes a stream into the table.</summary>
    protected void Open(Http2Stream stream, int id)
    {
        stream.Open(id, PeerInitialWindow, Options.Config.InitialStreamWindowBytes);
        _streams.Add(id, stream);
        StreamsOpened++;
        Stats.Increment(Http2Stats.StreamsActive);
    }

    /// <summary>Decodes a block into the fields' reader. False when the connection has failed by it.</summary>
    protected bool TryDecode(ReadOnlySpan<byte> block)
    {
        if (_decoder.TryDecode(block, Fields))
        {
            return true;
        }

        Fail(Http2Error.Compression, "http2.compression_error");
        return false;
    }

    /// <summary>Decodes a stream's block, and ends the stream or the connection when its fields are none that it may have.</summary>
    /// <returns>False when one of them has ended.</returns>
    protected bool TryTake(Http2Stream stream, ReadOnlySpan<byte> block)
    {
        if (!TryDecode(block))
        {
            return false;
        }

        stream.Owner.OnBlockReceived(block.Length, Fields.CountedBytes);
        Stats.Add(Http2Stats.DroppedUnderscores, Fields.DroppedUnderscores);
        switch (Fields.Fault)
        {
            case BlockFault.None:
                return true;
            case BlockFault.TooLarge:
                Stats.Increment(Http2Stats.HeaderOverflow);
                FailStream(stream, Http2Error.Internal, "http2.too_many_headers");
                return false;
            case BlockFault.Underscore:
                Stats.Increment(Http2Stats.RejectedUnderscores);
                FailStream(stream, Http2Error.Internal, "http2.unexpected_underscore");
                return false;
            default:
                FailMessage(stream, "http2.invalid.header.field");
                return false;
        }
    }

    /// <summary>A message breaks the rules: its stream ends, or the connection, as configured.</summary>
    protected void FailMessage(Http2Stream stream, string details)
    {
        Stats.Increment(Http2Stats.MessagingError);
        if (Options.StreamErrorOnInvalidMessage)
        {
            FailStream(stream, Http2Error.Protocol, details);
        }
        else
        {
            Fail(Http2Error.Protocol, details);
        }
    }

    /// <summary>The body is not as long as announced: where it ends is clear all the same, so the connection lives (RFC 9113 section 8.1.1).</summary>
    protected void FailLength(Http2Stream stream)
    {
        Stats.Increment(Http2Stats.MessagingError);
        FailStream(stream, Http2Error.Protocol, "http2.violation.of.messaging.rule");
    }

    /// <summary>A stream error (RFC 9113 section 5.4.2).</summary>
    protected void FailStream(Http2Stream stream, Http2Error error, string details)
    {
        SendReset(stream.Id, error);
        stream.Owner.OnReset(StreamResetReason.ProtocolError, details);
        Remove(stream);
    }

    /// <summary>A connection error (RFC 9113 section 5.4.1).</summary>
    protected void Fail(Http2Error error, string details)
    {
        if (IsDead)
        {
            return;
        }

        SendGoAway(LastPeerStream, error);
        End(CloseMode.FlushAndDelay, details);
    }

    /// <summary>Ends the connection. Its streams are over now, and not when it is: what they have begun elsewhere must not go on.</summary>
    protected void End(CloseMode mode, string details)
    {
        _failed = true;
        OnFailed(details);
        _transport.Close(mode, details);
        Abandon(StreamResetReason.ProtocolError, details);
    }

    /// <summary>The stream is over on both sides, or given up.</summary>
    protected void Remove(Http2Stream stream)
    {
        if (!_streams.Remove(stream.Id))
        {
            return;
        }

        Stats.Decrement(Http2Stats.StreamsActive);
        if (stream.Held > 0 && !IsDead)
        {
            ReleaseConnection(stream.Held);
        }

        Stats.Add(Http2Stats.PendingSendBytes, -stream.Pending.Length);
        stream.Recycle();
        stream.Owner.OnClosed();
    }

    /// <summary>Ends the stream when nothing more will come of it.</summary>
    protected void EndIfDone(Http2Stream stream)
    {
        if (stream.Id == 0 || !stream.LocalEnded)
        {
            return;
        }

        if (stream.RemoteEnded)
        {
            Remove(stream);
        }
        else if (IsServer)
        {
            // The answer is complete: what the client still wants to say does not matter (RFC 9113 section 8.1), but it may have said it already.
            _answered.Add((stream, stream.Id));
            if (!_dispatching)
            {
                ResetAnswered();
            }
        }
    }

    private void ResetAnswered()
    {
        foreach (var (stream, id) in _answered)
        {
            if (stream.Id == id)
            {
                Reset(stream, Http2Error.None);
            }
        }

        _answered.Clear();
    }

    /// <summary>Does something with every stream under way; it may end some of them, or all.</summary>
    protected void ForEach<T>(T argument, Action<Http2Stream, T> action)
    {
        var streams = _snapshot ?? [];
        _snapshot = null; // a call inside the call takes another list
        streams.AddRange(_streams.Values);
        foreach (var stream in streams)
        {
            if (stream.Id != 0)
            {
                action(stream, argument);
            }
        }

        streams.Clear();
        _snapshot = streams;
    }
}

using System.Buffers.Binary;

namespace Proxy.Http.H2;

/// <remarks>Frames. All but DATA are handled when they are whole; DATA is passed on as it comes.</remarks>
internal abstract partial class Http2Session
{
    private const int StreamUpdatesAllowed = 5;

    private byte[] _block = []; // header block in several frames
    private int _blockLength;
    private int _blockStream; // 0: none is open
    private bool _blockEndsStream;
    private int _newStream; // its first block is not through yet
    private int _emptyFrames;
    private long _priorityFrames;
    private long _windowUpdates;
    private int _dataStream; // of the DATA frame under way
    private int _dataLeft = -1; // -1: none is under way
    private int _padLeft;
    private bool _dataEndsStream;
    private bool _dispatching;

    /// <summary>The peer has said what it allows.</summary>
    protected bool SettingsSeen { get; private set; }

    /// <summary>Bytes from the peer, behind the preface.</summary>
    /// <returns>Bytes used from the front; the rest comes again.</returns>
    public int Dispatch(ReadOnlySpan<byte> data)
    {
        var used = 0;
        _dispatching = true;
        while (!IsDead && used < data.Length)
        {
            var count = _dataLeft >= 0 ? ReadData(data[used..]) : ReadFrame(data[used..]);
            if (count == 0)
            {
                break;
            }

            used += count;
        }

        _dispatching = false;
        ResetAnswered();
        return IsDead ? data.Length : used;
    }

    private int ReadFrame(ReadOnlySpan<byte> data)
    {
        if (data.Length < Http2Frame.HeadBytes)
        {
            return 0;
        }

        var frame = Http2Frame.Read(data);
        if (frame.Length > Http2Frame.DefaultMaxLength)
        {
            Fail(Http2Error.FrameSize, "http2.frame_too_large");
            return 0;
        }

        if (!IsInOrder(frame))
        {
            Fail(Http2Error.Protocol, "http2.unexpected_frame");
            return 0;
        }

        var payload = data[Http2Frame.HeadBytes..];
        if (frame.Type == FrameType.Data)
        {
            return BeginData(frame, payload);
        }

        if (payload.Length < frame.Length)
        {
            return 0;
        }

        OnFrame(frame, payload[..frame.Length]);
        return Http2Frame.HeadBytes + frame.Length;
    }

    // RFC 9113 section 3.4 and 6.2: SETTINGS come first, and nothing comes between the parts of a header block.
    private bool IsInOrder(Http2Frame frame)
    {
        if (!SettingsSeen)
        {
            return frame.Type == FrameType.Settings && !frame.Has(FrameFlags.Ack);
        }

        return _blockStream != 0 ? frame.Type == FrameType.Continuation && frame.StreamId == _blockStream : frame.Type != FrameType.Continuation;
    }

    private void OnFrame(Http2Frame frame, ReadOnlySpan<byte> payload)
    {
        switch (frame.Type)
        {
            case FrameType.Headers:
                OnHeadersFrame(frame, payload);
                break;
            case FrameType.Continuation:
                OnContinuation(frame, payload);
                break;
            case FrameType.Priority:
                OnPriority(frame);
                break;
            case FrameType.Reset:
                OnResetFrame(frame, payload);
                break;
            case FrameType.Settings:
                OnSettings(frame, payload);
                break;
            case FrameType.PushPromise:
                Fail(Http2Error.Protocol, "http2.push_refused"); // it was never allowed: ENABLE_PUSH is 0, and clients may not push
                break;
            case FrameType.Ping:
                OnPing(frame, payload);
                break;
            case FrameType.GoAway:
                OnGoAwayFrame(frame, payload);
                break;
            case FrameType.WindowUpdate:
                OnWindowUpdate(frame, payload);
                break;
            default:
                break; // RFC 9113 section 5.5
        }
    }

    private void OnHeadersFrame(Http2Frame frame, ReadOnlySpan<byte> payload)
    {
        if (frame.StreamId == 0)
        {
            Fail(Http2Error.Protocol, "http2.headers_frame");
            return;
        }

        if (!TryUnpad(frame, ref payload) || !TrySkipPriority(frame, ref payload))
        {
            return;
        }

        var endStream = frame.Has(FrameFlags.EndStream);
        if (!CountEmpty(payload.IsEmpty && !endStream && !frame.Has(FrameFlags.EndHeaders)))
        {
            return;
        }

        if (IsNewPeerStream(frame.StreamId))
        {
            LastPeerStream = frame.StreamId;
            _newStream = frame.StreamId;
        }

        if (frame.Has(FrameFlags.EndHeaders))
        {
            OnHeaderBlock(frame.StreamId, payload, endStream);
            return;
        }

        _blockStream = frame.StreamId;
        _blockEndsStream = endStream;
        _blockLength = 0;
        AddToBlock(payload);
    }

    private void OnContinuation(Http2Frame frame, ReadOnlySpan<byte> payload)
    {
        if (!CountEmpty(payload.IsEmpty && !frame.Has(FrameFlags.EndHeaders)) || !AddToBlock(payload) || !frame.Has(FrameFlags.EndHeaders))
        {
            return;
        }

        var id = _blockStream;
        _blockStream = 0;
        OnHeaderBlock(id, _block.AsSpan(0, _blockLength), _blockEndsStream);
        if (_block.Length > 64 * 1024)
        {
            _block = [];
        }
    }

    // The encoded block of an acceptable head is not much longer than the head, however badly it is encoded.
    private bool AddToBlock(ReadOnlySpan<byte> payload)
    {
        if (_blockLength + payload.Length > Options.MaxHeadBytes + (Options.MaxHeadersCount * 16) + Http2Frame.DefaultMaxLength)
        {
            Stats.Increment(Http2Stats.HeaderListTooLarge);
            Fail(Http2Error.EnhanceYourCalm, "http2.header_block_too_large");
            return false;
        }

        if (_block.Length < _blockLength + payload.Length)
        {
            Array.Resize(ref _block, Math.Max(_block.Length * 2, _blockLength + payload.Length));
        }

        payload.CopyTo(_block.AsSpan(_blockLength));
        _blockLength += payload.Length;
        return true;
    }

    private void OnHeaderBlock(int id, ReadOnlySpan<byte> block, bool endStream)
    {
        if (!_streams.TryGetValue(id, out var stream))
        {
            if (id != _newStream)
            {
                OnBlockWithoutStream(id, block);
                return;
            }

            _newStream = 0;
            stream = OpenPeerStream(id);
            if (stream is null)
            {
                Drop(block);
                return;
            }
        }
        else if (stream.RemoteEnded)
        {
            Fail(Http2Error.StreamClosed, "http2.stream_closed");
            return;
        }

        OnBlock(stream, block, endStream);
    }

    private bool IsNewPeerStream(int id) => (id & 1) == (IsServer ? 1 : 0) && id > LastPeerStream;

    private void OnBlockWithoutStream(int id, ReadOnlySpan<byte> block)
    {
        if (_reset.MayStillSend(id))
        {
            Stats.Increment(Http2Stats.HeadersWithoutStream);
            Drop(block);
        }
        else
        {
            Fail(IsIdle(id) ? Http2Error.Protocol : Http2Error.StreamClosed, "http2.no_such_stream");
        }
    }

    /// <summary>Decodes a block for the sake of the compression state.</summary>
    protected void Drop(ReadOnlySpan<byte> block)
    {
        Fields.Begin(BlockKind.Dropped, null);
        TryDecode(block);
    }

    private int BeginData(Http2Frame frame, ReadOnlySpan<byte> payload)
    {
        var isPadded = frame.Has(FrameFlags.Padded);
        if (isPadded && payload.IsEmpty && frame.Length > 0)
        {
            return 0;
        }

        var padding = isPadded && frame.Length > 0 ? payload[0] + 1 : 0;
        if (frame.StreamId == 0 || IsIdle(frame.StreamId) || padding > frame.Length || (isPadded && frame.Length == 0))
        {
            Fail(Http2Error.Protocol, "http2.data_frame");
            return 0;
        }

        _dataEndsStream = frame.Has(FrameFlags.EndStream);
        if (!CountEmpty(frame.Length == padding && !_dataEndsStream))
        {
            return 0;
        }

        _dataStream = frame.StreamId;
        _padLeft = Math.Max(0, padding - 1);
        _dataLeft = frame.Length - padding;
        if (!TakeFromWindows(frame.Length, padding))
        {
            return 0;
        }

        var used = Http2Frame.HeadBytes + (isPadded ? 1 : 0);
        return used + (payload.Length > (isPadded ? 1 : 0) || _dataLeft + _padLeft == 0 ? ReadData(payload[(isPadded ? 1 : 0)..]) : 0);
    }

    private bool TakeFromWindows(int bytes, int padding)
    {
        if (!_connectionReceive.TryTake(bytes))
        {
            Fail(Http2Error.FlowControl, "http2.connection_window_exceeded");
            return false;
        }

        ReleaseConnection(padding);
        if (!_streams.TryGetValue(_dataStream, out var stream))
        {
            if (_reset.MayStillSend(_dataStream))
            {
                return true;
            }

            Fail(Http2Error.StreamClosed, "http2.stream_closed");
            return false;
        }

        if (stream.RemoteEnded || !stream.HeadReceived)
        {
            Fail(stream.RemoteEnded ? Http2Error.StreamClosed : Http2Error.Protocol, "http2.stream_closed");
            return false;
        }

        if (!stream.Receive.TryTake(bytes))
        {
            FailStream(stream, Http2Error.FlowControl, "http2.stream_window_exceeded");
            return true;
        }

        if (stream.Receive.Release(padding) is var increment and > 0)
        {
            SendWindowUpdate(stream.Id, increment);
        }

        return true;
    }

    private int ReadData(ReadOnlySpan<byte> data)
    {
        var used = Math.Min(_dataLeft, data.Length);
        _dataLeft -= used;
        var padding = 0;
        if (_dataLeft == 0)
        {
            padding = Math.Min(_padLeft, data.Length - used);
            _padLeft -= padding;
        }

        var isLast = _dataLeft == 0 && _padLeft == 0;
        if (isLast)
        {
            _dataLeft = -1;
        }

        Deliver(data[..used], isLast && _dataEndsStream);
        return used + padding;
    }

    private void Deliver(ReadOnlySpan<byte> data, bool endStream)
    {
        if (!_streams.TryGetValue(_dataStream, out var stream))
        {
            ReleaseConnection(data.Length);
            return;
        }

        if (data.IsEmpty && !endStream)
        {
            return;
        }

        if (stream.Expected >= 0)
        {
            stream.Expected -= data.Length;
            if (stream.Expected < 0 || (endStream && stream.Expected > 0))
            {
                ReleaseConnection(data.Length);
                FailLength(stream);
                return;
            }
        }

        var id = stream.Id;
        stream.RemoteEnded = endStream;
        if (IsServer && stream.LocalEnded)
        {
            ReleaseConnection(data.Length);
            EndIfDone(stream);
            return;
        }

        stream.Owner.OnData(data, endStream);
        if (stream.Id != id)
        {
            ReleaseConnection(data.Length); // it has ended meanwhile
        }
        else
        {
            Hold(stream, data.Length);
            EndIfDone(stream);
        }
    }

    private void Hold(Http2Stream stream, int bytes)
    {
        if (stream.ReadDisables > 0)
        {
            stream.Held += bytes;
        }
        else
        {
            Release(stream, bytes);
        }
    }

    private bool TryUnpad(Http2Frame frame, ref ReadOnlySpan<byte> payload)
    {
        if (!frame.Has(FrameFlags.Padded))
        {
            return true;
        }

        if (payload.IsEmpty || payload[0] >= payload.Length)
        {
            Fail(Http2Error.Protocol, "http2.padding");
            return false;
        }

        payload = payload[1..(payload.Length - payload[0])];
        return true;
    }

    // Priorities are ignored (RFC 9113 section 5.3.2); a stream that depends on itself is a fault all the same, as everywhere.
    private bool TrySkipPriority(Http2Frame frame, ref ReadOnlySpan<byte> payload)
    {
        if (!frame.Has(FrameFlags.Priority))
        {
            return true;
        }

        if (payload.Length < 5)
        {
            Fail(Http2Error.FrameSize, "http2.headers_frame");
            return false;
        }

        if ((BinaryPrimitives.ReadInt32BigEndian(payload) & int.MaxValue) == frame.StreamId)
        {
            Fail(Http2Error.Protocol, "http2.stream_depends_on_itself");
            return false;
        }

        payload = payload[5..];
        return true;
    }

    private bool CountEmpty(bool isEmpty)
    {
        _emptyFrames = isEmpty ? _emptyFrames + 1 : 0;
        if (_emptyFrames <= Options.Config.MaxConsecutiveEmptyFrames)
        {
            return true;
        }

        Stats.Increment(Http2Stats.EmptyFramesFlood);
        Fail(Http2Error.EnhanceYourCalm, "http2.inbound_empty_frames_flood");
        return false;
    }
}

using System.Buffers.Binary;
using Proxy.Connections;
using Proxy.Stats;

namespace Proxy.Http.H2;

/// <remarks>Frames out. A body that finds its windows closed waits with its stream; the streams that wait get their turns one after the other.</remarks>
internal abstract partial class Http2Session
{
    private readonly Queue<Http2Stream> _waiting = new();
    private long _connectionSend = Http2Frame.DefaultWindow;
    private long _dataFramesSent;
    private long _outboundFrames; // since the transport had nothing to send
    private long _outboundControlFrames;

    /// <summary>Sends a header block, in as many frames as it takes.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="headers">The fields; those that HTTP/2 has no use for are left out.</param>
    /// <param name="endStream">Nothing follows.</param>
    public void SendHeaders(Http2Stream stream, HeaderMap headers, bool endStream)
    {
        _encoder.Begin();
        var isOrdered = IsOrdered(headers);
        if (!isOrdered)
        {
            AddPseudo(headers);
        }

        foreach (var field in headers)
        {
            if (!IsConnectionSpecific(field.Id) && (isOrdered || !KnownHeaders.IsPseudo(field.Id)))
            {
                _encoder.Add(field.Id, field.Name, field.Value);
            }
        }

        var block = _encoder.Written;
        stream.Owner.OnBlockSent(block.Length);
        SendBlock(stream.Id, block, endStream);
        if (endStream)
        {
            EndLocal(stream);
        }
    }

    /// <summary>Sends body, or keeps it until the windows open.</summary>
    public void SendData(Http2Stream stream, ReadOnlySpan<byte> data, bool endStream)
    {
        stream.LocalEnding |= endStream;
        if (stream.Pending.IsEmpty)
        {
            data = data[SendNow(stream, data, endStream)..];
            if (data.IsEmpty)
            {
                return;
            }
        }

        stream.Pending.Append(data);
        Stats.Add(Http2Stats.PendingSendBytes, data.Length);
        Queue(stream);
        if (!stream.IsAboveHighWatermark && stream.Pending.Length > Options.StreamBufferBytes)
        {
            stream.IsAboveHighWatermark = true;
            TellWatermark(stream);
        }
    }

    /// <summary>Sends trailers behind the body.</summary>
    public void SendTrailers(Http2Stream stream, HeaderMap trailers)
    {
        stream.LocalEnding = true;
        Stats.Increment(Http2Stats.Trailers);
        if (stream.Pending.IsEmpty)
        {
            SendHeaders(stream, trailers, endStream: true);
        }
        else
        {
            stream.Keep(trailers);
        }
    }

    /// <summary>Says that no stream above <paramref name="lastStream"/> was or will be worked on (RFC 9113 section 6.8).</summary>
    protected void SendGoAway(int lastStream, Http2Error error)
    {
        Span<byte> payload = stackalloc byte[8];
        BinaryPrimitives.WriteInt32BigEndian(payload, lastStream);
        BinaryPrimitives.WriteUInt32BigEndian(payload[4..], (uint)error);
        Stats.Increment(Http2Stats.GoAwaySent);
        SendFrame(FrameType.GoAway, FrameFlags.None, 0, payload);
    }

    /// <summary>Ends a stream that is not, or no longer, in the table.</summary>
    protected void SendReset(int id, Http2Error error)
    {
        Span<byte> payload = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(payload, (uint)error);
        Stats.Increment(Http2Stats.ResetSent);
        _reset.Add(id);
        SendFrame(FrameType.Reset, FrameFlags.None, id, payload);
    }

    /// <summary>Sends bytes that are no frame.</summary>
    protected void SendRaw(ReadOnlySpan<byte> data) => _transport.Write(data);

    private static bool IsOrdered(HeaderMap headers)
    {
        var hasRegular = false;
        foreach (var field in headers)
        {
            if (!KnownHeaders.IsPseudo(field.Id))
            {
                hasRegular = true;
            }
            else if (hasRegular)
            {
                return false;
            }
        }

        return true;
    }

    // RFC 9113 section 8.3: they come first. A request of HTTP/1 has got some of them late; Envoy sends its in this order.
    private void AddPseudo(HeaderMap headers)
    {
        ReadOnlySpan<KnownHeader> order = [KnownHeader.Authority, KnownHeader.Path, KnownHeader.Method, KnownHeader.Scheme, KnownHeader.Protocol, KnownHeader.Status];
        foreach (var id in order)
        {
            if (headers.TryGet(id, out var value))
            {
                _encoder.Add(id, KnownHeaders.NameOf(id), value);
            }
        }
    }

    private static bool IsConnectionSpecific(KnownHeader id)
    {
        return id is KnownHeader.Connection or KnownHeader.KeepAlive or KnownHeader.ProxyConnection or KnownHeader.TransferEncoding or KnownHeader.Upgrade
            or KnownHeader.Http2Settings;
    }

    private void SendBlock(int id, ReadOnlySpan<byte> block, bool endStream)
    {
        var type = FrameType.Headers;
        var flags = endStream ? FrameFlags.EndStream : FrameFlags.None;
        while (block.Length > PeerMaxFrame)
        {
            SendFrame(type, flags, id, block[..PeerMaxFrame]);
            block = block[PeerMaxFrame..];
            type = FrameType.Continuation;
            flags = FrameFlags.None;
        }

        SendFrame(type, flags | FrameFlags.EndHeaders, id, block);
    }

    // Returns the bytes that the windows had room for.
    private int SendNow(Http2Stream stream, ReadOnlySpan<byte> data, bool endStream)
    {
        var sent = 0;
        do
        {
            var room = Math.Min(PeerMaxFrame, Math.Min(stream.SendWindow, _connectionSend));
            var count = (int)Math.Min(Math.Max(0, room), data.Length - sent);
            var isLast = endStream && sent + count == data.Length;
            if (count == 0 && !isLast)
            {
                return sent;
            }

            SendDataFrame(stream, data.Slice(sent, count), isLast);
            sent += count;
        }
        while (sent < data.Length && !IsDead);

        return data.Length;
    }

    private void SendDataFrame(Http2Stream stream, ReadOnlySpan<byte> data, bool isLast)
    {
        stream.SendWindow -= data.Length;
        _connectionSend -= data.Length;
        _dataFramesSent++;
        SendFrame(FrameType.Data, isLast ? FrameFlags.EndStream : FrameFlags.None, stream.Id, data);
        if (isLast)
        {
            EndLocal(stream);
        }
    }

    private void EndLocal(Http2Stream stream)
    {
        stream.LocalEnding = stream.LocalEnded = true;
        EndIfDone(stream);
    }

    private void Queue(Http2Stream stream)
    {
        if (!stream.IsQueued && !stream.Pending.IsEmpty)
        {
            stream.IsQueued = true;
            _waiting.Enqueue(stream);
        }
    }

    // One frame a turn. Streams whose own window is closed leave the queue, and come back with its update.
    private void SendQueued()
    {
        while (_connectionSend > 0 && !IsDead && _waiting.TryDequeue(out var stream))
        {
            stream.IsQueued = false;
            if (stream.Id == 0 || stream.Pending.IsEmpty || stream.SendWindow <= 0)
            {
                continue;
            }

            SendPending(stream);
            Queue(stream);
        }
    }

    private void SendPending(Http2Stream stream)
    {
        var id = stream.Id;
        var data = stream.Pending.First;
        var count = (int)Math.Min(Math.Min(data.Length, PeerMaxFrame), Math.Min(stream.SendWindow, _connectionSend));
        var isAll = count == stream.Pending.Length;
        var trailers = isAll ? stream.PendingTrailers : null;
        stream.SendWindow -= count;
        _connectionSend -= count;
        _dataFramesSent++;
        var isLast = isAll && stream.LocalEnding && trailers is null;
        SendFrame(FrameType.Data, isLast ? FrameFlags.EndStream : FrameFlags.None, id, data[..count]);
        stream.Pending.Consume(count);
        Stats.Add(Http2Stats.PendingSendBytes, -count);
        if (trailers is not null)
        {
            SendHeaders(stream, trailers, endStream: true);
        }
        else if (isLast)
        {
            EndLocal(stream);
        }

        if (stream.Id == id && stream.IsAboveHighWatermark && stream.Pending.Length <= Options.StreamBufferBytes / 2)
        {
            stream.IsAboveHighWatermark = false;
            TellWatermark(stream);
        }
    }

    private void SendWindowUpdate(int id, int increment)
    {
        Span<byte> payload = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(payload, increment);
        SendFrame(FrameType.WindowUpdate, FrameFlags.None, id, payload);
    }

    private void SendFrame(FrameType type, FrameFlags flags, int id, ReadOnlySpan<byte> payload)
    {
        if (IsDead)
        {
            return;
        }

        Span<byte> frame = stackalloc byte[Http2Frame.HeadBytes + SmallPayload];
        new Http2Frame(payload.Length, type, flags, id).Write(frame);
        if (payload.Length <= SmallPayload)
        {
            payload.CopyTo(frame[Http2Frame.HeadBytes..]);
            _transport.Write(frame[..(Http2Frame.HeadBytes + payload.Length)]);
        }
        else
        {
            _transport.Write(frame[..Http2Frame.HeadBytes]);
            _transport.Write(payload);
        }

        CountOutbound(type is FrameType.Ping or FrameType.Settings or FrameType.Reset);
    }

    private const int SmallPayload = 247;

    // A peer that makes this side write and does not read is a flood, whatever it sends.
    private void CountOutbound(bool isControl)
    {
        _outboundFrames++;
        _outboundControlFrames += isControl ? 1 : 0;
        if (_outboundFrames <= Options.Config.MaxOutboundFrames && _outboundControlFrames <= Options.Config.MaxOutboundControlFrames)
        {
            return;
        }

        var before = _transport.PendingBytes;
        _transport.Flush();
        var after = _transport.PendingBytes;
        if (after < before || after == 0)
        {
            _outboundFrames = after == 0 ? 0 : _outboundFrames * after / before;
            _outboundControlFrames = after == 0 ? 0 : _outboundControlFrames * after / before;
        }

        if (_outboundControlFrames > Options.Config.MaxOutboundControlFrames)
        {
            Flood(Http2Stats.OutboundControlFlood, "http2.outbound_control_frames_flood");
        }
        else if (_outboundFrames > Options.Config.MaxOutboundFrames)
        {
            Flood(Http2Stats.OutboundFlood, "http2.outbound_frames_flood");
        }
    }

    private void Flood(CounterId counter, string details)
    {
        Stats.Increment(counter);
        End(CloseMode.Reset, details);
    }
}

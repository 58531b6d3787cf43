using System.Buffers.Binary;

namespace Proxy.Http.H2;

/// <remarks>Everything about the connection as a whole: settings, windows, pings, GOAWAY.</remarks>
internal abstract partial class Http2Session
{
    private const int SettingBytes = 6;
    private const int OwnSettings = 6;
    private const int MaxSettings = 32; // a frame of many is an attempt to keep this side busy

    private ReceiveWindow _connectionReceive;
    private int _settingsUnacknowledged;
    private bool _peerHasPriorities = true;
    private int _peerGoAway = int.MaxValue;

    /// <summary>The peer knows what this side allows.</summary>
    protected bool AreSettingsAcknowledged => _settingsUnacknowledged == 0;

    /// <summary>Window of streams to come, as the peer wants it.</summary>
    protected int PeerInitialWindow { get; private set; } = Http2Frame.DefaultWindow;

    /// <summary>Longest frame that the peer takes.</summary>
    protected int PeerMaxFrame { get; private set; } = Http2Frame.DefaultMaxLength;

    /// <summary>Streams that the peer lets this side have at a time.</summary>
    protected long PeerMaxStreams { get; private set; } = long.MaxValue;

    /// <summary>The peer takes CONNECT with a protocol (RFC 8441).</summary>
    protected bool PeerTakesConnectProtocol { get; private set; }

    /// <summary>Sends this side's settings; the first thing a side does (RFC 9113 section 3.4).</summary>
    protected void SendSettings()
    {
        var length = 0;
        var config = Options.Config;
        Span<byte> payload = config.CustomSettings.Count == 0 ? stackalloc byte[SettingBytes * OwnSettings] : new byte[SettingBytes * (OwnSettings + config.CustomSettings.Count)];
        if (config.HpackTableBytes != Hpack.HpackDecoder.DefaultTableBytes)
        {
            AddSetting(payload, ref length, Setting.HeaderTableSize, config.HpackTableBytes);
        }

        if (IsServer && config.AllowConnect)
        {
            AddSetting(payload, ref length, Setting.EnableConnectProtocol, 1);
        }

        if (!IsServer)
        {
            AddSetting(payload, ref length, Setting.EnablePush, 0);
        }

        AddSetting(payload, ref length, Setting.MaxConcurrentStreams, config.MaxConcurrentStreams);
        AddSetting(payload, ref length, Setting.InitialWindowSize, config.InitialStreamWindowBytes);
        AddSetting(payload, ref length, Setting.MaxHeaderListSize, Options.MaxHeadBytes);
        foreach (var custom in config.CustomSettings)
        {
            AddSetting(payload, ref length, (Setting)custom.Identifier, unchecked((int)custom.Value));
        }

        SendFrame(FrameType.Settings, FrameFlags.None, 0, payload[..length]);
        _settingsUnacknowledged++;
        if (config.InitialConnectionWindowBytes > Http2Frame.DefaultWindow)
        {
            SendWindowUpdate(0, config.InitialConnectionWindowBytes - Http2Frame.DefaultWindow);
        }
    }

    /// <summary>Asks the peer for a sign of life.</summary>
    public void SendPing() => SendFrame(FrameType.Ping, FrameFlags.None, 0, "proxyask"u8);

    private static void AddSetting(Span<byte> payload, ref int length, Setting setting, int value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(payload[length..], (ushort)setting);
        BinaryPrimitives.WriteInt32BigEndian(payload[(length + 2)..], value);
        length += SettingBytes;
    }

    private void OnSettings(Http2Frame frame, ReadOnlySpan<byte> payload)
    {
        var isAck = frame.Has(FrameFlags.Ack);
        if (frame.StreamId != 0)
        {
            Fail(Http2Error.Protocol, "http2.settings_frame");
        }
        else if (payload.Length % SettingBytes != 0 || (isAck && !payload.IsEmpty))
        {
            Fail(Http2Error.FrameSize, "http2.settings_frame");
        }
        else if (isAck)
        {
            OnSettingsAcknowledged();
        }
        else if (payload.Length > MaxSettings * SettingBytes)
        {
            Fail(Http2Error.EnhanceYourCalm, "http2.settings_frame");
        }
        else
        {
            ApplySettings(payload);
        }
    }

    private void OnSettingsAcknowledged()
    {
        if (_settingsUnacknowledged == 0)
        {
            Fail(Http2Error.Protocol, "http2.settings_ack");
            return;
        }

        _settingsUnacknowledged--;
        _decoder.Limit(Options.Config.HpackTableBytes);
    }

    private void ApplySettings(ReadOnlySpan<byte> payload)
    {
        for (; !payload.IsEmpty; payload = payload[SettingBytes..])
        {
            var setting = (Setting)BinaryPrimitives.ReadUInt16BigEndian(payload);
            if (!TryApply(setting, BinaryPrimitives.ReadUInt32BigEndian(payload[2..])))
            {
                Fail(setting == Setting.InitialWindowSize ? Http2Error.FlowControl : Http2Error.Protocol, "http2.invalid_setting");
                return;
            }
        }

        SettingsSeen = true;
        SendFrame(FrameType.Settings, FrameFlags.Ack, 0, default);
        OnPeerSettings();
        SendQueued();
    }

    private bool TryApply(Setting setting, uint value)
    {
        switch (setting)
        {
            case Setting.HeaderTableSize:
                _encoder.Offer((int)Math.Min(value, int.MaxValue));
                return true;
            case Setting.EnablePush:
                return IsServer ? value <= 1 : value == 0;
            case Setting.MaxConcurrentStreams:
                PeerMaxStreams = value;
                return true;
            case Setting.InitialWindowSize:
                return value <= int.MaxValue && TryChangeWindows((int)value);
            case Setting.MaxFrameSize:
                PeerMaxFrame = (int)Math.Min(value, Http2Frame.DefaultMaxLength); // longer frames would only make others wait
                return value is >= Http2Frame.DefaultMaxLength and < 1 << 24;
            case Setting.NoPriorities:
                // RFC 9218 section 2.1.1: it must not change after the first frame.
                var had = _peerHasPriorities;
                _peerHasPriorities = value == 0;
                return value <= 1 && (!SettingsSeen || had == _peerHasPriorities);
            case Setting.EnableConnectProtocol:
                // RFC 8441 section 3: once true it stays so.
                var wasTaken = PeerTakesConnectProtocol;
                PeerTakesConnectProtocol = value == 1;
                return value == 1 || (value == 0 && !wasTaken);
            default:
                return true;
        }
    }

    // RFC 9113 section 6.9.2: the windows of open streams change by the difference.
    private bool TryChangeWindows(int initial)
    {
        var difference = (long)initial - PeerInitialWindow;
        PeerInitialWindow = initial;
        foreach (var stream in _streams.Values)
        {
            stream.SendWindow += difference;
            if (stream.SendWindow > int.MaxValue)
            {
                return false;
            }

            if (difference > 0)
            {
                Queue(stream);
            }
        }

        return true;
    }

    private void OnPing(Http2Frame frame, ReadOnlySpan<byte> payload)
    {
        if (payload.Length != 8)
        {
            Fail(Http2Error.FrameSize, "http2.ping_frame");
        }
        else if (frame.StreamId != 0)
        {
            Fail(Http2Error.Protocol, "http2.ping_frame");
        }
        else if (frame.Has(FrameFlags.Ack))
        {
            OnPingAnswered();
        }
        else
        {
            SendFrame(FrameType.Ping, FrameFlags.Ack, 0, payload);
        }
    }

    private void OnGoAwayFrame(Http2Frame frame, ReadOnlySpan<byte> payload)
    {
        if (frame.StreamId != 0)
        {
            Fail(Http2Error.Protocol, "http2.goaway_frame");
            return;
        }

        if (payload.Length < 8)
        {
            Fail(Http2Error.FrameSize, "http2.goaway_frame");
            return;
        }

        var last = BinaryPrimitives.ReadInt32BigEndian(payload) & int.MaxValue;
        if (last > _peerGoAway)
        {
            Fail(Http2Error.Protocol, "http2.goaway_frame"); // RFC 9113 section 6.8: it must not grow
            return;
        }

        _peerGoAway = last;
        OnGoAway(last, (Http2Error)BinaryPrimitives.ReadUInt32BigEndian(payload[4..]));
    }

    private void OnPriority(Http2Frame frame)
    {
        if (frame.StreamId == 0)
        {
            Fail(Http2Error.Protocol, "http2.priority_frame");
        }
        else if (frame.Length != 5)
        {
            Fail(Http2Error.FrameSize, "http2.priority_frame");
        }
        else if (++_priorityFrames > Options.Config.MaxPriorityFramesPerStream * (1 + StreamsOpened))
        {
            Stats.Increment(Http2Stats.PriorityFlood);
            Fail(Http2Error.EnhanceYourCalm, "http2.inbound_priority_frames_flood");
        }
    }

    private void OnResetFrame(Http2Frame frame, ReadOnlySpan<byte> payload)
    {
        if (payload.Length != 4)
        {
            Fail(Http2Error.FrameSize, "http2.rst_stream_frame");
            return;
        }

        if (frame.StreamId == 0 || IsIdle(frame.StreamId))
        {
            Fail(Http2Error.Protocol, "http2.rst_stream_frame");
            return;
        }

        if (!_streams.TryGetValue(frame.StreamId, out var stream))
        {
            return;
        }

        Stats.Increment(Http2Stats.ResetReceived);
        var isRefused = (Http2Error)BinaryPrimitives.ReadUInt32BigEndian(payload) == Http2Error.RefusedStream;
        stream.Owner.OnReset(
            isRefused ? StreamResetReason.RemoteRefusedStreamReset : StreamResetReason.RemoteReset,
            isRefused ? "http2.remote_refuse" : "http2.remote_reset");
        Remove(stream);
    }

    private void OnWindowUpdate(Http2Frame frame, ReadOnlySpan<byte> payload)
    {
        if (payload.Length != 4)
        {
            Fail(Http2Error.FrameSize, "http2.window_update_frame");
            return;
        }

        if (++_windowUpdates > StreamUpdatesAllowed + (2 * (StreamsOpened + (Options.Config.MaxWindowUpdatesPerDataFrame * _dataFramesSent))))
        {
            Stats.Increment(Http2Stats.WindowUpdateFlood);
            Fail(Http2Error.EnhanceYourCalm, "http2.inbound_window_update_frames_flood");
            return;
        }

        var increment = BinaryPrimitives.ReadInt32BigEndian(payload) & int.MaxValue;
        if (frame.StreamId == 0)
        {
            OpenConnectionWindow(increment);
        }
        else if (_streams.TryGetValue(frame.StreamId, out var stream))
        {
            OpenStreamWindow(stream, increment);
        }
        else if (IsIdle(frame.StreamId))
        {
            Fail(Http2Error.Protocol, "http2.window_update_frame");
        }
    }

    private void OpenConnectionWindow(int increment)
    {
        _connectionSend += increment;
        if (increment == 0 || _connectionSend > int.MaxValue)
        {
            Fail(increment == 0 ? Http2Error.Protocol : Http2Error.FlowControl, "http2.window_update_frame");
            return;
        }

        SendQueued();
    }

    private void OpenStreamWindow(Http2Stream stream, int increment)
    {
        stream.SendWindow += increment;
        if (increment == 0 || stream.SendWindow > int.MaxValue)
        {
            Fail(increment == 0 ? Http2Error.Protocol : Http2Error.FlowControl, "http2.window_update_frame");
            return;
        }

        if (stream.Pending.Length > 0)
        {
            Queue(stream);
            SendQueued();
        }
    }

    private bool IsIdle(int id) => (id & 1) == (IsServer ? 1 : 0) ? id > LastPeerStream : id >= NextOwnStream;

    /// <summary>The number that this side's next stream will have.</summary>
    protected virtual int NextOwnStream => 2;

    private void Release(Http2Stream stream, int bytes)
    {
        if (!stream.RemoteEnded && stream.Receive.Release(bytes) is var increment and > 0)
        {
            SendWindowUpdate(stream.Id, increment);
        }

        ReleaseConnection(bytes);
    }

    private void ReleaseConnection(int bytes)
    {
        if (_connectionReceive.Release(bytes) is var increment and > 0)
        {
            SendWindowUpdate(0, increment);
        }
    }
}

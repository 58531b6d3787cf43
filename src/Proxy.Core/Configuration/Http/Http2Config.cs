namespace Proxy.Configuration.Http;

/// <summary>HTTP/2 details of a connection manager or cluster (Envoy <c>core.v3.Http2ProtocolOptions</c>).</summary>
public sealed record Http2Config
{
    /// <summary>Most bytes of the compression table, both ways. Default 4,096 (<c>hpack_table_size</c>).</summary>
    public int HpackTableBytes { get; init; } = 4096;

    /// <summary>Most streams at a time. Default 1,024 (<c>max_concurrent_streams</c>).</summary>
    public int MaxConcurrentStreams { get; init; } = 1024;

    /// <summary>Most bytes of a stream that may be under way to this proxy. Default 16 MiB (<c>initial_stream_window_size</c>).</summary>
    public int InitialStreamWindowBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Most bytes of all streams that may be under way to this proxy. Default 24 MiB (<c>initial_connection_window_size</c>).</summary>
    public int InitialConnectionWindowBytes { get; init; } = 24 * 1024 * 1024;

    /// <summary>Lets clients ask for CONNECT with a protocol (RFC 8441). Default false (<c>allow_connect</c>).</summary>
    public bool AllowConnect { get; init; }

    /// <summary>Shortens header texts. Default true (<c>enable_huffman_encoding</c>).</summary>
    public bool Huffman { get; init; } = true;

    /// <summary>Most frames that wait because the peer does not read. Default 10,000; beyond it the connection closes (<c>max_outbound_frames</c>).</summary>
    public int MaxOutboundFrames { get; init; } = 10_000;

    /// <summary>Most PING, SETTINGS and RST_STREAM frames among them. Default 1,000 (<c>max_outbound_control_frames</c>).</summary>
    public int MaxOutboundControlFrames { get; init; } = 1000;

    /// <summary>Most frames in a row that carry nothing and end nothing. Default 1 (<c>max_consecutive_inbound_frames_with_empty_payload</c>).</summary>
    public int MaxConsecutiveEmptyFrames { get; init; } = 1;

    /// <summary>Most PRIORITY frames for each stream opened. Default 100 (<c>max_inbound_priority_frames_per_stream</c>).</summary>
    public int MaxPriorityFramesPerStream { get; init; } = 100;

    /// <summary>Most WINDOW_UPDATE frames for each DATA frame sent. Default 10 (<c>max_inbound_window_update_frames_per_data_frame_sent</c>).</summary>
    public int MaxWindowUpdatesPerDataFrame { get; init; } = 10;

    /// <summary>
    /// Resets the stream of an invalid message instead of closing the connection; null leaves it to the connection manager's
    /// <c>stream_error_on_invalid_http_message</c> (<c>override_stream_error_on_invalid_http_message</c>).
    /// </summary>
    public bool? StreamErrorOnInvalidMessage { get; init; }

    /// <summary>Further settings for the peer, of no meaning here (<c>custom_settings_parameters</c>).</summary>
    public ConfigList<Http2SettingConfig> CustomSettings { get; init; } = [];

    /// <summary>Pings that find out whether the peer is alive; null for none (<c>connection_keepalive</c>).</summary>
    public Http2KeepaliveConfig? Keepalive { get; init; }
}

/// <summary>One parameter of a SETTINGS frame (RFC 9113 section 6.5.1).</summary>
/// <param name="Identifier">Which.</param>
/// <param name="Value">Its value.</param>
public sealed record Http2SettingConfig(ushort Identifier, uint Value);

/// <summary>Pings on an HTTP/2 connection (Envoy <c>core.v3.KeepaliveSettings</c>).</summary>
public sealed record Http2KeepaliveConfig
{
    /// <summary>Time between pings; null for no regular ones.</summary>
    public TimeSpan? Interval { get; init; }

    /// <summary>How long an answer may take before the connection is closed.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>Most that an interval is lengthened at random, in percent of it. Default 15.</summary>
    public double JitterPercent { get; init; } = 15;

    /// <summary>Idle time after which the next stream comes with a ping; null for none. Of upstream connections.</summary>
    public TimeSpan? IdleInterval { get; init; }
}

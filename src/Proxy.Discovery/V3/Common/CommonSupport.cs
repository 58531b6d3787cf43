namespace Proxy.Discovery.V3.Common;

/// <summary>Fields of the small messages that many others use.</summary>
internal static class CommonSupport
{
    // Which of Envoy's codecs reads HTTP/2, and how much of METADATA frames it keeps where they are allowed, change nothing here: there is one codec, and it
    // drops these frames as Envoy does unless allow_metadata is set.
    public const string Supported =
        """
        envoy.config.core.v3.Address: socket_address pipe
        envoy.config.core.v3.SocketAddress: protocol=TCP address port_value ipv4_compat
        envoy.config.core.v3.Pipe: *
        envoy.config.core.v3.Metadata: *
        envoy.config.core.v3.CidrRange: *
        envoy.config.core.v3.DataSource: filename inline_bytes inline_string environment_variable
        envoy.config.core.v3.HeaderValue: *
        envoy.config.core.v3.HeaderValueOption: *
        envoy.config.common.mutation_rules.v3.HeaderMutation: *
        envoy.config.common.mutation_rules.v3.HeaderMutation.RemoveOnMatch: *
        envoy.config.core.v3.Locality: *
        envoy.config.core.v3.RuntimeFractionalPercent: *
        envoy.config.core.v3.RuntimeFeatureFlag: *
        envoy.config.core.v3.RuntimeUInt32: *
        envoy.config.core.v3.RuntimeDouble: *
        envoy.config.core.v3.TcpKeepalive: *
        envoy.config.core.v3.TransportSocket: *
        envoy.config.core.v3.TypedExtensionConfig: *
        envoy.config.core.v3.HttpProtocolOptions: *
        envoy.config.core.v3.Http1ProtocolOptions: allow_absolute_url accept_http_10 default_host_for_http_10 enable_trailers allow_chunked_length override_stream_error_on_invalid_http_message send_fully_qualified_url allow_custom_methods header_key_format ignore_http_11_upgrade use_balsa_parser=true
        envoy.config.core.v3.Http1ProtocolOptions.HeaderKeyFormat: *
        envoy.config.core.v3.Http2ProtocolOptions.SettingsParameter: *
        envoy.extensions.upstreams.tcp.v3.TcpProtocolOptions: *
        envoy.config.core.v3.Http2ProtocolOptions: custom_settings_parameters hpack_table_size max_concurrent_streams initial_stream_window_size initial_connection_window_size allow_connect max_outbound_frames max_outbound_control_frames max_consecutive_inbound_frames_with_empty_payload max_inbound_priority_frames_per_stream max_inbound_window_update_frames_per_data_frame_sent stream_error_on_invalid_http_messaging override_stream_error_on_invalid_http_message connection_keepalive enable_huffman_encoding use_oghttp2_codec max_metadata_size
        envoy.config.core.v3.KeepaliveSettings: *
        envoy.config.core.v3.SchemeHeaderTransformation: *
        envoy.type.v3.FractionalPercent: *
        envoy.type.v3.Percent: *
        envoy.type.v3.Int64Range: *
        envoy.type.matcher.v3.StringMatcher: exact prefix suffix safe_regex contains ignore_case
        envoy.type.matcher.v3.RegexMatcher: *
        envoy.type.matcher.v3.RegexMatchAndSubstitute: *
        """;
}

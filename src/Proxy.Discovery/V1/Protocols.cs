using Proxy.Discovery.Bootstrap.Nodes;
using Proxy.Discovery.V1.Nodes;

namespace Proxy.Discovery.V1;

/// <summary>Translates settings of the HTTP protocols, which clusters and connection managers share.</summary>
internal static class Protocols
{
    public const string Objects =
        """
        http1_settings
          allow_absolute_url bool
          allow_connect bool
        http2_settings
          hpack_table_size 0..4294967295
          max_concurrent_streams 1..2147483647
          initial_stream_window_size 65535..2147483647
          initial_connection_window_size 65535..2147483647
        """;

    private const long MaxStreams = 2_147_483_647;
    private const long Window = 268_435_456;

    /// <summary>HTTP/2 with the limits of its time where none are given; those of v3 are lower.</summary>
    /// <param name="owner">What has <c>http2_settings</c> and <c>http_codec_options</c>.</param>
    public static V3Map Http2(ConfigNode owner)
    {
        var settings = owner.Get("http2_settings") ?? owner;
        var table = settings.Get("hpack_table_size");
        return V3Map.At(settings)
            .With("hpack_table_size", table ?? (owner.Get("http_codec_options") is { } none ? Number(none, 0) : null))
            .With("max_concurrent_streams", settings.Get("max_concurrent_streams") ?? Number(settings, MaxStreams))
            .With("initial_stream_window_size", settings.Get("initial_stream_window_size") ?? Number(settings, Window))
            .With("initial_connection_window_size", settings.Get("initial_connection_window_size") ?? Number(settings, Window));
    }

    private static ConfigNode Number(ConfigNode at, long value) =>
        ConfigNode.Scalar(NodeKind.Number, at.Position, value.ToString(System.Globalization.CultureInfo.InvariantCulture));
}

using Envoy.Config.Core.V3;
using Proxy.Configuration.Http;

namespace Proxy.Discovery.V3.Common;

/// <summary>Translates HTTP/2 details.</summary>
internal static class Http2Translator
{
    public static Http2Config Translate(Http2ProtocolOptions? options, Place place, TranslationContext context)
    {
        var defaults = new Http2Config();
        return options is null
            ? defaults
            : new Http2SettingsTranslator(options, place.Field("custom_settings_parameters"), context).AddTo(new Http2Config
            {
                HpackTableBytes = options.HpackTableSize?.ToInt() ?? defaults.HpackTableBytes,
                MaxConcurrentStreams = options.MaxConcurrentStreams?.ToInt() ?? defaults.MaxConcurrentStreams,
                InitialStreamWindowBytes = options.InitialStreamWindowSize?.ToInt() ?? defaults.InitialStreamWindowBytes,
                InitialConnectionWindowBytes = options.InitialConnectionWindowSize?.ToInt() ?? defaults.InitialConnectionWindowBytes,
                AllowConnect = options.AllowConnect,
                Huffman = options.EnableHuffmanEncoding ?? true,
                MaxOutboundFrames = options.MaxOutboundFrames?.ToInt() ?? defaults.MaxOutboundFrames,
                MaxOutboundControlFrames = options.MaxOutboundControlFrames?.ToInt() ?? defaults.MaxOutboundControlFrames,
                MaxConsecutiveEmptyFrames = options.MaxConsecutiveInboundFramesWithEmptyPayload?.ToInt() ?? defaults.MaxConsecutiveEmptyFrames,
                MaxPriorityFramesPerStream = options.MaxInboundPriorityFramesPerStream?.ToInt() ?? defaults.MaxPriorityFramesPerStream,
                MaxWindowUpdatesPerDataFrame = options.MaxInboundWindowUpdateFramesPerDataFrameSent?.ToInt() ?? defaults.MaxWindowUpdatesPerDataFrame,
                StreamErrorOnInvalidMessage = options.OverrideStreamErrorOnInvalidHttpMessage ?? (options.StreamErrorOnInvalidHttpMessaging ? true : null),
                Keepalive = Keepalive(options.ConnectionKeepalive),
            });
    }

    private static Http2KeepaliveConfig? Keepalive(KeepaliveSettings? settings) => settings is null
        ? null
        : new Http2KeepaliveConfig
        {
            Interval = settings.Interval?.ToTimeSpan(),
            Timeout = settings.Timeout.ToTimeSpan(),
            JitterPercent = settings.IntervalJitter?.Value ?? 15,
            IdleInterval = settings.ConnectionIdleInterval?.ToTimeSpan(),
        };
}

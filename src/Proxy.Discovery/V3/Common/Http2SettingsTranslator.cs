using System.Globalization;
using Envoy.Config.Core.V3;
using Proxy.Configuration.Http;

namespace Proxy.Discovery.V3.Common;

/// <summary>Translates settings of HTTP/2 that are told by number: those that have fields of their own are those, the others are for the peer only.</summary>
internal sealed class Http2SettingsTranslator(Http2ProtocolOptions options, Place place, TranslationContext context)
{
    private const int HeaderTableSize = 1;
    private const int EnablePush = 2;
    private const int MaxConcurrentStreams = 3;
    private const int InitialWindowSize = 4;
    private const int MaxFrameSize = 5;
    private const int EnableConnectProtocol = 8;
    private const uint LargestFrame = 16384; // that this side takes
    private const uint LargestWindow = int.MaxValue;

    public Http2Config AddTo(Http2Config config)
    {
        var seen = new Dictionary<uint, uint>();
        for (var i = 0; i < options.CustomSettingsParameters.Count; i++)
        {
            var (identifier, value) = (options.CustomSettingsParameters[i].Identifier ?? 0, options.CustomSettingsParameters[i].Value ?? 0);
            if (!seen.TryAdd(identifier, value))
            {
                Refuse(seen[identifier] != value, i, string.Create(CultureInfo.InvariantCulture, $"setting {identifier} has another value already"));
                continue;
            }

            config = Add(config, identifier, value, i);
        }

        return config;
    }

    private Http2Config Add(Http2Config config, uint identifier, uint value, int i)
    {
        switch (identifier)
        {
            case HeaderTableSize:
                Refuse(options.HpackTableSize is not null, i, "hpack_table_size says so already");
                Refuse(value > int.MaxValue, i, "is too large");
                return config with { HpackTableBytes = (int)Math.Min(value, int.MaxValue) };
            case MaxConcurrentStreams:
                Refuse(options.MaxConcurrentStreams is not null, i, "max_concurrent_streams says so already");
                Refuse(value is 0 or > int.MaxValue, i, "must be between 1 and 2147483647");
                return config with { MaxConcurrentStreams = (int)Math.Clamp(value, 1, int.MaxValue) };
            case InitialWindowSize:
                Refuse(options.InitialStreamWindowSize is not null, i, "initial_stream_window_size says so already");
                Refuse(value is < 65535 or > LargestWindow, i, "must be between 65535 and 2147483647");
                return config with { InitialStreamWindowBytes = (int)Math.Clamp(value, 65535, LargestWindow) };
            case EnablePush:
                Refuse(value != 0, i, "server push is not supported");
                return config; // a client says so anyhow
            case EnableConnectProtocol:
                Refuse(true, i, "is what allow_connect is for");
                return config;
            default:
                Refuse(identifier == MaxFrameSize && value > LargestFrame, i, "larger frames than of 16384 bytes are not taken");
                return config with { CustomSettings = [.. config.CustomSettings, new Http2SettingConfig((ushort)identifier, value)] };
        }
    }

    private void Refuse(bool isWrong, int i, string message)
    {
        if (isWrong)
        {
            context.Fault(place.Item(i), message);
        }
    }
}

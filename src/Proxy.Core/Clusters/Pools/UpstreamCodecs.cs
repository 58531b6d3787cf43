using Proxy.Configuration.Clusters;
using Proxy.Http;
using Proxy.Http.H1;
using Proxy.Workers;

namespace Proxy.Clusters.Pools;

/// <summary>Makes the codecs of upstream connections from a cluster's HTTP settings.</summary>
internal static class UpstreamCodecs
{
    public static HttpClientCodec Create(Worker worker, ICodecTransport transport, UpstreamHttpConfig config)
    {
        return new Http1ClientCodec(transport, OptionsFor(config));
    }

    private static Http1ClientOptions OptionsFor(UpstreamHttpConfig config) => new()
    {
        MaxHeadBytes = config.MaxHeadersKilobytes * 1024,
        MaxHeadersCount = config.MaxHeadersCount,
        AllowChunkedLength = config.Http1.AllowChunkedLength,
        EnableTrailers = config.Http1.EnableTrailers,
        SendFullyQualifiedUrl = config.Http1.SendFullyQualifiedUrl,
        OverrideStreamErrorOnInvalidMessage = config.Http1.StreamErrorOnInvalidMessage ?? false,
    };
}

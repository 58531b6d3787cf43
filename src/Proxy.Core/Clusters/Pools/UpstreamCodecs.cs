using System.Runtime.CompilerServices;
using Proxy.Buffers;
using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Configuration.Http;
using Proxy.Http;
using Proxy.Http.H1;
using Proxy.Http.H2;
using Proxy.Stats;

namespace Proxy.Clusters.Pools;

/// <summary>Makes the codecs of upstream connections from a cluster's HTTP settings.</summary>
internal static class UpstreamCodecs
{
    // Made once for a configuration: they may hold compiled expressions.
    private static readonly ConditionalWeakTable<UpstreamHttpConfig, Http1ClientOptions> Options = [];
    private static readonly ConditionalWeakTable<UpstreamHttpConfig, Http2Options> Http2 = [];

    public static HttpClientCodec Create(HttpProtocol protocol, PooledCluster cluster, ICodecTransport transport, IClientCodecHandler handler)
    {
        if (protocol == HttpProtocol.Http2)
        {
            return CreateHttp2(cluster.Config.Http, transport, handler, cluster.Http2Stats, cluster.Worker.Buffers);
        }

        return new Http1ClientCodec(transport, Options.GetValue(cluster.Config.Http, OptionsFor)) { Handler = handler };
    }

    /// <summary>A codec that does not belong to a pool.</summary>
    public static Http2ClientCodec CreateHttp2(UpstreamHttpConfig config, ICodecTransport transport, IClientCodecHandler? handler, StatShard stats, BufferPool buffers) =>
        new(transport, handler, Http2.GetValue(config, Http2OptionsFor), stats, buffers);

    private static Http2Options Http2OptionsFor(UpstreamHttpConfig config) => new()
    {
        Config = config.Http2,
        MaxHeadBytes = config.MaxHeadersKilobytes * 1024,
        MaxHeadersCount = config.MaxHeadersCount,
        HeadersWithUnderscores = config.HeadersWithUnderscores switch
        {
            UnderscoresAction.RejectRequest => HeadersWithUnderscoresAction.RejectRequest,
            UnderscoresAction.DropHeader => HeadersWithUnderscoresAction.DropHeader,
            _ => HeadersWithUnderscoresAction.Allow,
        },
        StreamErrorOnInvalidMessage = config.Http2.StreamErrorOnInvalidMessage ?? false,
    };

    private static Http1ClientOptions OptionsFor(UpstreamHttpConfig config) => new()
    {
        ProperCase = config.Http1.Spelling.Spelling == HeaderSpelling.ProperCase,
        KeepsNames = config.Http1.Spelling.Spelling == HeaderSpelling.Preserved,
        ProperCaseForOwn = config.Http1.Spelling.ProperCaseForOwn,
        KeepsReason = config.Http1.Spelling.ForwardReason,
        IgnoredUpgrades = UpgradeMatchers.Compile(config.Http1, "http_protocol_options", new FaultList()), // faults were found with the cluster's

        MaxHeadBytes = config.MaxHeadersKilobytes * 1024,
        MaxHeadersCount = config.MaxHeadersCount,
        AllowChunkedLength = config.Http1.AllowChunkedLength,
        EnableTrailers = config.Http1.EnableTrailers,
        SendFullyQualifiedUrl = config.Http1.SendFullyQualifiedUrl,
        OverrideStreamErrorOnInvalidMessage = config.Http1.StreamErrorOnInvalidMessage ?? false,
    };
}

using Envoy.Config.Core.V3;
using Envoy.Extensions.Filters.Network.TcpProxy.V3;
using Google.Protobuf;
using Proxy.Configuration;
using Proxy.Configuration.Filters;
using Proxy.Configuration.Http;
using Proxy.Discovery.V3.AccessLogs;

namespace Proxy.Discovery.V3.Filters;

/// <summary>The network filter that joins a connection to an upstream one.</summary>
internal sealed class TcpProxyTranslator : ExtensionTranslator
{
    public override string TypeName => "envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy";

    // Of no effect, as in Envoy: metadata_match where no cluster has subsets (lb_subset_config is refused), the two idle timeouts, which idle_timeout has taken the place of, and on_demand without a source.
    public override string Supported =>
        """
        envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy: stat_prefix metadata_match cluster weighted_clusters idle_timeout access_log max_connect_attempts max_downstream_connection_duration access_log_flush_interval flush_access_log_on_connected access_log_options upstream_connect_mode=IMMEDIATE backoff_options hash_policy tunneling_config max_downstream_connection_duration_jitter_percentage proxy_protocol_tlvs downstream_idle_timeout upstream_idle_timeout on_demand max_early_data_bytes
        envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy.OnDemand:
        envoy.type.v3.HashPolicy: *
        envoy.type.v3.HashPolicy.SourceIp: *
        envoy.type.v3.HashPolicy.FilterState: *
        envoy.config.core.v3.BackoffStrategy: base_interval max_interval
        envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy.TcpAccessLogOptions: *
        envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy.TunnelingConfig: *
        envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy.WeightedCluster: *
        envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy.WeightedCluster.ClusterWeight: name metadata_match weight
        """;

    public override bool IsTerminal => true;

    public override object Translate(ByteString message, Place place, TranslationContext context)
    {
        var proxy = TcpProxy.Parser.Read(message);
        if (proxy.AccessLogOptions is not null && proxy.AccessLogFlushInterval is not null)
        {
            context.Fault(place.Field("access_log_flush_interval"), "stands in access_log_options now; only one may be set");
        }

        return new TcpProxyConfig
        {
            StatPrefix = proxy.StatPrefix,
            Cluster = proxy.HasCluster ? proxy.Cluster : null,
            WeightedClusters = WeightedClusters(proxy),
            IdleTimeout = proxy.IdleTimeout.TimeoutOr(TimeSpan.FromHours(1)),
            MaxConnectionDuration = proxy.MaxDownstreamConnectionDuration.TimeoutOr(null),
            MaxConnectionDurationJitter = proxy.MaxDownstreamConnectionDurationJitterPercentage?.Value ?? 0,
            Tunneling = TunnelingOf(proxy.TunnelingConfig, place.Field("tunneling_config"), context),
            ProxyProtocolTlvs = Clusters.ProxyProtocolTransportTranslator.Tlvs(proxy.ProxyProtocolTlvs),
            MaxEarlyBytes = proxy.MaxEarlyDataBytes,
            MaxConnectAttempts = proxy.MaxConnectAttempts.ToIntOrNull() ?? 1,
            BackOff = BackOffOf(proxy.BackoffOptions),
            HashPolicy = HashPolicyOf(proxy.HashPolicy.FirstOrDefault()),
            AccessLogs = AccessLogTranslator.Translate(proxy.AccessLog, place.Field("access_log"), context),
            AccessLogFlushInterval = (proxy.AccessLogOptions?.AccessLogFlushInterval ?? proxy.AccessLogFlushInterval).TimeoutOr(null),
            LogOnConnected = proxy.AccessLogOptions?.FlushAccessLogOnConnected ?? proxy.FlushAccessLogOnConnected,
            LogOnStart = proxy.AccessLogOptions?.FlushAccessLogOnStart ?? false,
        };
    }

    private static HashPolicyConfig? HashPolicyOf(Envoy.Type.V3.HashPolicy? policy) => policy?.PolicySpecifierCase switch
    {
        Envoy.Type.V3.HashPolicy.PolicySpecifierOneofCase.SourceIp => new SourceIpHashConfig(),
        Envoy.Type.V3.HashPolicy.PolicySpecifierOneofCase.FilterState => new FilterStateHashConfig(policy.FilterState.Key),
        _ => null,
    };

    private static TunnelingConfig? TunnelingOf(TcpProxy.Types.TunnelingConfig? tunneling, Place place, TranslationContext context) => tunneling is null
        ? null
        : new TunnelingConfig(tunneling.Hostname)
        {
            Headers = Common.HeaderEditsTranslator.Additions(tunneling.HeadersToAdd, place.Field("headers_to_add"), context),
            UsePost = tunneling.UsePost,
            PostPath = tunneling.PostPath,
            PropagateResponseHeaders = tunneling.PropagateResponseHeaders,
            PropagateResponseTrailers = tunneling.PropagateResponseTrailers,
            RequestId = RequestIdOf(tunneling, place, context),
        };

    private static TunnelRequestIdConfig? RequestIdOf(TcpProxy.Types.TunnelingConfig tunneling, Place place, TranslationContext context)
    {
        if (tunneling.RequestIdExtension is { } extension)
        {
            context.Extensions.Translate(extension.TypedConfig, place.Field("request_id_extension").Field("typed_config"), context);
            return new TunnelRequestIdConfig { Header = tunneling.RequestIdHeader, MetadataKey = tunneling.RequestIdMetadataKey };
        }

        return null;
    }

    private static BackOffConfig? BackOffOf(BackoffStrategy? strategy) => strategy?.BaseInterval is null
        ? null
        : new BackOffConfig(strategy.BaseInterval.ToTimeSpan(), strategy.MaxInterval?.ToTimeSpan());

    private static ConfigList<WeightedClusterConfig> WeightedClusters(TcpProxy proxy) =>
        (proxy.WeightedClusters?.Clusters ?? []).Select(c => new WeightedClusterConfig(c.Name, c.Weight)).ToConfigList();
}

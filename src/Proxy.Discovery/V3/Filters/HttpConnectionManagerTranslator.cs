using Envoy.Config.Core.V3;
using Google.Protobuf;
using Proxy.Configuration;
using Proxy.Configuration.Discovery;
using Proxy.Configuration.Http;
using Proxy.Discovery.V3.AccessLogs;
using Proxy.Discovery.V3.Common;
using Proxy.Discovery.V3.Routes;
using ConnectionManager = Envoy.Extensions.Filters.Network.HttpConnectionManager.V3.HttpConnectionManager;

namespace Proxy.Discovery.V3.Filters;

/// <summary>The network filter that speaks HTTP.</summary>
internal sealed class HttpConnectionManagerTranslator : ExtensionTranslator
{
    private static readonly TimeSpan DefaultIdleTimeout = TimeSpan.FromHours(1);

    public override string TypeName => "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";

    public override string Supported =>
        """
        envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.SetCurrentClientCertDetails: *
        envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager: codec_type=AUTO|HTTP1|HTTP2 stat_prefix route_config rds scoped_routes http_filters add_user_agent common_http_protocol_options http_protocol_options http2_protocol_options server_name server_header_transformation max_request_headers_kb stream_idle_timeout request_timeout request_headers_timeout drain_timeout delayed_close_timeout access_log access_log_options access_log_flush_interval flush_access_log_on_new_request use_remote_address xff_num_trusted_hops internal_address_config skip_xff_append via generate_request_id preserve_external_request_id always_set_request_id_in_response proxy_100_continue upgrade_configs normalize_path merge_slashes path_with_escaped_slashes_action local_reply_config strip_matching_host_port strip_any_host_port stream_error_on_invalid_http_message strip_trailing_host_dot forward_client_cert_details set_current_client_cert_details append_x_forwarded_port scheme_header_transformation stream_flush_timeout http1_safe_max_connection_duration original_ip_detection_extensions early_header_mutation_extensions request_id_extension append_local_overload forward_proto_config add_proxy_protocol_connection_state proxy_status_config
        envoy.extensions.filters.network.http_connection_manager.v3.Rds: *
        envoy.extensions.filters.network.http_connection_manager.v3.RequestIDExtension: *
        envoy.extensions.filters.network.http_connection_manager.v3.ForwardProtoConfig: *
        envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.InternalAddressConfig: *
        envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.UpgradeConfig: *
        envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.ProxyStatusConfig: *
        envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter: name typed_config config_discovery is_optional disabled
        envoy.extensions.filters.network.http_connection_manager.v3.LocalReplyConfig: *
        envoy.extensions.filters.network.http_connection_manager.v3.ResponseMapper: *
        envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.HcmAccessLogOptions: *
        """;

    public override bool IsTerminal => true;

    public override object Translate(ByteString message, Place place, TranslationContext context)
    {
        var manager = ConnectionManager.Parser.Read(message);
        var config = new HttpConnectionManagerConfig
        {
            StatPrefix = manager.StatPrefix,
            CodecType = manager.CodecType switch
            {
                ConnectionManager.Types.CodecType.Http1 => CodecType.Http1,
                ConnectionManager.Types.CodecType.Http2 => CodecType.Http2,
                _ => CodecType.Auto,
            },
            Routes = manager.RouteConfig is { } table
                ? RouteTableTranslator.Translate(table, place.Field("route_config"), context)
                : new RouteTableConfig(),
            RouteDiscovery = RouteDiscovery(manager.Rds, place.Field("rds"), context),
            ScopedRoutes = manager.ScopedRoutes is { } scoped ? ScopedRoutesTranslator.Translate(scoped, place.Field("scoped_routes"), context) : null,
            Filters = HttpFiltersTranslator.Translate(manager.HttpFilters, place.Field("http_filters"), context),
            AccessLogs = AccessLogTranslator.Translate(manager.AccessLog, place.Field("access_log"), context),
            Upgrades = Upgrades(manager, place.Field("upgrade_configs"), context),
            LocalReplyFormat = LogFormatTranslator.ToLocalReply(manager.LocalReplyConfig?.BodyFormat, place.Field("local_reply_config").Field("body_format"), context),
            LocalReplyMappers = LocalReplyTranslator.Mappers(manager.LocalReplyConfig, place.Field("local_reply_config").Field("mappers"), context),
            AccessLogFlushInterval = (manager.AccessLogOptions?.AccessLogFlushInterval ?? manager.AccessLogFlushInterval).TimeoutOr(null),
            LogOnNewRequest = manager.AccessLogOptions?.FlushAccessLogOnNewRequest ?? manager.FlushAccessLogOnNewRequest,
            Http1 = Http1Translator.Translate(manager.HttpProtocolOptions, place.Field("http_protocol_options"), context),
            Http2 = Http2Translator.Translate(manager.Http2ProtocolOptions, place.Field("http2_protocol_options"), context),
            LogOnTunnelEstablished = manager.AccessLogOptions?.FlushLogOnTunnelSuccessfullyEstablished ?? false,
            InternalRanges = CidrTranslator.Translate(
                manager.InternalAddressConfig?.CidrRanges ?? [], place.Field("internal_address_config").Field("cidr_ranges"), context),
        };
        CheckLogOptions(manager, place, context);
        config = WithAddresses(config, manager, place, context);
        return WithPaths(WithTimeouts(WithLimits(WithIdentity(config, manager), manager), manager), manager, place, context);
    }

    // Two settings that have moved into access_log_options.
    private static void CheckLogOptions(ConnectionManager manager, Place place, TranslationContext context)
    {
        if (manager.AccessLogOptions is not null && manager.AccessLogFlushInterval is not null)
        {
            context.Fault(place.Field("access_log_flush_interval"), "stands in access_log_options now; only one may be set");
        }

        if (manager.AccessLogOptions is not null && manager.FlushAccessLogOnNewRequest)
        {
            context.Fault(place.Field("flush_access_log_on_new_request"), "stands in access_log_options now; only one may be set");
        }
    }

    private static RouteDiscoveryConfig? RouteDiscovery(Envoy.Extensions.Filters.Network.HttpConnectionManager.V3.Rds? rds, Place place, TranslationContext context)
    {
        if (rds is null || ConfigSourceTranslator.Translate(rds.ConfigSource, place.Field("config_source"), context) is not { } source)
        {
            return null;
        }

        if (rds.RouteConfigName.Length == 0)
        {
            context.Fault(place.Field("route_config_name"), "required");
        }

        ResourceNames.Check(rds.RouteConfigName, place.Field("route_config_name"), context);
        return new RouteDiscoveryConfig(source, rds.RouteConfigName);
    }

    // append_local_overload has nothing to act on: it is of an overload manager, which cannot be configured yet.
    private static HttpConnectionManagerConfig WithAddresses(
        HttpConnectionManagerConfig config, ConnectionManager manager, Place place, TranslationContext context)
    {
        var addresses = Extensions<OriginalAddressConfig>(
            manager.OriginalIpDetectionExtensions, place.Field("original_ip_detection_extensions"), context).ToConfigList();
        if (addresses.Count > 0 && ((manager.UseRemoteAddress ?? false) || manager.XffNumTrustedHops > 0))
        {
            context.Fault(place.Field("original_ip_detection_extensions"), "goes with neither use_remote_address nor xff_num_trusted_hops");
        }

        var early = Extensions<ConfigList<HeaderMutationConfig>>(
            manager.EarlyHeaderMutationExtensions, place.Field("early_header_mutation_extensions"), context);
        var requestId = manager.RequestIdExtension?.TypedConfig;
        return config with
        {
            AppendForwardedPort = manager.AppendXForwardedPort,
            ForwardClientCert = (ForwardClientCert)manager.ForwardClientCertDetails,
            ClientCertDetails = ClientCert(manager.SetCurrentClientCertDetails),
            HttpsPorts = (manager.ForwardProtoConfig?.HttpsDestinationPorts ?? []).Select(static port => port.ToInt()).ToConfigList(),
            HttpPorts = (manager.ForwardProtoConfig?.HttpDestinationPorts ?? []).Select(static port => port.ToInt()).ToConfigList(),
            TellUpstreamsOfClient = manager.AddProxyProtocolConnectionState ?? true,
            SchemeOverride = manager.SchemeHeaderTransformation?.SchemeToOverwrite ?? "",
            SchemeMatchesUpstream = manager.SchemeHeaderTransformation?.MatchUpstream ?? false,
            OriginalAddresses = addresses,
            EarlyMutations = early.SelectMany(static mutations => mutations).ToConfigList(),
            PackTraceReason = requestId is null
                || context.Extensions.Translate(requestId, place.Field("request_id_extension").Field("typed_config"), context) is not false,
        };
    }

    private static List<T> Extensions<T>(
        Google.Protobuf.Collections.RepeatedField<TypedExtensionConfig> extensions, Place place, TranslationContext context)
        where T : class
    {
        var translated = new List<T>(extensions.Count);
        for (var i = 0; i < extensions.Count; i++)
        {
            if (context.Extensions.Translate(extensions[i].TypedConfig, place.Item(i).Field("typed_config"), context) is T extension)
            {
                translated.Add(extension);
            }
        }

        return translated;
    }

    private static HttpConnectionManagerConfig WithIdentity(HttpConnectionManagerConfig config, ConnectionManager manager) => config with
    {
        AddUserAgent = manager.AddUserAgent ?? false,
        UseRemoteAddress = manager.UseRemoteAddress ?? false,
        TrustedHops = manager.XffNumTrustedHops.ToInt(),
        SkipXffAppend = manager.SkipXffAppend,
        UnixSocketsAreInternal = manager.InternalAddressConfig?.UnixSockets ?? false,
        Via = manager.Via,
        ServerName = manager.ServerName.Length == 0 ? "envoy" : manager.ServerName,
        ProxyStatus = ProxyStatusOf(manager.ProxyStatusConfig),
        ServerHeader = (ServerHeaderTransformation)manager.ServerHeaderTransformation,
        GenerateRequestId = manager.GenerateRequestId ?? true,
        PreserveExternalRequestId = manager.PreserveExternalRequestId,
        AlwaysSetRequestIdInResponse = manager.AlwaysSetRequestIdInResponse,
        Proxy100Continue = manager.Proxy100Continue,
    };

    // As in Envoy, use_node_id counts when it is there, whatever it says.
    private static ProxyStatusConfig? ProxyStatusOf(ConnectionManager.Types.ProxyStatusConfig? status) => status is null
        ? null
        : new ProxyStatusConfig
        {
            RemoveDetails = status.RemoveDetails,
            RemoveConnectionTerminationDetails = status.RemoveConnectionTerminationDetails,
            RemoveResponseFlags = status.RemoveResponseFlags,
            SetRecommendedStatus = status.SetRecommendedResponseCode,
            UseNodeId = status.HasUseNodeId,
            Name = status.HasLiteralProxyName ? status.LiteralProxyName : null,
        };

    private static HttpConnectionManagerConfig WithLimits(HttpConnectionManagerConfig config, ConnectionManager manager)
    {
        var common = manager.CommonHttpProtocolOptions;
        return config with
        {
            MaxRequestHeadersKilobytes = manager.MaxRequestHeadersKb.ToIntOrNull() ?? 60,
            MaxHeadersCount = common?.MaxHeadersCount.ToIntOrNull() ?? 100,
            MaxRequestsPerConnection = common?.MaxRequestsPerConnection.LimitOrNull(),
            HeadersWithUnderscores = (UnderscoresAction)(common?.HeadersWithUnderscoresAction ?? default),
            StreamErrorOnInvalidMessage = manager.StreamErrorOnInvalidHttpMessage ?? false,
        };
    }

    private static HttpConnectionManagerConfig WithTimeouts(HttpConnectionManagerConfig config, ConnectionManager manager)
    {
        var common = manager.CommonHttpProtocolOptions ?? new HttpProtocolOptions();
        return config with
        {
            IdleTimeout = common.IdleTimeout.TimeoutOr(DefaultIdleTimeout),
            SafeMaxConnectionDuration = manager.Http1SafeMaxConnectionDuration,
            MaxConnectionDuration = common.MaxConnectionDuration.TimeoutOr(null),
            MaxStreamDuration = common.MaxStreamDuration.TimeoutOr(null),
            StreamIdleTimeout = manager.StreamIdleTimeout.TimeoutOr(TimeSpan.FromMinutes(5)),
            StreamFlushTimeout = manager.StreamFlushTimeout.ToTimeSpanOrNull(),
            RequestTimeout = manager.RequestTimeout.TimeoutOr(null),
            RequestHeadersTimeout = manager.RequestHeadersTimeout.TimeoutOr(null),
            DrainTimeout = manager.DrainTimeout.Or(TimeSpan.FromSeconds(5)),
            DelayedCloseTimeout = manager.DelayedCloseTimeout.Or(TimeSpan.FromSeconds(1)),
        };
    }

    private static HttpConnectionManagerConfig WithPaths(
        HttpConnectionManagerConfig config, ConnectionManager manager, Place place, TranslationContext context)
    {
        if (manager is { StripMatchingHostPort: true, HasStripAnyHostPort: true, StripAnyHostPort: true })
        {
            context.Fault(place.Field("strip_any_host_port"), "only one of strip_matching_host_port and strip_any_host_port may be set");
        }

        return config with
        {
            NormalizePath = manager.NormalizePath ?? false,
            MergeSlashes = manager.MergeSlashes,
            EscapedSlashes = manager.PathWithEscapedSlashesAction switch
            {
                ConnectionManager.Types.PathWithEscapedSlashesAction.RejectRequest => EscapedSlashesAction.RejectRequest,
                ConnectionManager.Types.PathWithEscapedSlashesAction.UnescapeAndRedirect => EscapedSlashesAction.UnescapeAndRedirect,
                ConnectionManager.Types.PathWithEscapedSlashesAction.UnescapeAndForward => EscapedSlashesAction.UnescapeAndForward,
                _ => EscapedSlashesAction.KeepUnchanged,
            },
            StripMatchingHostPort = manager.StripMatchingHostPort,
            StripAnyHostPort = manager.HasStripAnyHostPort && manager.StripAnyHostPort,
            StripTrailingHostDot = manager.StripTrailingHostDot,
        };
    }

    private static ConfigList<UpgradeConfig> Upgrades(ConnectionManager manager, Place place, TranslationContext context)
    {
        var types = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < manager.UpgradeConfigs.Count; i++)
        {
            if (!types.Add(manager.UpgradeConfigs[i].UpgradeType))
            {
                context.Fault(place.Item(i).Field("upgrade_type"), $"{manager.UpgradeConfigs[i].UpgradeType} stands here twice");
            }
        }

        return manager.UpgradeConfigs.Select((upgrade, i) => new UpgradeConfig(upgrade.UpgradeType, upgrade.Enabled ?? true)
        {
            Filters = HttpFiltersTranslator.Translate(upgrade.Filters, place.Item(i).Field("filters"), context),
        }).ToConfigList();
    }

    private static ClientCertDetailsConfig ClientCert(ConnectionManager.Types.SetCurrentClientCertDetails? details) => details is null
        ? new ClientCertDetailsConfig()
        : new ClientCertDetailsConfig
        {
            Subject = details.Subject ?? false,
            Certificate = details.Cert,
            Chain = details.Chain,
            Dns = details.Dns,
            Uri = details.Uri,
        };
}

using Envoy.Config.Cluster.V3;
using Envoy.Config.Core.V3;
using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Configuration.Http;
using Proxy.Discovery.V3.Common;
using Proxy.Discovery.V3.Filters;
using HttpProtocolOptions = Envoy.Extensions.Upstreams.Http.V3.HttpProtocolOptions;

namespace Proxy.Discovery.V3.Clusters;

/// <summary>Translates the HTTP options of a cluster: the extension, or the older fields on the cluster.</summary>
internal static class UpstreamHttpTranslator
{
    private const string TcpKey = "envoy.extensions.upstreams.tcp.v3.TcpProtocolOptions";
    private const string Key = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

    private static readonly TimeSpan DefaultIdleTimeout = TimeSpan.FromHours(1);

    public static UpstreamHttpConfig Translate(Cluster cluster, Place place, TranslationContext context)
    {
        var common = cluster.CommonHttpProtocolOptions;
        var versions = Versions(cluster, place);
        if (cluster is { HttpProtocolOptions: not null, Http2ProtocolOptions: not null } && versions.Protocol != UpstreamProtocol.Downstream)
        {
            context.Fault(place.Field("http_protocol_options"), "goes with http2_protocol_options only under protocol_selection: USE_DOWNSTREAM_PROTOCOL");
        }

        ErrorMatcherConfig? errors = null;
        Envoy.Config.Core.V3.UpstreamHttpProtocolOptions? tls = null;
        ConfigList<FilterConfig> filters = [];
        foreach (var (name, any) in cluster.TypedExtensionProtocolOptions)
        {
            var at = place.Field("typed_extension_protocol_options").Key(name);
            if (name == TcpKey && any.TypeUrl.EndsWith("/" + TcpKey, StringComparison.Ordinal))
            {
                continue; // for how long connections without a user are kept: of TCP none are kept
            }

            if (name != Key || !any.TypeUrl.EndsWith("/" + Key, StringComparison.Ordinal))
            {
                context.Unsupported(at, $"options of {name} are not supported yet");
                continue;
            }

            var options = HttpProtocolOptions.Parser.Read(any.Value);
            common = options.CommonHttpProtocolOptions;
            versions = Versions(options, at);
            tls = options.UpstreamHttpProtocolOptions;
            filters = HttpFiltersTranslator.Upstream(options.HttpFilters, at.Field("http_filters"), context);
            errors = OutlierDetectionTranslator.Errors(options.OutlierDetection?.ErrorMatcher, at.Field("outlier_detection").Field("error_matcher"), context);
        }

        return new UpstreamHttpConfig
        {
            Protocol = versions.Protocol,
            IdleTimeout = common is null ? DefaultIdleTimeout : common.IdleTimeout.TimeoutOr(DefaultIdleTimeout),
            MaxConnectionDuration = common?.MaxConnectionDuration.TimeoutOr(null),
            MaxStreamDuration = common?.MaxStreamDuration.TimeoutOr(null),
            MaxRequestsPerConnection = (common?.MaxRequestsPerConnection ?? cluster.MaxRequestsPerConnection).LimitOrNull(),
            MaxHeadersCount = common?.MaxHeadersCount.ToIntOrNull() ?? 100,
            MaxHeadersKilobytes = common?.MaxResponseHeadersKb.ToIntOrNull() ?? 80,
            HeadersWithUnderscores = (UnderscoresAction)(common?.HeadersWithUnderscoresAction ?? default),
            OutlierErrors = errors,
            Filters = filters,
            Http1 = Http1Translator.Translate(versions.Http1, versions.At.Field("http_protocol_options"), context),
            Http2 = Http2Translator.Translate(versions.Http2, versions.At.Field("http2_protocol_options"), context),
            AutoServerName = tls?.AutoSni ?? false,
            AutoNameHeader = tls?.OverrideAutoSniHeader ?? "",
            AutoValidateName = tls?.AutoSanValidation ?? false,
        };
    }

    private static VersionSettings Versions(Cluster cluster, Place place)
    {
        var protocol = cluster.ProtocolSelection == Cluster.Types.ClusterProtocolSelection.UseDownstreamProtocol
            ? UpstreamProtocol.Downstream
            : cluster.Http2ProtocolOptions is null ? UpstreamProtocol.Http1 : UpstreamProtocol.Http2;
        return new VersionSettings(protocol, cluster.HttpProtocolOptions, cluster.Http2ProtocolOptions, place);
    }

    private static VersionSettings Versions(HttpProtocolOptions options, Place place)
    {
        if (options.UseDownstreamProtocolConfig is { } downstream)
        {
            return new VersionSettings(
                UpstreamProtocol.Downstream, downstream.HttpProtocolOptions, downstream.Http2ProtocolOptions, place.Field("use_downstream_protocol_config"));
        }

        if (options.AutoConfig is { } auto)
        {
            return new VersionSettings(UpstreamProtocol.Negotiated, auto.HttpProtocolOptions, auto.Http2ProtocolOptions, place.Field("auto_config"));
        }

        var config = options.ExplicitHttpConfig;
        var protocol = config?.Http2ProtocolOptions is null ? UpstreamProtocol.Http1 : UpstreamProtocol.Http2;
        return new VersionSettings(protocol, config?.HttpProtocolOptions, config?.Http2ProtocolOptions, place.Field("explicit_http_config"));
    }

    // Which versions are spoken, and where what is said about each stands.
    private readonly record struct VersionSettings(UpstreamProtocol Protocol, Http1ProtocolOptions? Http1, Http2ProtocolOptions? Http2, Place At);
}

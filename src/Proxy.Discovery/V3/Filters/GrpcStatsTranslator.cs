using Google.Protobuf;
using Proxy.Configuration;
using Proxy.Configuration.Filters;
using FilterConfig = Envoy.Extensions.Filters.Http.GrpcStats.V3.FilterConfig;

namespace Proxy.Discovery.V3.Filters;

/// <summary>The HTTP filter that counts gRPC calls and messages.</summary>
internal sealed class GrpcStatsTranslator : ExtensionTranslator
{
    public override string TypeName => "envoy.extensions.filters.http.grpc_stats.v3.FilterConfig";

    public override string Supported =>
        """
        envoy.extensions.filters.http.grpc_stats.v3.FilterConfig: *
        envoy.config.core.v3.GrpcMethodList: *
        envoy.config.core.v3.GrpcMethodList.Service: *
        """;

    public override object Translate(ByteString message, Place place, TranslationContext context)
    {
        var config = FilterConfig.Parser.Read(message);
        return new GrpcStatsConfig
        {
            AllMethods = config.StatsForAllMethods ?? false,
            Methods = (config.IndividualMethodStatsAllowlist?.Services ?? [])
                .Select(static service => new GrpcServiceMethods(service.Name, service.MethodNames.ToConfigList())).ToConfigList(),
            EmitFilterState = config.EmitFilterState,
            RecordTimes = config.EnableUpstreamStats,
            ReplaceDots = config.ReplaceDotsInGrpcServiceName,
        };
    }
}

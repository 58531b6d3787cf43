using Envoy.Extensions.Filters.Http.HealthCheck.V3;
using Google.Protobuf;
using Proxy.Configuration;
using Proxy.Configuration.Filters;
using Proxy.Discovery.V3.Routes;

namespace Proxy.Discovery.V3.Filters;

/// <summary>The HTTP filter that answers health checks of this proxy.</summary>
internal sealed class HealthCheckTranslator : ExtensionTranslator
{
    public override string TypeName => "envoy.extensions.filters.http.health_check.v3.HealthCheck";

    public override string Supported => "envoy.extensions.filters.http.health_check.v3.HealthCheck: *";

    public override object Translate(ByteString message, Place place, TranslationContext context)
    {
        var config = HealthCheck.Parser.Read(message);
        var passThrough = config.PassThroughMode ?? false;
        var cacheTime = config.CacheTime.Or(TimeSpan.Zero);
        if (!passThrough && cacheTime > TimeSpan.Zero)
        {
            context.Fault(place.Field("cache_time"), "must not be set when pass_through_mode is disabled");
        }

        if (cacheTime < TimeSpan.Zero)
        {
            context.Fault(place.Field("cache_time"), "must not be negative");
        }

        return new HealthCheckFilterConfig
        {
            PassThrough = passThrough,
            CacheTime = cacheTime,
            Headers = config.Headers.Select((h, i) => RouteMatchTranslator.Header(h, place.Field("headers").Item(i), context)).ToConfigList(),
            Floors = config.ClusterMinHealthyPercentages.Select(entry => new ClusterHealthFloor(entry.Key, entry.Value.Value)).ToConfigList(),
        };
    }
}

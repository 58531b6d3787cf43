using Envoy.Extensions.Filters.Http.Fault.V3;
using Envoy.Type.V3;
using Google.Protobuf;
using Proxy.Configuration.Filters;
using Proxy.Configuration.Http;
using Proxy.Discovery.V3.Common;
using Proxy.Discovery.V3.Routes;

namespace Proxy.Discovery.V3.Filters;

/// <summary>The HTTP filter that delays and fails requests; routes take the same message.</summary>
internal sealed class FaultTranslator : ExtensionTranslator
{
    public override string TypeName => "envoy.extensions.filters.http.fault.v3.HTTPFault";

    public override string Supported =>
        """
        envoy.extensions.filters.common.fault.v3.FaultDelay: fixed_delay percentage
        envoy.extensions.filters.http.fault.v3.FaultAbort: http_status percentage
        envoy.extensions.filters.http.fault.v3.HTTPFault: abort delay upstream_cluster headers
        """;

    public override bool IsPerRoute => true;

    public override object Translate(ByteString message, Place place, TranslationContext context)
    {
        var fault = HTTPFault.Parser.Read(message);
        return new FaultConfig
        {
            Abort = fault.Abort is { } abort ? new FaultAbortConfig((int)abort.HttpStatus, Share(abort.Percentage, "fault.http.abort.abort_percent")) : null,
            Delay = fault.Delay is { } delay
                ? new FaultDelayConfig(delay.FixedDelay.Or(TimeSpan.Zero), Share(delay.Percentage, "fault.http.delay.fixed_delay_percent"))
                : null,
            UpstreamCluster = fault.UpstreamCluster,
            Headers = fault.Headers.TranslateEach(place, "headers", context, RouteMatchTranslator.Header),
        };
    }

    private static FractionConfig Share(FractionalPercent? percent, string runtimeKey) =>
        new(percent?.Numerator ?? 0, MatcherTranslator.DenominatorOf(percent?.Denominator ?? default), runtimeKey);
}

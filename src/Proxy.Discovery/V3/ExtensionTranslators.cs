using Google.Protobuf.WellKnownTypes;
using Proxy.Discovery.V3.AccessLogs;
using Proxy.Discovery.V3.Clusters;
using Proxy.Discovery.V3.Filters;
using Proxy.Discovery.V3.Listeners;
using Proxy.Discovery.V3.Matching;
using Proxy.Discovery.V3.Routes;
using Proxy.Discovery.V3.Tls;

namespace Proxy.Discovery.V3;

/// <summary>The extensions that can be named in a configuration, by message name.</summary>
internal sealed class ExtensionTranslators
{
    private readonly Dictionary<string, ExtensionTranslator> _byType;

    public ExtensionTranslators(IEnumerable<ExtensionTranslator> translators)
    {
        _byType = translators.ToDictionary(t => t.TypeName, StringComparer.Ordinal);
        Support = new SupportTable(
            [BootstrapTranslator.Supported, StatsTranslator.Supported, ListenerTranslator.Supported, ClusterTranslator.Supported, OutlierDetectionTranslator.Supported, ActiveCheckTranslator.Supported, RouteTableTranslator.Supported, ScopedRoutesTranslator.Supported,
            ListenerFiltersTranslator.Supported, SocketTranslator.Supported, CorsPolicies.Supported,
            AccessLogTranslator.Supported, Common.CommonSupport.Supported, Common.ExpressionTranslator.SupportedMessages, Common.ConfigSourceTranslator.Supported, DynamicResourcesTranslator.Supported, Common.GoogleGrpcTranslator.Supported, DiscoveredFilterTranslator.Supported, Xds.ResourceTypes.Supported, Xds.ClientStatus.ClientStatusSource.Supported, Common.ValueMatcherTranslator.Supported, MatcherTreeTranslator.Supported, .. _byType.Values.Select(t => t.Supported)]);
    }

    /// <summary>All that this assembly brings. A filter is added by a translator and a line here.</summary>
    public static ExtensionTranslators All { get; } = new(
    [
        new AddressInputMatcherTranslator(),
        new AllowListedRoutesTranslator(),
        new ConnectionLimitTranslator(),
        new CorsTranslator(),
        new CorsPolicyTranslator(),
        new CredentialInjectorTranslator(),
        new DirectResponseTranslator(),
        new DownstreamTlsTranslator(),
        new EarlyDataTranslator(),

        new CustomHeaderTranslator(),
        new EarlyHeaderMutationTranslator(),
        new EchoTranslator(),
        new FaultTranslator(),
        new GenericCredentialTranslator(),
        new GrpcHttp1BridgeTranslator(),
        new GrpcStatsTranslator(),
        new GrpcWebTranslator(),
        new FileAccessLogTranslator(),
        new ExpressionFilterTranslator(),
        new ExpressionInputMatcherTranslator(),
        new FormatterTranslator(FormatterTranslator.Expressions),
        new FormatterTranslator(FormatterTranslator.Metadata),
        new FormatterTranslator(FormatterTranslator.RequestWithoutQuery),
        new FractionInputMatcherTranslator(),
        new HashInputMatcherTranslator(),

        new ForwardedForTranslator(),
        new HealthEventFileTranslator(),
        new HeaderMutationPerRouteTranslator(),
        new HttpInspectorTranslator(),
        new SniClusterTranslator(),
        new TlsInspectorTranslator(),
        new HeaderMutationTranslator(),
        new HealthCheckTranslator(),
        new HttpConnectionManagerTranslator(),
        new MatchDelegatePerRouteTranslator(),
        new MatchDelegateTranslator(),
        new MatcherClusterSpecifierTranslator(),
        new MetadataInputMatcherTranslator(),
        new NetworkLocalRateLimitTranslator(),
        new NetworkRbacTranslator(),
        new OmitCanaryHostsTranslator(),
        new OmitHostMetadataTranslator(),

        new OnDemandPerRouteTranslator(),
        new OnDemandTranslator(),
        new PreserveCaseTranslator(),
        new PreviousHostsTranslator(),
        new PreviousPrioritiesTranslator(),
        new PreviousRoutesTranslator(),
        new ProxyProtocolTranslator(),
        new ProxyProtocolTransportTranslator(),
        new RawBufferTranslator(),
        new RbacPerRouteTranslator(),
        new RbacTranslator(),
        new RouterTranslator(),
        new SafeCrossSchemeTranslator(),
        new SetMetadataTranslator(),
        new SpiffeValidatorTranslator(),
        new StandardErrorAccessLogTranslator(),
        new StandardOutputAccessLogTranslator(),
        new TcpProxyTranslator(),
        new UpstreamCodecTranslator(),
        new UpstreamTlsTranslator(),
        new UriTemplateMatchTranslator(),
        new UriTemplateRewriteTranslator(),
        new UuidRequestIdTranslator(),
        .. MatchInputTranslator.All,
    ]);

    public SupportTable Support { get; }

    /// <summary>Names of the messages of all extensions.</summary>
    public IEnumerable<string> TypeNames => _byType.Keys;

    /// <summary>There is a translator for messages of that name.</summary>
    public bool Knows(string typeName) => _byType.ContainsKey(typeName);

    /// <summary>Whether there is a translator for what is packed.</summary>
    public bool Knows(Any any) => _byType.ContainsKey(TypeOf(any));

    /// <summary>The translator of what is packed, or null with a fault in the list.</summary>
    public ExtensionTranslator? Find(Any? any, Place place, TranslationContext context)
    {
        if (any is null)
        {
            context.Fault(place, "required", "a map with @type and the settings of that type");
            return null;
        }

        var type = TypeOf(any);
        if (!_byType.TryGetValue(type, out var translator))
        {
            context.Unsupported(place, $"extension {type} is not supported yet");
        }

        return translator;
    }

    /// <summary>The record of what is packed, or null with a fault in the list. It is of the kind that the place takes: others were refused by the reader.</summary>
    public object? Translate(Any? any, Place place, TranslationContext context) =>
        context.IsTypeRefused(place) ? null : Find(any, place, context)?.Translate(any!.Value, place, context);

    private static string TypeOf(Any any) => any.TypeUrl[(any.TypeUrl.LastIndexOf('/') + 1)..];
}

using Envoy.Extensions.Matching.CommonInputs.EnvironmentVariable.V3;
using Envoy.Extensions.Matching.CommonInputs.Network.V3;
using Envoy.Type.Matcher.V3;
using Google.Protobuf;
using Proxy.Configuration;
using Proxy.Configuration.Matching;

namespace Proxy.Discovery.V3.Matching;

/// <summary>Translates what a matcher looks at.</summary>
internal sealed class MatchInputTranslator : ExtensionTranslator
{
    private const string Network = "envoy.extensions.matching.common_inputs.network.v3.";
    private const string Tls = "envoy.extensions.matching.common_inputs.ssl.v3.";
    private const string Http = "envoy.type.matcher.v3.Http";

    private readonly Func<ByteString, TranslationContext, MatchInputConfig> _translate;

    private MatchInputTranslator(string typeName, Func<ByteString, TranslationContext, MatchInputConfig> translate)
    {
        TypeName = typeName;
        _translate = translate;
    }

    private MatchInputTranslator(string typeName, MatchInputKind kind)
        : this(typeName, (_, _) => new MatchInputConfig(kind))
    {
    }

    /// <summary>One for each message.</summary>
    public static IEnumerable<ExtensionTranslator> All { get; } =
    [
        new MatchInputTranslator(Http + "RequestHeaderMatchInput", static (message, _) =>
            new MatchInputConfig(MatchInputKind.RequestHeader, HttpRequestHeaderMatchInput.Parser.Read(message).HeaderName)),
        new MatchInputTranslator(Http + "RequestTrailerMatchInput", static (message, _) =>
            new MatchInputConfig(MatchInputKind.RequestTrailer, HttpRequestTrailerMatchInput.Parser.Read(message).HeaderName)),
        new MatchInputTranslator(Http + "ResponseHeaderMatchInput", static (message, _) =>
            new MatchInputConfig(MatchInputKind.ResponseHeader, HttpResponseHeaderMatchInput.Parser.Read(message).HeaderName)),
        new MatchInputTranslator(Http + "ResponseTrailerMatchInput", static (message, _) =>
            new MatchInputConfig(MatchInputKind.ResponseTrailer, HttpResponseTrailerMatchInput.Parser.Read(message).HeaderName)),
        new MatchInputTranslator(Http + "RequestQueryParamMatchInput", static (message, _) =>
            new MatchInputConfig(MatchInputKind.QueryParameter, HttpRequestQueryParamMatchInput.Parser.Read(message).QueryParam)),
        new MatchInputTranslator(Http + "ResponseStatusCodeMatchInput", MatchInputKind.ResponseStatus),
        new MatchInputTranslator(Http + "ResponseStatusCodeClassMatchInput", MatchInputKind.ResponseStatusClass),
        new MatchInputTranslator(Network + "SourceIPInput", MatchInputKind.SourceIp),
        new MatchInputTranslator(Network + "DirectSourceIPInput", MatchInputKind.DirectSourceIp),
        new MatchInputTranslator(Network + "SourcePortInput", MatchInputKind.SourcePort),
        new MatchInputTranslator(Network + "SourceTypeInput", MatchInputKind.SourceType),
        new MatchInputTranslator(Network + "DestinationIPInput", MatchInputKind.DestinationIp),
        new MatchInputTranslator(Network + "DestinationPortInput", MatchInputKind.DestinationPort),
        new MatchInputTranslator(Network + "ServerNameInput", MatchInputKind.ServerName),
        new MatchInputTranslator(Network + "TransportProtocolInput", MatchInputKind.TransportProtocol),
        new MatchInputTranslator(Network + "ApplicationProtocolInput", MatchInputKind.ApplicationProtocol),
        new MatchInputTranslator(Network + "NetworkNamespaceInput", MatchInputKind.Constant), // no listener can be put into one: it is never there
        new MatchInputTranslator(Tls + "UriSanInput", MatchInputKind.PeerUriNames),
        new MatchInputTranslator(Tls + "DnsSanInput", MatchInputKind.PeerDnsNames),
        new MatchInputTranslator(Tls + "SubjectInput", MatchInputKind.PeerSubject),
        new MatchInputTranslator(Network + "FilterStateInput", static (message, _) =>
            new MatchInputConfig(MatchInputKind.FilterState, FilterStateInput.Parser.Read(message).Key)),
        new MatchInputTranslator(Network + "DynamicMetadataInput", static (message, _) => OfMetadata(DynamicMetadataInput.Parser.Read(message))),
        new MatchInputTranslator("xds.type.matcher.v3.HttpAttributesCelMatchInput", MatchInputKind.Attributes),
        new MatchInputTranslator("envoy.extensions.matching.common_inputs.environment_variable.v3.Config", static (message, context) =>
            new MatchInputConfig(MatchInputKind.Constant, context.ReadVariable(Config.Parser.Read(message).Name))),
    ];

    public override string TypeName { get; }

    public override string Supported => TypeName == Network + "DynamicMetadataInput" ? $"{TypeName}: *\n{TypeName}.PathSegment: *" : $"{TypeName}: *";

    public override object Translate(ByteString message, Place place, TranslationContext context) => _translate(message, context);

    private static MatchInputConfig OfMetadata(DynamicMetadataInput input) => new(MatchInputKind.DynamicMetadata, input.Filter)
    {
        Path = input.Path.Select(static segment => segment.Key).ToConfigList(),
    };
}

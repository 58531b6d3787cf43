using Envoy.Extensions.Http.HeaderFormatters.PreserveCase.V3;
using Google.Protobuf;
using Proxy.Configuration.Http;

namespace Proxy.Discovery.V3.Filters;

/// <summary>Header names as the other side wrote them.</summary>
internal sealed class PreserveCaseTranslator : ExtensionTranslator
{
    public override string TypeName => "envoy.extensions.http.header_formatters.preserve_case.v3.PreserveCaseFormatterConfig";

    public override string Supported => "envoy.extensions.http.header_formatters.preserve_case.v3.PreserveCaseFormatterConfig: *";

    public override object Translate(ByteString message, Place place, TranslationContext context)
    {
        var config = PreserveCaseFormatterConfig.Parser.Read(message);
        return new HeaderSpellingConfig(HeaderSpelling.Preserved)
        {
            ForwardReason = config.ForwardReasonPhrase,
            ProperCaseForOwn = config.FormatterTypeOnEnvoyHeaders == PreserveCaseFormatterConfig.Types.FormatterTypeOnEnvoyHeaders.ProperCase,
        };
    }
}

using Envoy.Config.Core.V3;
using Proxy.Configuration;
using Proxy.Configuration.Http;

namespace Proxy.Discovery.V3.Common;

/// <summary>Translates HTTP/1 details.</summary>
internal static class Http1Translator
{
    public static Http1Config Translate(Http1ProtocolOptions? options, Place place, TranslationContext context) => options is null
        ? new Http1Config()
        : new Http1Config
        {
            AllowAbsoluteUrl = options.AllowAbsoluteUrl ?? true,
            AcceptHttp10 = options.AcceptHttp10,
            DefaultHostForHttp10 = options.DefaultHostForHttp10,
            EnableTrailers = options.EnableTrailers,
            AllowChunkedLength = options.AllowChunkedLength,
            StreamErrorOnInvalidMessage = options.OverrideStreamErrorOnInvalidHttpMessage,
            SendFullyQualifiedUrl = options.SendFullyQualifiedUrl,
            AllowCustomMethods = options.AllowCustomMethods,
            Spelling = Spelling(options.HeaderKeyFormat, place.Field("header_key_format"), context),
            IgnoredUpgrades = options.IgnoreHttp11Upgrade
                .Select((matcher, i) => MatcherTranslator.Translate(matcher, place.Field("ignore_http_11_upgrade").Item(i), context)).ToConfigList(),
        };

    private static HeaderSpellingConfig Spelling(Http1ProtocolOptions.Types.HeaderKeyFormat? format, Place place, TranslationContext context)
    {
        var spelling = format?.HeaderFormatCase switch
        {
            Http1ProtocolOptions.Types.HeaderKeyFormat.HeaderFormatOneofCase.ProperCaseWords => new HeaderSpellingConfig(HeaderSpelling.ProperCase),
            Http1ProtocolOptions.Types.HeaderKeyFormat.HeaderFormatOneofCase.StatefulFormatter => (HeaderSpellingConfig?)context.Extensions.Translate(
                format.StatefulFormatter.TypedConfig, place.Field("stateful_formatter").Field("typed_config"), context),
            _ => null,
        };
        return spelling ?? new HeaderSpellingConfig(HeaderSpelling.LowerCase);
    }
}

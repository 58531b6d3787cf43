using Envoy.Extensions.Filters.Http.Cors.V3;
using Google.Protobuf;
using Proxy.Configuration.Filters;
using Proxy.Discovery.V3.Common;

namespace Proxy.Discovery.V3.Filters;

/// <summary>The HTTP filter that lets pages of other origins use a service.</summary>
internal sealed class CorsTranslator : ExtensionTranslator
{
    private static readonly CorsConfig Filter = new();

    public override string TypeName => "envoy.extensions.filters.http.cors.v3.Cors";

    public override string Supported => "envoy.extensions.filters.http.cors.v3.Cors: *";

    public override object Translate(ByteString message, Place place, TranslationContext context) => Filter;

    // As in Envoy, which reads it as a policy that says nothing.
    public override object TranslateForRoute(ByteString message, Place place, TranslationContext context) => new CorsPolicyConfig();
}

/// <summary>What routes say of it.</summary>
internal sealed class CorsPolicyTranslator : ExtensionTranslator
{
    public override string TypeName => "envoy.extensions.filters.http.cors.v3.CorsPolicy";

    public override string Supported => "envoy.extensions.filters.http.cors.v3.CorsPolicy: *";

    public override bool IsPerRoute => true;

    public override object Translate(ByteString message, Place place, TranslationContext context)
    {
        var policy = CorsPolicy.Parser.Read(message);
        return new CorsPolicyConfig
        {
            AllowOrigins = policy.AllowOriginStringMatch.TranslateEach(place, "allow_origin_string_match", context, MatcherTranslator.Translate),
            AllowMethods = policy.AllowMethods,
            AllowHeaders = policy.AllowHeaders,
            ExposeHeaders = policy.ExposeHeaders,
            MaxAge = policy.MaxAge,
            AllowCredentials = policy.AllowCredentials,
            AllowPrivateNetwork = policy.AllowPrivateNetworkAccess,
            ForwardNotMatchingPreflights = policy.ForwardNotMatchingPreflights,
            Enabled = MatcherTranslator.Translate(policy.FilterEnabled),
            Shadow = MatcherTranslator.Translate(policy.ShadowEnabled),
        };
    }
}

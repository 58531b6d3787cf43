using Envoy.Extensions.Filters.Http.CredentialInjector.V3;
using Envoy.Extensions.Http.InjectedCredentials.Generic.V3;
using Google.Protobuf;
using Proxy.Configuration.Filters;
using Proxy.Discovery.V3.Tls;

namespace Proxy.Discovery.V3.Filters;

/// <summary>The HTTP filter that adds a credential to requests.</summary>
internal sealed class CredentialInjectorTranslator : ExtensionTranslator
{
    public override string TypeName => "envoy.extensions.filters.http.credential_injector.v3.CredentialInjector";

    public override string Supported => "envoy.extensions.filters.http.credential_injector.v3.CredentialInjector: *";

    public override object? Translate(ByteString message, Place place, TranslationContext context)
    {
        var injector = CredentialInjector.Parser.Read(message);
        var credential = context.Extensions.Translate(injector.Credential?.TypedConfig, place.Field("credential").Field("typed_config"), context);
        return credential is GenericCredentialConfig generic
            ? new CredentialInjectorConfig(generic) { Overwrite = injector.Overwrite, AllowsMissing = injector.AllowRequestWithoutCredential }
            : null;
    }
}

/// <summary>A credential that is a secret in a header.</summary>
internal sealed class GenericCredentialTranslator : ExtensionTranslator
{
    public override string TypeName => "envoy.extensions.http.injected_credentials.generic.v3.Generic";

    public override string Supported => "envoy.extensions.http.injected_credentials.generic.v3.Generic: *";

    public override object? Translate(ByteString message, Place place, TranslationContext context)
    {
        var generic = Generic.Parser.Read(message);
        if (generic.Credential is null || SecretTranslator.Generic(generic.Credential, place.Field("credential"), context) is not { } secret)
        {
            return null;
        }

        var credential = new GenericCredentialConfig(secret) { Prefix = generic.HeaderValuePrefix };
        return generic.Header.Length == 0 ? credential : credential with { Header = generic.Header };
    }
}

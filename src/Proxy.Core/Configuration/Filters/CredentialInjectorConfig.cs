using Proxy.Configuration.Tls;

namespace Proxy.Configuration.Filters;

/// <summary>The HTTP filter that adds a credential to requests (Envoy <c>credential_injector.v3.CredentialInjector</c>).</summary>
/// <param name="Credential">What it adds.</param>
public sealed record CredentialInjectorConfig(GenericCredentialConfig Credential)
{
    /// <summary>Replaces what the request has already; otherwise that stays. Default false.</summary>
    public bool Overwrite { get; init; }

    /// <summary>Lets requests pass as long as the secret is missing; otherwise they are answered with 401. Default false.</summary>
    public bool AllowsMissing { get; init; }
}

/// <summary>A secret in a header (Envoy <c>injected_credentials.generic.v3.Generic</c>).</summary>
/// <param name="Secret">The secret.</param>
public sealed record GenericCredentialConfig(TlsSecretReference Secret)
{
    /// <summary>Name of the header. Default <c>authorization</c>.</summary>
    public string Header { get; init; } = "authorization";

    /// <summary>Stands before the secret, such as <c>Bearer </c>. Default empty.</summary>
    public string Prefix { get; init; } = "";
}

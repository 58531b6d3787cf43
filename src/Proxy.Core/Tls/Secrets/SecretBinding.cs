using Proxy.Configuration;
using Proxy.Configuration.Tls;
using Proxy.Workers;

namespace Proxy.Tls.Secrets;

/// <summary>One user of secrets with all those it needs. On main.</summary>
/// <param name="config">What is asked for, without its secrets.</param>
/// <param name="user">Who asks.</param>
/// <param name="certificates">Secrets that are certificates.</param>
/// <param name="validation">The secret that tells how certificates are checked; null for none.</param>
/// <param name="ticketKeys">The secret with the keys of session tickets; null for none.</param>
internal sealed class SecretBinding(
    CommonTlsConfig config, ISecretUser user, IReadOnlyList<SecretSubscription> certificates, SecretSubscription? validation, SecretSubscription? ticketKeys) : ISecretBinding
{
    public IEnumerable<SecretSubscription> Secrets => certificates.Append(validation).Append(ticketKeys).OfType<SecretSubscription>();

    /// <summary>Compiles with the secrets that are known.</summary>
    /// <returns>Puts the result in effect; null while secrets are missing.</returns>
    /// <exception cref="ConfigException">The user cannot use them.</exception>
    public Action? Prepare() => Compile(null, null);

    public Action? Prepare(SecretSubscription changed, TlsSecretConfig latest) => Compile(changed, latest);

    /// <summary>Tells what is wrong with the files that its secrets name, null for nothing.</summary>
    public void ReportFiles(string? fault)
    {
        foreach (var secret in Secrets)
        {
            secret.ReportFiles(fault);
        }
    }

    public void CountUpdate(Worker main) => user.CountUpdate(main);

    private Action? Compile(SecretSubscription? changed, TlsSecretConfig? latest)
    {
        if (Secrets.Any(secret => Current(secret) is null))
        {
            return null;
        }

        var complete = config with
        {
            Certificates = [.. config.Certificates, .. certificates.Select(secret => Current(secret)!.Certificate!)],
            Validation = validation is null ? config.Validation : (config.Validation ?? new TlsValidationConfig()).Merge(Current(validation)!.Validation!),
            CertificateSecrets = [],
            ValidationSecret = null,
        };
        return user.Prepare(complete, ticketKeys is null ? null : Current(ticketKeys)!.SessionTicketKeys);

        TlsSecretConfig? Current(SecretSubscription secret) => secret == changed ? latest : secret.Secret;
    }
}

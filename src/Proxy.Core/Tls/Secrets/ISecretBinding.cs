using Proxy.Configuration;
using Proxy.Configuration.Tls;
using Proxy.Workers;

namespace Proxy.Tls.Secrets;

/// <summary>One user of secrets with all those it needs. On main.</summary>
internal interface ISecretBinding
{
    /// <summary>What it needs.</summary>
    IEnumerable<SecretSubscription> Secrets { get; }

    /// <summary>Makes ready what it would do with <paramref name="latest"/> in the place of what <paramref name="changed"/> has.</summary>
    /// <returns>Puts it in effect; null while secrets are missing.</returns>
    /// <exception cref="ConfigException">The user cannot use it.</exception>
    Action? Prepare(SecretSubscription changed, TlsSecretConfig latest);

    /// <summary>Counts a secret that came.</summary>
    void CountUpdate(Worker main);
}

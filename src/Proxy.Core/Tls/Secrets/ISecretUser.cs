using Proxy.Configuration;
using Proxy.Configuration.Tls;
using Proxy.Workers;

namespace Proxy.Tls.Secrets;

/// <summary>TLS whose secrets come from elsewhere. On main.</summary>
internal interface ISecretUser
{
    /// <summary>Compiles a configuration with all its secrets.</summary>
    /// <param name="complete">What both sides have.</param>
    /// <param name="ticketKeys">Keys of session tickets; null where no secret has them.</param>
    /// <returns>Puts it in effect for new connections.</returns>
    /// <exception cref="ConfigException">It cannot be used; the former one goes on.</exception>
    Action Prepare(CommonTlsConfig complete, ConfigList<TlsBytes>? ticketKeys);

    /// <summary>Counts a secret that came.</summary>
    void CountUpdate(Worker main);
}

using Proxy.Configuration;

namespace Proxy.Observability;

/// <summary>Makes access logs from their configuration.</summary>
public abstract class AccessLogFactory
{
    /// <summary>Makes one log for each entry. On main.</summary>
    /// <exception cref="ConfigException">A format or sink breaks a rule.</exception>
    public abstract IReadOnlyList<IAccessLog> Create(IEnumerable<AccessLogConfig> configs);
}

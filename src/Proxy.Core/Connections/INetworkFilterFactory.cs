using Proxy.Hosting;
using Proxy.Workers;

namespace Proxy.Connections;

/// <summary>Makes one kind of network filter. Registered in DI; found by the type of the filter's configuration record.</summary>
public interface INetworkFilterFactory
{
    /// <summary>Type of the configuration record this factory understands.</summary>
    Type ConfigType { get; }

    /// <summary>Prepares filters for one chain: checks <paramref name="config"/> and compiles what can be. On main.</summary>
    /// <param name="config">The record.</param>
    /// <param name="context">What the proxy lends.</param>
    /// <returns>Makes an instance for one connection, on its worker.</returns>
    /// <exception cref="Configuration.ConfigException">The record breaks a rule.</exception>
    Func<Worker, NetworkFilter> Prepare(object config, FilterFactoryContext context);

    /// <summary>True when the filter consumes the connection and so must be the last of its chain. Default false.</summary>
    bool IsTerminal => false;
}

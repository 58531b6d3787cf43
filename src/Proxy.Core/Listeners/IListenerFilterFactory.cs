using Proxy.Hosting;
using Proxy.Workers;

namespace Proxy.Listeners;

/// <summary>Makes one kind of listener filter. Registered in DI; found by the type of the filter's configuration record.</summary>
public interface IListenerFilterFactory
{
    /// <summary>Type of the configuration record this factory understands.</summary>
    Type ConfigType { get; }

    /// <summary>Prepares filters for one listener: checks <paramref name="config"/> and compiles what can be. On main.</summary>
    /// <returns>Makes an instance for one connection, on its worker.</returns>
    /// <exception cref="Configuration.ConfigException">The record breaks a rule.</exception>
    Func<Worker, ListenerFilter> Prepare(object config, FilterFactoryContext context);
}

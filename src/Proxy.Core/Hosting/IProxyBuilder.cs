using Microsoft.Extensions.DependencyInjection;

namespace Proxy.Hosting;

/// <summary>Adds to one proxy of an application: filters, sources of configuration, settings.</summary>
public interface IProxyBuilder
{
    /// <summary>Name of the proxy, and of its <see cref="ProxyOptions"/>; empty for the application's only one.</summary>
    string Name { get; }

    /// <summary>The application's services.</summary>
    IServiceCollection Services { get; }
}

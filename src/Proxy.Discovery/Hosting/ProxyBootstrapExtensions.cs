using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Proxy.Discovery.Hosting;
using Proxy.Discovery.V1.Rest;
using Proxy.Discovery.Xds;
using Proxy.Discovery.Xds.ClientStatus;
using Proxy.Discovery.Xds.Files;
using Proxy.Hosting;
using Proxy.Resources;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Takes a proxy's configuration from Envoy v3 bootstraps.</summary>
public static class ProxyBootstrapExtensions
{
    /// <summary>
    /// Reads a bootstrap from the application's configuration, in the shape of Envoy's JSON (of v3, or of v1 as Envoy 1.3 to 1.7 had it), and follows its
    /// changes: a change that breaks rules is logged and the last good state goes on.
    /// </summary>
    /// <param name="proxy">The proxy.</param>
    /// <param name="section">The section that holds <c>static_resources</c>, <c>admin</c> …</param>
    public static IProxyBuilder AddBootstrap(this IProxyBuilder proxy, IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(proxy);
        ArgumentNullException.ThrowIfNull(section);
        AddResources(proxy.Services);
        proxy.Services.AddSingleton<IConfigureOptions<ProxyOptions>>(services =>
            ConfigurationBootstrap.From(proxy.Name, section, Logger(services)));
        proxy.Services.AddSingleton<IOptionsChangeTokenSource<ProxyOptions>>(new ConfigurationChangeTokenSource<ProxyOptions>(proxy.Name, section));
        return proxy;
    }

    /// <summary>Reads a bootstrap from a file when the proxy starts: YAML by its ending (<c>.yaml</c>, <c>.yml</c>), otherwise JSON.</summary>
    public static IProxyBuilder AddBootstrapFile(this IProxyBuilder proxy, string path)
    {
        ArgumentNullException.ThrowIfNull(proxy);
        ArgumentNullException.ThrowIfNull(path);
        AddResources(proxy.Services);
        proxy.Services.AddSingleton<IConfigureOptions<ProxyOptions>>(services =>
            ConfigurationBootstrap.FromFile(proxy.Name, path, Logger(services)));
        return proxy;
    }

    /// <summary>Makes the sources of resources known that a bootstrap may name.</summary>
    internal static void AddResources(IServiceCollection services)
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IResourceSourceFactory, XdsResourceSourceFactory>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IResourceSourceFactory, V1ResourceSourceFactory>());
        services.TryAddSingleton<IRuntimeFolders, RuntimeFolders>();
        services.TryAddSingleton<IClientStatusSource>(new ClientStatusSource(default, default)); // of what is watched: the host knows the bootstrap besides
    }

    private static ILogger Logger(IServiceProvider services)
    {
        return (services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance).CreateLogger<ConfigurationBootstrap>();
    }
}

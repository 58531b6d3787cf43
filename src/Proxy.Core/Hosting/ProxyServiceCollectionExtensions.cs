using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Proxy.Clusters.Dns;
using Proxy.Configuration.Discovery;
using Proxy.Connections;
using Proxy.Hosting;
using Proxy.Listeners;
using Proxy.Resources;
using Proxy.Routing.Specifiers;
using Proxy.Streams;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Runs proxies inside an application.</summary>
public static class ProxyServiceCollectionExtensions
{
    /// <summary>Adds the application's proxy: it starts and stops with the host.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Says what the proxy does; sources that other packages add may say more.</param>
    public static IProxyBuilder AddProxy(this IServiceCollection services, Action<ProxyOptions>? configure = null)
    {
        return services.AddProxy(Options.Options.DefaultName, configure);
    }

    /// <summary>Adds one of several proxies, called <paramref name="name"/>: each has its own threads, listeners, clusters and stats.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="name">Name of the proxy; its <see cref="ProxyRunner"/> is the keyed service of that name.</param>
    /// <param name="configure">Says what the proxy does.</param>
    public static IProxyBuilder AddProxy(this IServiceCollection services, string name, Action<ProxyOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(name);
        services.AddOptions<ProxyOptions>(name);
        if (configure is not null)
        {
            services.Configure(name, configure);
        }

        services.TryAddSingleton<FilterRegistry>();
        services.TryAddSingleton<IDnsResolver, SystemDnsResolver>();
        if (!services.Any(service => service.IsKeyedService && service.ServiceType == typeof(ProxyRunner) && Equals(service.ServiceKey, name)))
        {
            services.AddKeyedSingleton(name, (provider, _) => new ProxyRunner(name, provider));
            services.AddSingleton<IHostedService>(provider => provider.GetRequiredKeyedService<ProxyRunner>(name));
            if (name.Length == 0)
            {
                services.AddSingleton(provider => provider.GetRequiredKeyedService<ProxyRunner>(name));
            }
        }

        return new ProxyBuilder(name, services);
    }

    /// <summary>Makes HTTP filters of one kind known. A factory registered earlier for the same configuration record wins.</summary>
    public static IProxyBuilder AddHttpFilter<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TFactory>(this IProxyBuilder proxy)
        where TFactory : class, IHttpFilterFactory
    {
        ArgumentNullException.ThrowIfNull(proxy);
        proxy.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IHttpFilterFactory, TFactory>());
        return proxy;
    }

    /// <summary>Makes pickers of clusters of one kind known. A factory registered earlier for the same configuration record wins.</summary>
    public static IProxyBuilder AddClusterSpecifier<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TFactory>(this IProxyBuilder proxy)
        where TFactory : class, IClusterSpecifierFactory
    {
        ArgumentNullException.ThrowIfNull(proxy);
        proxy.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IClusterSpecifierFactory, TFactory>());
        return proxy;
    }

    /// <summary>Makes network filters of one kind known.</summary>
    public static IProxyBuilder AddNetworkFilter<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TFactory>(this IProxyBuilder proxy)
        where TFactory : class, INetworkFilterFactory
    {
        ArgumentNullException.ThrowIfNull(proxy);
        proxy.Services.TryAddEnumerable(ServiceDescriptor.Singleton<INetworkFilterFactory, TFactory>());
        return proxy;
    }

    /// <summary>Makes listener filters of one kind known.</summary>
    public static IProxyBuilder AddListenerFilter<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TFactory>(this IProxyBuilder proxy)
        where TFactory : class, IListenerFilterFactory
    {
        ArgumentNullException.ThrowIfNull(proxy);
        proxy.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IListenerFilterFactory, TFactory>());
        return proxy;
    }

    /// <summary>Makes a source of configuration of the application's own known; it is made once, for all proxies.</summary>
    /// <seealso cref="CustomSourceConfig"/>
    public static IProxyBuilder AddConfigSource<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TSource>(this IProxyBuilder proxy)
        where TSource : class, IConfigSource
    {
        ArgumentNullException.ThrowIfNull(proxy);
        AddCustomSources(proxy.Services);
        proxy.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigSource, TSource>());
        return proxy;
    }

    /// <summary>Makes a source of configuration known that the application has made, such as a <see cref="ConfigFeed"/>.</summary>
    /// <seealso cref="CustomSourceConfig"/>
    public static IProxyBuilder AddConfigSource(this IProxyBuilder proxy, IConfigSource source)
    {
        ArgumentNullException.ThrowIfNull(proxy);
        ArgumentNullException.ThrowIfNull(source);
        AddCustomSources(proxy.Services);
        proxy.Services.AddSingleton(source);
        return proxy;
    }

    private static void AddCustomSources(IServiceCollection services)
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IResourceSourceFactory, CustomResourceSourceFactory>());
    }
}

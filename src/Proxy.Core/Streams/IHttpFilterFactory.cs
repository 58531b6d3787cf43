using Proxy.Hosting;
using Proxy.Workers;

namespace Proxy.Streams;

/// <summary>Makes one kind of HTTP filter. Registered in DI; found by the type of the filter's configuration record.</summary>
public interface IHttpFilterFactory
{
    /// <summary>Type of the configuration record this factory understands.</summary>
    Type ConfigType { get; }

    /// <summary>Prepares filters for one chain: checks <paramref name="config"/> and compiles what can be. On main.</summary>
    /// <param name="config">The record.</param>
    /// <param name="context">What the proxy lends.</param>
    /// <returns>Makes an instance for one stream, on its worker.</returns>
    /// <exception cref="Configuration.ConfigException">The record breaks a rule.</exception>
    Func<Worker, HttpFilter> Prepare(object config, FilterFactoryContext context);

    /// <summary>Compiles a per-route record to what <see cref="IHttpFilterCallbacks.RouteConfig"/> returns. Default: the record itself.</summary>
    /// <exception cref="Configuration.ConfigException">The record breaks a rule.</exception>
    object PrepareRouteConfig(object config, FilterFactoryContext context) => config;

    /// <summary>Type of the record that routes may set for the filter, by which the factory is found where the filter's own comes later. Default null: none.</summary>
    Type? RouteConfigType => null;

    /// <summary>True when the filter answers requests and so must be the last of its chain. Default false.</summary>
    bool IsTerminal => false;

    /// <summary>
    /// True when the filter may also stand in front of an upstream (<c>http_filters</c> of a cluster, <c>upstream_http_filters</c> of the router), where it
    /// sees each attempt on its own. Default false.
    /// </summary>
    bool WorksUpstream => false;
}

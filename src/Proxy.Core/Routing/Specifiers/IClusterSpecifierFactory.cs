using Proxy.Hosting;

namespace Proxy.Routing.Specifiers;

/// <summary>Makes one kind of <see cref="ClusterSpecifier"/>. Registered in DI (<c>AddClusterSpecifier</c>); found by the type of the configuration record.</summary>
public interface IClusterSpecifierFactory
{
    /// <summary>Type of the configuration record this factory understands.</summary>
    Type ConfigType { get; }

    /// <summary>Checks <paramref name="config"/> and compiles it for one route. On main.</summary>
    /// <exception cref="Configuration.ConfigException">The record breaks a rule.</exception>
    ClusterSpecifier Create(object config, FilterFactoryContext context);
}

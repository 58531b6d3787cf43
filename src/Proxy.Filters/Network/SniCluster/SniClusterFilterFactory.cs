using Proxy.Configuration.Filters;
using Proxy.Connections;
using Proxy.Hosting;
using Proxy.Workers;

namespace Proxy.Filters.Network.SniCluster;

/// <summary>Makes filters that name the cluster after the server asked for (<see cref="SniClusterConfig"/>).</summary>
internal sealed class SniClusterFilterFactory : INetworkFilterFactory
{
    public Type ConfigType => typeof(SniClusterConfig);

    public bool IsTerminal => false;

    public Func<Worker, NetworkFilter> Prepare(object config, FilterFactoryContext context) => static _ => new SniClusterFilter();
}

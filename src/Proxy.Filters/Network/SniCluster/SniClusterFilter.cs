using Proxy.Connections;

namespace Proxy.Filters.Network.SniCluster;

/// <summary>Has a TCP proxy behind it use the cluster that is called like the server the client asks for.</summary>
internal sealed class SniClusterFilter : NetworkFilter
{
    public override FilterStatus OnNewConnection()
    {
        if (Connection.Info.ServerName is { Length: > 0 } name)
        {
            Connection.Info.FilterState[TcpProxy.TcpProxyFilter.ClusterState] = name;
        }

        return FilterStatus.Continue;
    }
}

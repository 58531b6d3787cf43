using Proxy.Connections;

namespace Proxy.Listeners;

/// <summary>Stands in for filters whose configuration has not come: closes connections.</summary>
internal sealed class MissingConfigFilter : NetworkFilter
{
    public override FilterStatus OnNewConnection()
    {
        Connection.Close(CloseMode.Immediate, "network_extension_config_missing");
        return FilterStatus.StopIteration;
    }
}

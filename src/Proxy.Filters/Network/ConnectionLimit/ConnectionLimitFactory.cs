using Proxy.Configuration;
using Proxy.Configuration.Filters;
using Proxy.Connections;
using Proxy.Hosting;
using Proxy.Workers;

namespace Proxy.Filters.Network.ConnectionLimit;

/// <summary>Makes filters that cap connections (<see cref="ConnectionLimitConfig"/>).</summary>
internal sealed class ConnectionLimitFactory : INetworkFilterFactory
{
    /// <inheritdoc />
    public Type ConfigType => typeof(ConnectionLimitConfig);

    /// <inheritdoc />
    public Func<Worker, NetworkFilter> Prepare(object config, FilterFactoryContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var limit = (ConnectionLimitConfig)config;
        var faults = new FaultList();
        if (limit.StatPrefix.Length == 0)
        {
            faults.Add("stat_prefix", "required");
        }

        if (limit.MaxConnections < 1)
        {
            faults.Add("max_connections", "must be 1 or more");
        }

        faults.ThrowIfAny();
        var model = new ConnectionLimitModel(limit, context);
        return worker => new ConnectionLimitFilter(model, worker);
    }
}

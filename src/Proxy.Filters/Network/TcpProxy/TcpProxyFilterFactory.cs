using Proxy.Configuration;
using Proxy.Configuration.Filters;
using Proxy.Connections;
using Proxy.Hosting;
using Proxy.Workers;

namespace Proxy.Filters.Network.TcpProxy;

/// <summary>Makes filters that join a connection to an upstream one (<see cref="TcpProxyConfig"/>).</summary>
internal sealed class TcpProxyFilterFactory : INetworkFilterFactory
{
    /// <inheritdoc />
    public Type ConfigType => typeof(TcpProxyConfig);

    /// <inheritdoc />
    public bool IsTerminal => true;

    /// <inheritdoc />
    public Func<Worker, NetworkFilter> Prepare(object config, FilterFactoryContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var proxy = (TcpProxyConfig)config;
        var faults = Check(proxy);
        var tunnel = proxy.Tunneling is { } tunneling ? TunnelModel.Compile(tunneling, context, faults) : null;
        faults.ThrowIfAny();
        var model = new TcpProxyModel(proxy, tunnel, context);
        return worker => new TcpProxyFilter(model, worker);
    }

    private static FaultList Check(TcpProxyConfig config)
    {
        var faults = new FaultList();
        if (config.StatPrefix.Length == 0)
        {
            faults.Add("stat_prefix", "required");
        }

        if ((config.Cluster is null) == (config.WeightedClusters.Count == 0))
        {
            faults.Add("cluster", "exactly one of cluster and weighted_clusters is required");
        }

        for (var i = 0; i < config.WeightedClusters.Count; i++)
        {
            if (config.WeightedClusters[i].Weight == 0)
            {
                faults.Add($"weighted_clusters.clusters[{i}].weight", "must be 1 or more");
            }
        }

        if (config.MaxConnectAttempts < 1)
        {
            faults.Add("max_connect_attempts", "must be 1 or more");
        }

        CheckTimes(config, faults);
        if (config is { Tunneling: not null, ProxyProtocolTlvs.Count: > 0 })
        {
            faults.Add("proxy_protocol_tlvs", "does not go with tunneling_config: connections to the proxy are shared by clients");
        }

        if (config.ProxyProtocolTlvs.Sum(static tlv => 3L + tlv.Value.Count) > 16 * 1024)
        {
            faults.Add("proxy_protocol_tlvs", "must not be larger than 16 KiB together");
        }

        return faults;
    }

    private static void CheckTimes(TcpProxyConfig config, FaultList faults)
    {
        if (config.MaxConnectionDuration < TimeSpan.FromMilliseconds(1))
        {
            faults.Add("max_downstream_connection_duration", "must be at least 0.001s");
        }

        if (config.MaxConnectionDurationJitter is not (>= 0 and <= 100))
        {
            faults.Add("max_downstream_connection_duration_jitter_percentage", "must be between 0 and 100");
        }

        if (config.BackOff is { } pause && pause.BaseInterval < TimeSpan.FromMilliseconds(1))
        {
            faults.Add("backoff_options.base_interval", "must be at least 0.001s");
        }

        if (config.BackOff is { MaxInterval: { } max } && max < config.BackOff.BaseInterval)
        {
            faults.Add("backoff_options.max_interval", "must not be less than base_interval");
        }

        if (config.AccessLogFlushInterval < TimeSpan.FromMilliseconds(1))
        {
            faults.Add("access_log_options.access_log_flush_interval", "must be at least 0.001s");
        }
    }
}

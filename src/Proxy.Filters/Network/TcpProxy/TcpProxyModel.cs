using Proxy.Clusters;
using Proxy.Clusters.Transports;
using Proxy.Configuration.Filters;
using Proxy.Hosting;
using Proxy.Observability;
using Proxy.Routing.Hashing;
using Proxy.Stats;
using Proxy.Workers;

namespace Proxy.Filters.Network.TcpProxy;

/// <summary>What all connections of one configured tcp_proxy share. Immutable.</summary>
internal sealed class TcpProxyModel
{
    private readonly string[] _clusters;
    private readonly ulong[] _shares; // sums of the weights up to each cluster

    public TcpProxyModel(TcpProxyConfig config, TunnelModel? tunnel, FilterFactoryContext context)
    {
        Config = config;
        Tunnel = tunnel;
        Tlvs = ProxyHeader.Encode(config.ProxyProtocolTlvs);
        Clusters = context.Clusters;
        Stats = context.Stats.CreateGroup(TcpProxyStats.Schema, $"tcp.{config.StatPrefix}.");
        Logs = [.. context.AccessLogs.Create(config.AccessLogs)];
        _clusters = config.Cluster is { } one ? [one] : [.. config.WeightedClusters.Select(cluster => cluster.Name)];
        _shares = new ulong[_clusters.Length];
        ulong sum = 0;
        for (var i = 0; i < _shares.Length; i++)
        {
            sum += config.Cluster is null ? config.WeightedClusters[i].Weight : 1;
            _shares[i] = sum;
        }

        Hash = RequestHash.CompileOrThrow(config.HashPolicy is { } policy ? [policy] : []);
        IdleMilliseconds = Milliseconds(config.IdleTimeout);
        MaxDurationMilliseconds = Milliseconds(config.MaxConnectionDuration);
        LogMilliseconds = Logs.Length > 0 ? Milliseconds(config.AccessLogFlushInterval) : 0;
    }

    public TcpProxyConfig Config { get; }

    public ClusterManager Clusters { get; }

    public StatGroup Stats { get; }

    public IAccessLog[] Logs { get; }

    /// <summary>How connections are hashed; null when they are not.</summary>
    public RequestHash? Hash { get; }

    /// <summary>0 is never.</summary>
    public long IdleMilliseconds { get; }

    /// <summary>0 is never.</summary>
    private long MaxDurationMilliseconds { get; }

    /// <summary>How connections ask for a tunnel; null when they do without.</summary>
    public TunnelModel? Tunnel { get; }

    /// <summary>What the PROXY protocol carries to the upstream besides, as on the wire.</summary>
    public byte[] Tlvs { get; }

    /// <summary>Time between lines of a live connection; 0 is never.</summary>
    public long LogMilliseconds { get; }

    /// <summary>How long a connection may last, in ms, with its share of the jitter; 0 is for ever.</summary>
    public long NextMaxDuration(Worker worker)
    {
        var jitter = (long)Math.Ceiling(MaxDurationMilliseconds * Config.MaxConnectionDurationJitter / 100);
        return MaxDurationMilliseconds + (jitter > 0 ? (long)(worker.Random.Next() % (ulong)jitter) : 0);
    }

    /// <summary>The cluster that the next attempt goes to.</summary>
    public string PickCluster(Worker worker)
    {
        if (_clusters.Length == 1)
        {
            return _clusters[0];
        }

        var pick = worker.Random.Next() % _shares[^1];
        var index = 0;
        while (pick >= _shares[index])
        {
            index++;
        }

        return _clusters[index];
    }

    private static long Milliseconds(TimeSpan? time) => time is { } value ? Math.Max(0, (long)value.TotalMilliseconds) : 0;
}

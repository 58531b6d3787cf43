using System.Net;
using Proxy.Clusters.Outliers;
using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Workers;

namespace Proxy.Clusters;

/// <summary>One member of a cluster: the same object on all workers as long as it is a member. Weight and health belong to the host set, not to it.</summary>
public sealed class Host
{
    private readonly int _shardCount;
    private HostShard?[]? _shards; // made with the first of them: most hosts of a large mesh are never used
    private volatile EndPoint _endPoint;

    /// <summary>Creates a host that <paramref name="workers"/> workers and main may use.</summary>
    internal Host(EndPoint endPoint, string hostname, EndpointConfig config, LocalityEndpointsConfig place, int workers)
    {
        _endPoint = endPoint;
        Hostname = hostname;
        Config = config;
        Place = place;
        _shardCount = workers + 1;
    }

    /// <summary>Creates a host that is in no configuration.</summary>
    internal Host(EndPoint endPoint, string hostname, LocalityConfig locality, int workers)
        : this(endPoint, hostname, Unconfigured, locality == LocalityConfig.None ? Nowhere : new LocalityEndpointsConfig { Locality = locality }, workers)
    {
    }

    private static EndpointConfig Unconfigured { get; } = new(new InMemoryAddressConfig(""));

    private static LocalityEndpointsConfig Nowhere { get; } = new();

    /// <summary>Where new connections go. Only that of a logical host ever changes.</summary>
    public EndPoint EndPoint => _endPoint;

    /// <summary>Name, for automatic host rewrite; empty when it has none.</summary>
    public string Hostname { get; }

    /// <summary>Where it runs.</summary>
    public LocalityConfig Locality => Place.Locality;

    /// <summary>What it was made from; its weight and its health may be others now.</summary>
    internal EndpointConfig Config { get; }

    /// <summary>The place that it was made from; its other hosts may be others now.</summary>
    internal LocalityEndpointsConfig Place { get; }

    /// <summary>What is known against it. Changed on main; requests go by the copy in the host set.</summary>
    internal HealthFlags Flags { get; set; }

    /// <summary>What is different about its health checks; null for nothing.</summary>
    internal EndpointHealthCheckConfig? HealthCheck => Config.HealthCheck;

    /// <summary>An active health check has had a result. On main.</summary>
    internal bool IsChecked { get; set; }

    /// <summary>Where outcomes of requests are reported; null when nobody wants to know. Set on main before a worker sees the host.</summary>
    internal OutlierMonitor? Outliers { get; set; }

    /// <summary>Its priority; 0 is used first.</summary>
    internal int Priority => Place.Priority;

    /// <summary>Metadata for logs and filters, by namespace and key; null when there is none.</summary>
    internal IReadOnlyDictionary<string, Dictionary<string, object>>? Metadata { get; init; }

    /// <summary>What connections to it are made of; null leaves it to the cluster.</summary>
    internal Transports.UpstreamSocket? Socket { get; init; }

    /// <summary>A host that tries something new out (<c>canary: true</c> in its <c>envoy.lb</c> metadata).</summary>
    internal bool IsCanary => Metadata is not null && Metadata.TryGetValue("envoy.lb", out var values) && values.TryGetValue("canary", out var canary) && canary is true;

    /// <summary>Requests under way on all workers; others' parts may be a moment old.</summary>
    internal long ActiveRequests
    {
        get
        {
            long sum = 0;
            foreach (var shard in Volatile.Read(ref _shards) ?? [])
            {
                sum += shard is null ? 0 : Volatile.Read(ref shard.RequestsActive);
            }

            return sum;
        }
    }

    /// <summary>Connections of all workers, those on their way up counted too; others' parts may be a moment old.</summary>
    internal long ActiveConnections
    {
        get
        {
            long sum = 0;
            foreach (var shard in Volatile.Read(ref _shards) ?? [])
            {
                sum += shard is null ? 0 : Volatile.Read(ref shard.ConnectionsActive);
            }

            return sum;
        }
    }

    /// <summary>Counters of all workers that used it, for admin.</summary>
    internal IEnumerable<HostShard> Shards => (Volatile.Read(ref _shards) ?? []).OfType<HostShard>();

    /// <summary>What <paramref name="worker"/> has of it: counters and pools. On that worker.</summary>
    internal HostShard On(Worker worker) => FindOn(worker) ?? Create(worker);

    /// <summary>The same if there is something; null when the worker has never used it. On that worker.</summary>
    internal HostShard? FindOn(Worker worker) => Volatile.Read(ref _shards)?[worker.Index + 1];

    /// <summary>Sends the connections of a logical host somewhere else. On main.</summary>
    internal void MoveTo(EndPoint endPoint) => _endPoint = endPoint;

    private HostShard Create(Worker worker)
    {
        var shards = Volatile.Read(ref _shards);
        if (shards is null)
        {
            var made = new HostShard?[_shardCount];
            shards = Interlocked.CompareExchange(ref _shards, made, null) ?? made;
        }

        var shard = new HostShard();
        Volatile.Write(ref shards[worker.Index + 1], shard);
        return shard;
    }
}

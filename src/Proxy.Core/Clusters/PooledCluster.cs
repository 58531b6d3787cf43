using Proxy.Clusters.Balancing;
using Proxy.Clusters.Breakers;
using Proxy.Clusters.Pools;
using Proxy.Configuration.Clusters;
using Proxy.Http;
using Proxy.Stats;
using Proxy.Streams;
using Proxy.Workers;

namespace Proxy.Clusters;

/// <summary>One cluster on one worker. What it needs to serve is made when it is first used: most clusters of a large mesh never are, on most workers.</summary>
internal sealed class PooledCluster : WorkerCluster
{
    private LoadBalancer? _balancer;
    private OriginalDestinations? _originals;
    private HostSet _hosts = HostSet.Empty;

    public PooledCluster(Worker worker, ClusterModel model)
    {
        Worker = worker;
        Model = model;
    }

    public Worker Worker { get; }

    /// <summary>Another one after every change of settings that pools do not depend on.</summary>
    public ClusterModel Model { get; private set; }

    public override string Name => Config.Name;

    public override ClusterConfig Config => Model.Config;

    public override StatShard Stats => field ??= Model.Stats.Shard(Worker);

    internal override IReadOnlyDictionary<string, Dictionary<string, object>>? Metadata => Model.Metadata;

    internal override bool PicksByHash => Model.Hash is null && Config.Policy is (LoadBalancingPolicy.RingHash or LoadBalancingPolicy.Maglev);

    internal override GrpcMethodStats Grpc => field ??= new GrpcMethodStats(Model.Scope, Model.Stats.Prefix + "grpc.", Worker);

    internal override GrpcMethodStats GrpcWeb => field ??= new GrpcMethodStats(Model.Scope, Model.Stats.Prefix + "grpc-web.", Worker);

    /// <summary>What HTTP/2 counts.</summary>
    public StatShard Http2Stats => field ??= Model.Http2Stats.Shard(Worker);

    internal override StatShard? Canary => field ??= Model.Canary.Shard(Worker);

    internal override Outliers.ErrorMatcher? OutlierErrors => Model.OutlierErrors;

    internal override HttpFilterChainModel? Filters => Model.Filters;

    internal override HostSet Hosts => _hosts;

    public WorkerBreakers Breakers => field ??= Model.Connections.Breakers.On(Worker);

    public override Host? ChooseHost(in LoadBalancerContext context)
    {
        var host = Config.Type == ClusterType.OriginalDestination ? (_originals ??= new OriginalDestinations(this)).Choose(context) : Balance(context);
        if (host is null)
        {
            Stats.Increment(ClusterStats.NoneHealthy);
        }

        return host;
    }

    internal override PendingRequest? NewRequest(Host host, in PoolQuery query, IClientStreamHandler handler, IHttpPoolCallbacks callbacks)
    {
        return PoolOf(host, query).NewRequest(handler, callbacks);
    }

    internal override void CancelRequest(PendingRequest request)
    {
        var pending = (PendingHttpRequest)request;
        pending.Pool.Cancel(pending);
    }

    internal override PendingConnection? NewConnection(Host host, RequestPriority priority, ITcpPoolCallbacks callbacks, ConnectionOrigin origin)
    {
        return TcpUpstream.Start(this, host, priority, callbacks, origin);
    }

    internal override void CancelConnection(PendingConnection connection) => ((TcpUpstream)connection).Cancel();

    internal override bool TryStartRetry(RequestPriority priority)
    {
        if (!Breakers.CanAdd(priority, BreakerResource.Retries))
        {
            return false;
        }

        Breakers.Add(priority, BreakerResource.Retries);
        return true;
    }

    /// <summary>True when the limits of the cluster and of <paramref name="host"/> allow one more connection.</summary>
    internal bool CanConnect(Host host, RequestPriority priority) => Breakers.CanAdd(priority, BreakerResource.Connections)
        && (Model.Connections.Breakers.LimitPerHost(priority) is not { } limit || host.ActiveConnections < limit);

    internal override void EndRetry(RequestPriority priority) => Breakers.Remove(priority, BreakerResource.Retries);

    /// <summary>Uses another set of hosts; those that are not in it any more are drained.</summary>
    public void Update(HostSet hosts)
    {
        var old = _hosts;
        _hosts = hosts;
        _balancer?.Update(hosts);
        if (!ReferenceEquals(old, HostSet.Empty) && !ReferenceEquals(old, hosts))
        {
            DrainReplaced(old, hosts);
        }
    }

    /// <summary>Goes by other settings, with the pools that are there.</summary>
    public void Use(ClusterModel model)
    {
        if (ReferenceEquals(model, Model))
        {
            return;
        }

        if (_originals is not null && (Config.Type, Config.OriginalDestination) != (model.Config.Type, model.Config.OriginalDestination))
        {
            _originals.Drain();
            _originals = null;
        }

        Model = model;
        _balancer = null;
    }

    /// <summary>The cluster is gone: every connection ends after its request.</summary>
    public void Drain()
    {
        Update(HostSet.Empty);
        _originals?.Drain();
    }

    /// <summary>Ends a host's idle connections now, the others after their request.</summary>
    public static void Drain(HostShard? shard)
    {
        foreach (var pool in PoolsOf(shard))
        {
            pool.Drain();
        }
    }

    /// <summary>The same for a host that has left: connections that come up are not kept either.</summary>
    public static void Leave(HostShard? shard)
    {
        foreach (var pool in PoolsOf(shard))
        {
            pool.Leave();
        }
    }

    private static IEnumerable<HttpPool> PoolsOf(HostShard? shard) => (shard?.Pools ?? []).OfType<HttpPool>().Concat(shard?.NamedPools?.All ?? []);

    private Host? Balance(in LoadBalancerContext context)
    {
        var balancer = _balancer ?? CreateBalancer();
        return Model.Hash is { } own ? balancer.Choose(context.With(own), Stats) : balancer.Choose(context, Stats);
    }

    private LoadBalancer CreateBalancer()
    {
        _balancer = new LoadBalancer(Config, Worker, Model.Runtime);
        _balancer.Update(_hosts);
        return _balancer;
    }

    private HttpPool PoolOf(Host host, in PoolQuery query)
    {
        var protocol = ProtocolFor(query.Downstream);
        var origin = query.Origin.Source is not null && (Config.PoolPerDownstreamConnection || Model.SocketOf(host).TellsOrigin) ? query.Origin : default;
        if (query.Host is not null || origin.Source is not null)
        {
            return (host.On(Worker).NamedPools ??= new NamedPools()).Get(this, host, new PoolName(query.Host, origin.Source, origin.Destination, query.Priority, protocol));
        }

        var pools = host.On(Worker).Pools ??= new HttpPool?[4];
        ref var pool = ref pools[((int)query.Priority * 2) + (protocol == HttpProtocol.Http11 ? 0 : 1)];
        return pool ??= new HttpPool(this, host, query.Priority, protocol);
    }

    // Null leaves it to the TLS session.
    private HttpProtocol? ProtocolFor(HttpProtocol downstream) => Config.Http.Protocol switch
    {
        UpstreamProtocol.Http2 => HttpProtocol.Http2,
        UpstreamProtocol.Negotiated => null,
        UpstreamProtocol.Downstream when downstream >= HttpProtocol.Http2 => HttpProtocol.Http2,
        _ => HttpProtocol.Http11,
    };

    // What a balancer gave to one host may belong to another one now.
    private void DrainReplaced(HostSet old, HostSet hosts)
    {
        if (Config.ClosesConnectionsOnHostSetChange && !hosts.All.All(entry => old.Contains(entry.Host)))
        {
            hosts = HostSet.Empty; // as in Envoy: who only leaves takes nothing away from the others
        }

        var kept = new HashSet<Host>(hosts.All.Select(entry => entry.Host), ReferenceEqualityComparer.Instance);
        foreach (var entry in old.All)
        {
            if (!kept.Contains(entry.Host))
            {
                Leave(entry.Host.FindOn(Worker));
            }
        }
    }
}

using Proxy.Configuration.Clusters;
using Proxy.Stats;

namespace Proxy.Clusters;

/// <summary>One cluster as one worker sees it: hosts, balancer and pools. On that worker only.</summary>
/// <remarks>
/// It counts what happens to connections and pools (<c>upstream_cx_*</c>, <c>upstream_rq_total</c>, <c>_active</c>, <c>_pending_*</c>, <c>_active_overflow</c>,
/// <c>_cancelled</c>, <c>lb_*</c>) and <c>cx_*</c>, <c>rq_total</c>, <c>rq_active</c> of the host. Whoever sends the request counts its outcome.
/// </remarks>
public abstract class WorkerCluster
{
    /// <summary>Name of the cluster.</summary>
    public abstract string Name { get; }

    /// <summary>What was configured.</summary>
    public abstract ClusterConfig Config { get; }

    /// <summary>The worker's shard of the cluster's stats (<see cref="ClusterStats"/>).</summary>
    public abstract StatShard Stats { get; }

    /// <summary>Metadata for logs and filters, by namespace and key; null when there is none.</summary>
    internal virtual IReadOnlyDictionary<string, Dictionary<string, object>>? Metadata => null;

    /// <summary>Hosts are picked by the hash of the request: whoever asks for one should work it out (<see cref="LoadBalancerContext.Hash"/>).</summary>
    internal virtual bool PicksByHash => false;

    /// <summary>Which answers outlier detection takes for errors of the host; null leaves it to their status.</summary>
    internal virtual Outliers.ErrorMatcher? OutlierErrors => null;

    /// <summary>HTTP filters that attempts pass; null leaves that to the router.</summary>
    internal virtual Streams.HttpFilterChainModel? Filters => null;

    /// <summary>Names of requests that TLS is told (automatic SNI).</summary>
    internal Pools.RecentNames ServerNames => field ??= new();

    /// <summary>gRPC calls by method, for filters that count them; null where nobody does.</summary>
    internal virtual GrpcMethodStats? Grpc => null;

    /// <summary>The same for gRPC-Web.</summary>
    internal virtual GrpcMethodStats? GrpcWeb => null;

    /// <summary>Where answers of canaries are counted; null where nobody does.</summary>
    internal virtual StatShard? Canary => null;

    /// <summary>The members at this moment.</summary>
    internal virtual HostSet Hosts => HostSet.Empty;

    /// <summary>Picks a host; null when none can be used (counted as <c>upstream_cx_none_healthy</c>).</summary>
    public abstract Host? ChooseHost(in LoadBalancerContext context);

    /// <summary>
    /// Sends a request to <paramref name="host"/>: on a connection with room, or on a new one. The outcome is told to
    /// <paramref name="callbacks"/>, possibly before the call returns.
    /// </summary>
    /// <returns>A ticket for <see cref="CancelRequest"/> while the outcome is open, dead once it is known; null when it is known already.</returns>
    internal abstract PendingRequest? NewRequest(Host host, in PoolQuery query, Http.IClientStreamHandler handler, IHttpPoolCallbacks callbacks);

    /// <summary>Gives up a request that waits for a connection. Its callbacks are not called any more.</summary>
    internal abstract void CancelRequest(PendingRequest request);

    /// <summary>Opens a plain connection to <paramref name="host"/>; the outcome is told to <paramref name="callbacks"/>, possibly before the call returns.</summary>
    /// <param name="host">Where to.</param>
    /// <param name="priority">Whose limits count.</param>
    /// <param name="callbacks">Told what comes of it.</param>
    /// <param name="origin">Whom it is for.</param>
    /// <returns>A ticket for <see cref="CancelConnection"/> while the outcome is open, dead once it is known; null when it is known already.</returns>
    internal abstract PendingConnection? NewConnection(Host host, RequestPriority priority, ITcpPoolCallbacks callbacks, ConnectionOrigin origin);

    /// <summary>Gives up a connection that is not up yet. Its callbacks are not called any more.</summary>
    internal abstract void CancelConnection(PendingConnection connection);

    /// <summary>Reserves a retry (circuit breaker <c>max_retries</c>); false when there are too many. Follow with <see cref="EndRetry"/>.</summary>
    internal abstract bool TryStartRetry(RequestPriority priority);

    /// <summary>A retry is over.</summary>
    internal abstract void EndRetry(RequestPriority priority);
}

/// <summary>Whose circuit breaker limits count (Envoy <c>RoutingPriority</c>).</summary>
public enum RequestPriority
{
    /// <summary>The usual ones.</summary>
    Default,

    /// <summary>Those for important requests.</summary>
    High,
}

/// <summary>What a balancer may look at.</summary>
public readonly ref struct LoadBalancerContext
{
    /// <summary>Hash that a route's hash policy computed; null when it has none.</summary>
    public ulong? Hash { get; init; }

    /// <summary>How many hosts were refused for this request since it was last given one; a policy that would pick the same again picks another.</summary>
    internal int Attempt { get; init; }

    /// <summary>Priorities that were tried before, one bit each: to be left out as long as others can be used.</summary>
    internal UInt128 AvoidedPriorities { get; init; }

    /// <summary>The record of the request or connection; null when there is none.</summary>
    internal Streams.StreamInfo? Info { get; init; }

    /// <summary>The request's head; null for plain connections.</summary>
    public Http.HeaderMap? RequestHeaders { get; init; }

    /// <summary>The downstream connection; null when there is none.</summary>
    public Connections.ConnectionInfo? Downstream { get; init; }

    /// <summary>The same request with the hash that <paramref name="policies"/> make of it.</summary>
    internal LoadBalancerContext With(Routing.Hashing.RequestHash policies)
    {
        var hash = policies.Compute(new Routing.Hashing.HashInput { Headers = RequestHeaders, Downstream = Downstream, Info = Info });
        return new LoadBalancerContext { Hash = hash, Attempt = Attempt, AvoidedPriorities = AvoidedPriorities, Info = Info, RequestHeaders = RequestHeaders, Downstream = Downstream };
    }
}

/// <summary>What decides which of a host's pools serves a request.</summary>
/// <param name="Priority">Whose limits count.</param>
/// <param name="Downstream">Version of the request that is sent on; decides where the cluster speaks what its clients speak.</param>
/// <param name="Host">Host of the request, without port, where TLS is to be told of it; null where not.</param>
/// <param name="Origin">Whose request it is, for hosts that are told.</param>
internal readonly record struct PoolQuery(
    RequestPriority Priority, Http.HttpProtocol Downstream = Http.HttpProtocol.Http11, string? Host = null, ConnectionOrigin Origin = default);

/// <summary>A request that waits for a connection.</summary>
internal abstract class PendingRequest;

/// <summary>A plain connection that is not up yet.</summary>
internal abstract class PendingConnection;

/// <summary>Why a pool has no connection to offer.</summary>
internal enum PoolFailure
{
    /// <summary>A circuit breaker is open: a limit of this side, nothing that the host did.</summary>
    Overflow,

    /// <summary>The host could not be reached.</summary>
    ConnectFailed,

    /// <summary>The host could not be reached for a reason on this side.</summary>
    LocalConnectFailed,

    /// <summary>The host could not be reached in time.</summary>
    Timeout,
}

/// <summary>Told what comes of a request given to a pool.</summary>
internal interface IHttpPoolCallbacks
{
    /// <summary>A connection is there: encode on <paramref name="stream"/>. The answer comes to the handler given with the request.</summary>
    /// <param name="stream">Where to send the request.</param>
    /// <param name="host">Where it goes.</param>
    /// <param name="connection">The connection, to look at only.</param>
    /// <param name="protocol">What it speaks.</param>
    /// <param name="reused">The connection was up, and without requests, before this one came for it, so the peer may have closed it meanwhile.</param>
    void OnPoolReady(Http.HttpClientStream stream, Host host, Connections.Connection connection, Http.HttpProtocol protocol, bool reused);

    /// <summary>There is none.</summary>
    /// <param name="failure">Why.</param>
    /// <param name="details">What the transport says, such as <c>delayed connect error: Connection refused</c>; may be empty.</param>
    /// <param name="host">Where it was to go.</param>
    void OnPoolFailure(PoolFailure failure, string details, Host host);
}

/// <summary>Told what comes of a plain connection asked for.</summary>
internal interface ITcpPoolCallbacks
{
    /// <summary>It is up and belongs to the callee (<see cref="Connections.Connection.Start"/>), who disposes <paramref name="lease"/> when it is closed.</summary>
    void OnPoolReady(Connections.Connection connection, Host host, IConnectionLease lease);

    /// <summary>There is none.</summary>
    void OnPoolFailure(PoolFailure failure, string details, Host host);
}

/// <summary>What the cluster counts about a plain connection that somebody else owns. Dispose it once, after the connection has closed.</summary>
internal interface IConnectionLease : IDisposable
{
    /// <summary>Counts the bytes that went through the connection since the last call.</summary>
    void CountBytes();
}

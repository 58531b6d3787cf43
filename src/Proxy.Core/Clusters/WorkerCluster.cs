using Proxy.Stats;

namespace Proxy.Clusters;

/// <summary>One cluster as one worker sees it: hosts, balancer and pools. On that worker only.</summary>
public abstract class WorkerCluster
{
    /// <summary>Name of the cluster.</summary>
    public abstract string Name { get; }

    /// <summary>The worker's shard of the cluster's stats (<see cref="ClusterStats"/>).</summary>
    public abstract StatShard Stats { get; }

    /// <summary>Picks a host; null when none can be used.</summary>
    public abstract Host? ChooseHost(in LoadBalancerContext context);

    /// <summary>
    /// Sends a request to <paramref name="host"/>: on a connection that is free, or on a new one. The outcome is told to
    /// <paramref name="callbacks"/>, possibly before the call returns.
    /// </summary>
    /// <returns>A ticket for <see cref="CancelRequest"/> while the outcome is open; null when it is known already.</returns>
    internal abstract PendingRequest? NewRequest(Host host, RequestPriority priority, Http.IClientStreamHandler handler, IHttpPoolCallbacks callbacks);

    /// <summary>Gives up a request that waits for a connection. Its callbacks are not called any more.</summary>
    internal abstract void CancelRequest(PendingRequest request);

    /// <summary>Opens a plain connection to <paramref name="host"/>, or takes a prepared one; the outcome is told to <paramref name="callbacks"/> later.</summary>
    internal abstract PendingConnection? NewConnection(Host host, RequestPriority priority, ITcpPoolCallbacks callbacks);

    /// <summary>Gives up a connection that is not up yet.</summary>
    internal abstract void CancelConnection(PendingConnection connection);
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

    /// <summary>The request's head; null for plain connections.</summary>
    public Http.HeaderMap? RequestHeaders { get; init; }

    /// <summary>The downstream connection; null when there is none.</summary>
    public Connections.ConnectionInfo? Downstream { get; init; }
}

/// <summary>A request that waits for a connection.</summary>
internal abstract class PendingRequest;

/// <summary>A plain connection that is not up yet.</summary>
internal abstract class PendingConnection;

/// <summary>Why a pool has no connection to offer.</summary>
internal enum PoolFailure
{
    /// <summary>A circuit breaker is open.</summary>
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
    void OnPoolReady(Http.HttpClientStream stream, Host host, Connections.Connection connection);

    /// <summary>There is none.</summary>
    void OnPoolFailure(PoolFailure failure, string details, Host host);
}

/// <summary>Told what comes of a plain connection asked for.</summary>
internal interface ITcpPoolCallbacks
{
    /// <summary>It is up and belongs to the callee (<see cref="Connections.Connection.Start"/>); <paramref name="lease"/> gives it back when it is over.</summary>
    void OnPoolReady(Connections.Connection connection, Host host, IDisposable lease);

    /// <summary>There is none.</summary>
    void OnPoolFailure(PoolFailure failure, string details, Host host);
}

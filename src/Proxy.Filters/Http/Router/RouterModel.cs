using Proxy.Clusters;
using Proxy.Hosting;
using Proxy.Observability;
using Proxy.Stats;
using Proxy.Streams;
using Proxy.Workers;

namespace Proxy.Filters.Http.Router;

/// <summary>A compiled router, shared by all workers.</summary>
internal sealed class RouterModel
{
    private readonly PerWorker<RouterWorker> _workers;

    public RouterModel()
    {
        _workers = new PerWorker<RouterWorker>(worker => new RouterWorker(this, worker));
    }

    public required ClusterManager Clusters { get; init; }

    public required StatGroup Stats { get; init; }

    /// <summary>Runtime values.</summary>
    public RuntimeSnapshot Runtime { get; init; } = RuntimeSnapshot.Empty;

    /// <summary>Leaves out the <c>x-envoy-…</c> headers that the router adds.</summary>
    public bool SuppressEnvoyHeaders { get; init; }

    /// <summary>A trusted client's <c>x-envoy-expected-rq-timeout-ms</c> is its timeout.</summary>
    public bool RespectExpectedTimeout { get; init; }

    /// <summary>Headers whose values must be what they may be.</summary>
    public StrictHeaders StrictHeaders { get; init; } = StrictHeaders.None;

    /// <summary>Answers to gRPC requests are not counted by their HTTP status.</summary>
    public bool SuppressGrpcStatusStats { get; init; }

    /// <summary>Attempts are logged also when they begin.</summary>
    public bool LogOnUpstreamStart { get; init; }

    /// <summary>Time between log lines of a running attempt in ms; 0 for none.</summary>
    public long UpstreamLogMilliseconds { get; init; }

    /// <summary>Logs of each attempt at an upstream.</summary>
    public IReadOnlyList<IAccessLog> UpstreamLogs { get; init; } = [];

    /// <summary>Filters that attempts pass where their cluster has none of its own; null for none.</summary>
    public HttpFilterChainModel? UpstreamFilters { get; init; }

    /// <summary>What the routers of <paramref name="worker"/> share. On that worker.</summary>
    public RouterWorker For(Worker worker) => _workers.Get(worker);
}

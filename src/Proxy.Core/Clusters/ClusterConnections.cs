using Proxy.Clusters.Breakers;
using Proxy.Clusters.Transports;
using Proxy.Configuration.Clusters;
using Proxy.Resources;
using Proxy.Stats;
using Proxy.Tls;
using Proxy.Tls.Secrets;
using Proxy.Workers;
using Proxy.Workers.Files;

namespace Proxy.Clusters;

/// <summary>What the connections of a cluster stand on: the workers' views with their pools, the limits, and what connections are made of.</summary>
/// <remarks>It is handed on through every change of settings that connections do not depend on, and with it the hosts that stay. On main.</remarks>
internal sealed class ClusterConnections : IDisposable
{
    private static readonly ClusterConfig Neutral = new() { Name = "" };

    public ClusterConnections(ClusterConfig config, StatScope scope, StatGroup stats, int workers, FileFlusher? files)
    {
        Breakers = new ClusterBreakers(config, workers);
        Sockets = new UpstreamSockets(config, new TlsReport(scope, stats.Prefix, files));
    }

    public ClusterBreakers Breakers { get; }

    /// <summary>What connections to the hosts are made of.</summary>
    public UpstreamSockets Sockets { get; }

    /// <summary>The secrets that connections wait for; null when they wait for none.</summary>
    public ResourceScope? Secrets { get; private set; }

    /// <summary>One for main and one for each worker.</summary>
    public PooledCluster[] Views { get; private set; } = [];

    /// <summary>True when connections made for <paramref name="former"/> are as good for <paramref name="next"/>.</summary>
    public static bool AreSame(ClusterConfig former, ClusterConfig next) => OnlyWhatTheyDependOn(former) == OnlyWhatTheyDependOn(next);

    /// <summary>Makes the views, unless there are some from before: those change when the cluster is put in use.</summary>
    public void OpenViews(ClusterModel model, Worker main, IReadOnlyList<Worker> workers)
    {
        if (Views.Length == 0)
        {
            Views = [new PooledCluster(main, model), .. workers.Select(worker => new PooledCluster(worker, model))];
        }
    }

    /// <summary>Gets certificates and keys that come from elsewhere, until <see cref="Dispose"/>.</summary>
    public void Watch(SecretDiscovery secrets)
    {
        if (Secrets is not null)
        {
            return;
        }

        foreach (var tls in Sockets.Tls)
        {
            tls.Watch(secrets, Secrets ??= new ResourceScope());
        }
    }

    public void Dispose() => Secrets?.Dispose();

    // A setting that is not named here is taken for one that connections depend on.
    private static ClusterConfig OnlyWhatTheyDependOn(ClusterConfig config) => config with
    {
        Type = default,
        Policy = default,
        LeastRequest = Neutral.LeastRequest,
        Hashing = Neutral.Hashing,
        PanicThreshold = default,
        FailsOnPanic = default,
        UpdateMergeWindow = default,
        HealthCheck = null,
        IgnoresNewHostsUntilChecked = default,
        ClosesConnectionsOnHostSetChange = default,
        IgnoresHealthOnRemoval = default,
        OutlierDetection = null,
        Endpoints = [],
        EndpointDiscovery = null,
        ConnectTimeout = default,
        DefaultBreaker = Neutral.DefaultBreaker,
        HighBreaker = Neutral.HighBreaker,
        Dns = Neutral.Dns,
        Http = config.Http with { Filters = [], OutlierErrors = null },
        Metadata = [],
        OriginalDestination = Neutral.OriginalDestination,
    };
}

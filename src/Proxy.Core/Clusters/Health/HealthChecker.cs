using Proxy.Clusters.Transports;
using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Connections;
using Proxy.Stats;
using Proxy.Workers;

namespace Proxy.Clusters.Health;

/// <summary>Checks the hosts of one cluster (Envoy's active health checks). On main, with connections of its own.</summary>
/// <remarks>Flags are set on the hosts; <see cref="Checked"/> tells of every result, so that those who need to know can.</remarks>
internal sealed class HealthChecker
{
    private readonly Dictionary<Host, HealthSession> _sessions = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<Host> _unchecked = new(ReferenceEqualityComparer.Instance);
    private readonly UpstreamSocket? _socket; // null leaves it to the host
    private bool _hadTraffic;

    public HealthChecker(ClusterModel cluster, HealthModel model, Worker main, StatShard stats)
    {
        Cluster = cluster;
        Model = model;
        Main = main;
        Stats = stats;
        _socket = Labels(cluster) is { } labels ? cluster.Connections.Sockets.Choose(main, labels, null) : null;
    }

    public ClusterModel Cluster { get; }

    public HealthModel Model { get; }

    public Worker Main { get; }

    public StatShard Stats { get; }

    /// <summary>Told of what happens; null when nobody listens.</summary>
    public HealthEventLog? Log { get; init; }

    /// <summary>A host was checked.</summary>
    public required Action<HealthCheckResult> Checked { get; init; }

    /// <summary>Every host has been checked once.</summary>
    public bool IsSettled => _unchecked.Count == 0;

    /// <summary>The members are others now: new ones are checked at once, and are out until they pass.</summary>
    public void SetHosts(IReadOnlyCollection<Host> hosts)
    {
        var gone = new HashSet<Host>(_sessions.Keys, ReferenceEqualityComparer.Instance);
        var added = new List<HealthSession>();
        foreach (var host in hosts.Where(static host => host.HealthCheck is not { IsDisabled: true }))
        {
            if (!gone.Remove(host) && !_sessions.ContainsKey(host))
            {
                if (!host.IsChecked)
                {
                    host.Flags |= HealthFlags.FailedActiveCheck | (Cluster.Config.IgnoresNewHostsUntilChecked ? HealthFlags.PendingActiveCheck : HealthFlags.None);
                    _unchecked.Add(host);
                }

                added.Add(_sessions[host] = Create(host));
            }
        }

        foreach (var host in gone)
        {
            _sessions.Remove(host, out var session);
            session!.Stop();
            _unchecked.Remove(host);
        }

        added.ForEach(static session => session.Start());
        PublishGauges();
    }

    public void Stop()
    {
        foreach (var session in _sessions.Values)
        {
            session.Stop();
        }

        _sessions.Clear();
        Stats.Set(HealthStats.Healthy, 0);
        Stats.Set(HealthStats.Degraded, 0);
    }

    /// <summary>Opens a connection for a check. The check's own time limits it.</summary>
    public Connection Connect(Host host, IConnectionHandler handler)
    {
        return Cluster.ConnectForCheck(Main, host, Model.AddressOf(host), SocketOf(host), handler);
    }

    /// <summary>What connections that check <paramref name="host"/> are made of.</summary>
    public UpstreamSocket SocketOf(Host host) => _socket ?? Cluster.SocketOf(host);

    /// <summary>True once the cluster has been used: until then checks are rare.</summary>
    public bool HasTraffic()
    {
        _hadTraffic = _hadTraffic || _sessions.Keys.Any(static host => host.Shards.Any(static shard => Volatile.Read(ref shard.ConnectionsTotal) > 0));
        return _hadTraffic;
    }

    /// <summary>A session has a result.</summary>
    public void OnChecked(Host host, bool passed, bool changed, bool first)
    {
        _unchecked.Remove(host);
        PublishGauges();
        Checked(new HealthCheckResult(host, passed, changed, first));
    }

    /// <summary>Brings the numbers of healthy hosts up to date.</summary>
    public void PublishGauges()
    {
        Stats.Set(HealthStats.Healthy, _sessions.Keys.Count(static host => !host.Flags.HasFlag(HealthFlags.FailedActiveCheck)));
        Stats.Set(HealthStats.Degraded, _sessions.Keys.Count(static host => host.Flags.HasFlag(HealthFlags.DegradedActiveCheck)));
    }

    private static Dictionary<string, object>? Labels(ClusterModel cluster) =>
        cluster.Config.HealthCheck is { TransportLabels: { Length: > 0 } labels } ? MetadataTree.TryParse(labels) : null;

    private HealthSession Create(Host host) => Model.Config.Probe switch
    {
        HttpHealthProbeConfig http => new HttpHealthSession(this, host, http),
        GrpcHealthProbeConfig grpc => new GrpcHealthSession(this, host, grpc),
        _ => new TcpHealthSession(this, host),
    };
}

/// <summary>What came of one check.</summary>
/// <param name="Host">The host.</param>
/// <param name="Passed">It is well.</param>
/// <param name="Changed">Its flags have changed.</param>
/// <param name="First">It was its first check.</param>
internal readonly record struct HealthCheckResult(Host Host, bool Passed, bool Changed, bool First);

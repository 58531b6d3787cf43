using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Stats;
using Proxy.Tls;
using Proxy.Workers;

namespace Proxy.Clusters.Transports;

/// <summary>What connections to the hosts of a cluster are made of: the cluster's own choice, and others for hosts with certain metadata.</summary>
/// <remarks>A host's is chosen once, on main, when the host is made.</remarks>
internal sealed class UpstreamSockets
{
    /// <summary>The namespace of metadata that is looked at.</summary>
    public const string Namespace = "envoy.transport_socket_match";

    private readonly Match[] _matches;

    public UpstreamSockets(ClusterConfig config, TlsReport report)
    {
        Default = new UpstreamSocket(config.Transport, report);
        _matches = [.. config.TransportMatches.Select(match => new Match(
            MetadataTree.TryParse(match.Labels) ?? [],
            new UpstreamSocket(match.Transport, report),
            report.Scope.CreateGroup(MatchStats.Schema, $"{report.Prefix}transport_socket_match.{match.Name}.")))];
    }

    /// <summary>For hosts without metadata that asks for another.</summary>
    public UpstreamSocket Default { get; }

    /// <summary>All that speak TLS.</summary>
    public IEnumerable<UpstreamTls> Tls => _matches.Select(static match => match.Socket).Prepend(Default).Select(static socket => socket.Tls).OfType<UpstreamTls>();

    /// <summary>The first match by the host's own metadata, else by that of its place, else the default. On main.</summary>
    /// <param name="main">Where it is counted.</param>
    /// <param name="host">Values of the host in <see cref="Namespace"/>; null for none.</param>
    /// <param name="place">Those of its place; null for none.</param>
    public UpstreamSocket Choose(Worker main, Dictionary<string, object>? host, Dictionary<string, object>? place)
    {
        if (_matches.Length == 0)
        {
            return Default;
        }

        var match = Array.Find(_matches, match => match.Fits(host)) ?? Array.Find(_matches, match => match.Fits(place));
        match?.Stats.Shard(main).Increment(MatchStats.Total);
        return match?.Socket ?? Default;
    }

    private sealed record Match(Dictionary<string, object> Labels, UpstreamSocket Socket, StatGroup Stats)
    {
        public bool Fits(Dictionary<string, object>? values)
        {
            foreach (var (key, wanted) in Labels)
            {
                if (values is null || !values.TryGetValue(key, out var value) || !MetadataTree.AreEqual(value, wanted))
                {
                    return false;
                }
            }

            return true;
        }
    }

    private static class MatchStats
    {
        public static readonly StatSchema Schema = new();
        public static readonly CounterId Total = Schema.Counter("total_match_count");
    }
}

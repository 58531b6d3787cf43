using Envoy.Admin.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Proxy.Clusters;
using Proxy.Hosting;
using Proxy.Listeners;
using Proxy.Resources;

namespace Proxy.Discovery.V3.Dump;

/// <summary>Adds what came while the proxy ran to the sections of a dump. On main.</summary>
/// <param name="resources">What came; null for nothing.</param>
internal sealed class DynamicDump(DynamicResources? resources)
{
    private const string SecretUrl = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret";
    private const string EndpointsUrl = "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment";

    public ClustersConfigDump AddTo(ClustersConfigDump dump)
    {
        dump.VersionInfo = resources?.Clusters?.Version ?? "";
        dump.DynamicActiveClusters.AddRange((resources?.ActiveClusters ?? []).Where(static cluster => cluster.Origin is not null).Select(Cluster));
        dump.DynamicWarmingClusters.AddRange((resources?.WarmingClusters ?? []).Where(static cluster => cluster.Origin is not null).Select(Cluster));
        return dump;
    }

    /// <summary>The hosts of all clusters as they are now; null while there is no cluster.</summary>
    public EndpointsConfigDump? Endpoints()
    {
        var dump = new EndpointsConfigDump();
        foreach (var cluster in resources?.ActiveClusters ?? [])
        {
            var config = new Any { TypeUrl = EndpointsUrl, Value = AssignmentDump.Of(cluster).ToByteString() };
            if (cluster.Origin is null)
            {
                dump.StaticEndpointConfigs.Add(new EndpointsConfigDump.Types.StaticEndpointConfig { EndpointConfig = config });
            }
            else
            {
                dump.DynamicEndpointConfigs.Add(new EndpointsConfigDump.Types.DynamicEndpointConfig { EndpointConfig = config });
            }
        }

        return dump.StaticEndpointConfigs.Count + dump.DynamicEndpointConfigs.Count == 0 ? null : dump;
    }

    public ListenersConfigDump AddTo(ListenersConfigDump dump)
    {
        dump.VersionInfo = resources?.Listeners?.Version ?? "";
        var byName = new SortedDictionary<string, ListenersConfigDump.Types.DynamicListener>(StringComparer.Ordinal);
        foreach (var state in Dynamic(resources?.ActiveListeners ?? []))
        {
            Entry(byName, state.Model.Config.Name).ActiveState = State(state.Origin!);
        }

        foreach (var warming in resources?.WarmingListeners ?? [])
        {
            Entry(byName, warming.Model.Config.Name).WarmingState = State(warming.Origin!);
        }

        foreach (var state in Dynamic(resources?.DrainingListeners ?? []))
        {
            Entry(byName, state.Model.Config.Name).DrainingState = State(state.Origin!);
        }

        // As in Envoy, what was refused stands by its name and once more without.
        foreach (var (name, refused) in resources?.Listeners?.Refused ?? new Dictionary<string, RefusedUpdate>())
        {
            Entry(byName, name).ErrorState = Failure(refused);
            dump.DynamicListeners.Add(new ListenersConfigDump.Types.DynamicListener { ErrorState = Failure(refused) });
        }

        dump.DynamicListeners.AddRange(byName.Values);
        return dump;
    }

    public RoutesConfigDump AddTo(RoutesConfigDump dump)
    {
        foreach (var table in resources?.Routes.Subscriptions ?? [])
        {
            if (table.Origin is { Message: Any message } origin)
            {
                dump.DynamicRouteConfigs.Add(new RoutesConfigDump.Types.DynamicRouteConfig
                {
                    VersionInfo = origin.Version,
                    RouteConfig = message,
                    LastUpdated = At(origin.UpdatedAt),
                });
            }
        }

        return dump;
    }

    public ScopedRoutesConfigDump AddTo(ScopedRoutesConfigDump dump)
    {
        foreach (var set in resources?.Scopes.Subscriptions ?? [])
        {
            if (set.Origin is { } origin)
            {
                dump.DynamicScopedRouteConfigs.Add(new ScopedRoutesConfigDump.Types.DynamicScopedRouteConfigs
                {
                    Name = set.Key.Name,
                    VersionInfo = origin.Version,
                    ScopedRouteConfigs = { set.Scopes.Select(static scope => scope.Message).OfType<Any>() },
                    LastUpdated = At(origin.UpdatedAt),
                });
            }
        }

        return dump;
    }

    public SecretsConfigDump AddTo(SecretsConfigDump dump)
    {
        foreach (var secret in (resources?.Secrets.Subscriptions ?? []).Where(static secret => secret.Key.Reference.Source is not null))
        {
            var entry = new SecretsConfigDump.Types.DynamicSecret
            {
                Name = secret.Key.Reference.Name,
                VersionInfo = secret.Origin.Version,
                LastUpdated = At(secret.Origin.UpdatedAt),
                Secret = secret.Origin.Message as Any ?? new Any
                {
                    TypeUrl = SecretUrl,
                    Value = new Envoy.Extensions.TransportSockets.Tls.V3.Secret { Name = secret.Key.Reference.Name }.ToByteString(),
                },
            };
            (secret.Secret is null ? dump.DynamicWarmingSecrets : dump.DynamicActiveSecrets).Add(entry);
        }

        return dump;
    }

    /// <summary>Configurations of filters, a section a kind of filter.</summary>
    public IEnumerable<EcdsConfigDump> Extensions()
    {
        foreach (var family in (resources?.Extensions.Subscriptions ?? []).GroupBy(static extension => extension.Key.Family))
        {
            var dump = new EcdsConfigDump();
            foreach (var origin in family.Select(static extension => extension.Origin).OfType<DynamicOrigin>())
            {
                dump.EcdsFilters.Add(new EcdsConfigDump.Types.EcdsFilterConfig
                {
                    VersionInfo = origin.Version,
                    EcdsFilter = origin.Message as Any,
                    LastUpdated = At(origin.UpdatedAt),
                });
            }

            yield return dump;
        }
    }

    private static IEnumerable<ListenerState> Dynamic(IEnumerable<ListenerState> listeners) => listeners.Where(static listener => listener.Origin is not null);

    private static ListenersConfigDump.Types.DynamicListener Entry(
        SortedDictionary<string, ListenersConfigDump.Types.DynamicListener> byName, string name)
    {
        if (!byName.TryGetValue(name, out var entry))
        {
            entry = new ListenersConfigDump.Types.DynamicListener { Name = name };
            byName.Add(name, entry);
        }

        return entry;
    }

    private static ClustersConfigDump.Types.DynamicCluster Cluster(ClusterState state) => new()
    {
        VersionInfo = state.Origin!.Version,
        Cluster = state.Origin.Message as Any,
        LastUpdated = At(state.Origin.UpdatedAt),
    };

    private static ListenersConfigDump.Types.DynamicListenerState State(DynamicOrigin origin) => new()
    {
        VersionInfo = origin.Version,
        Listener = origin.Message as Any,
        LastUpdated = At(origin.UpdatedAt),
    };

    private static UpdateFailureState Failure(RefusedUpdate refused) => new()
    {
        FailedConfiguration = refused.Message as Any,
        LastUpdateAttempt = At(refused.At),
        Details = refused.Details,
    };

    // Milliseconds, as Envoy prints them.
    private static Timestamp At(DateTimeOffset time) => Timestamp.FromDateTimeOffset(DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds()));
}

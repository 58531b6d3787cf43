using Envoy.Admin.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Proxy.Clusters;
using Proxy.Discovery.V3.Dump;
using Proxy.Hosting;
using Proxy.Resources;
using Proxy.Resources.Status;
using GenericXdsConfig = Envoy.Service.Status.V3.ClientConfig.Types.GenericXdsConfig;

namespace Proxy.Discovery.Xds.ClientStatus;

/// <summary>Lists resources and how they stand. On main.</summary>
/// <param name="resources">What came and what is waited for.</param>
/// <param name="withContents">The resources themselves are in it.</param>
internal sealed class StatusReport(DynamicResources resources, bool withContents)
{
    /// <summary>One entry a resource: those of the bootstrap, then those that are watched, by kind and name.</summary>
    public IEnumerable<GenericXdsConfig> Entries(Envoy.Config.Bootstrap.V3.Bootstrap bootstrap, DateTimeOffset loadedAt) =>
        new BootstrapDump(bootstrap, loadedAt).Resources().Select(resource => Static(resource, loadedAt)).Concat(Watched());

    private GenericXdsConfig Static(Any resource, DateTimeOffset loadedAt) => new()
    {
        TypeUrl = resource.TypeUrl,
        Name = ResourceName.Of(resource),
        XdsConfig = withContents ? resource : null,
        LastUpdated = At(loadedAt),
        IsStaticResource = true,
    };

    // What is watched twice, as by a cluster and the one that is to take its place, is one resource: the watch that heard of it last tells.
    private IEnumerable<GenericXdsConfig> Watched()
    {
        var hosts = EndpointSets();
        return resources.Watched
            .SelectMany(static watch => watch.Ledger.Entries.Select(status => (watch.Kind, Name: NameOf(watch, status), Status: status)))
            .GroupBy(static entry => (entry.Kind, entry.Name))
            .OrderBy(static group => group.Key.Kind)
            .ThenBy(static group => group.Key.Name, StringComparer.Ordinal)
            .Select(group => Entry(group.Key.Kind, group.Key.Name, group.MaxBy(static entry => entry.Status.HeardAt).Status, hosts));
    }

    private static string NameOf(ResourceRequest watch, ResourceStatus status) =>
        status.Name == ResourceLedger.Everything ? watch.Prefix + ResourceLedger.Everything : status.Name;

    private GenericXdsConfig Entry(ResourceKind kind, string name, ResourceStatus status, Dictionary<string, ClusterState> hosts)
    {
        var wasTaken = status.UpdatedAt != default;
        return new GenericXdsConfig
        {
            TypeUrl = ResourceTypes.Of(kind).Url,
            Name = name,
            VersionInfo = status.Version,
            XdsConfig = !withContents || !wasTaken ? null : kind == ResourceKind.Endpoints ? Endpoints(hosts.GetValueOrDefault(name)) : status.Message as Any,
            LastUpdated = wasTaken ? At(status.UpdatedAt) : null,
            ClientStatus = StatusOf(status.State),
            ErrorState = status.Refusal is { } refusal ? Failure(refusal) : null,
        };
    }

    private static ClientResourceStatus StatusOf(ResourceState state) => state switch
    {
        ResourceState.Requested => ClientResourceStatus.Requested,
        ResourceState.Missing => ClientResourceStatus.DoesNotExist,
        ResourceState.Taken => ClientResourceStatus.Acked,
        ResourceState.Refused => ClientResourceStatus.Nacked,
        _ => ClientResourceStatus.Timeout,
    };

    private UpdateFailureState Failure(RefusedUpdate refusal) => new()
    {
        FailedConfiguration = withContents ? refusal.Message as Any : null,
        LastUpdateAttempt = At(refusal.At),
        Details = refusal.Details,
        VersionInfo = refusal.Version,
    };

    private Dictionary<string, ClusterState> EndpointSets()
    {
        var hosts = new Dictionary<string, ClusterState>(StringComparer.Ordinal);
        foreach (var cluster in resources.ActiveClusters.Concat(resources.WarmingClusters))
        {
            if (cluster.Config.EndpointDiscovery is { } discovery)
            {
                hosts.TryAdd(discovery.ServiceName.Length > 0 ? discovery.ServiceName : cluster.Config.Name, cluster);
            }
        }

        return hosts;
    }

    private static Any? Endpoints(ClusterState? cluster) =>
        cluster is null ? null : new Any { TypeUrl = ResourceTypes.Of(ResourceKind.Endpoints).Url, Value = AssignmentDump.Of(cluster).ToByteString() };

    // Milliseconds, as everywhere on the admin interface.
    private static Timestamp At(DateTimeOffset time) => Timestamp.FromDateTimeOffset(DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds()));
}

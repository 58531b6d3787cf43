namespace Proxy.Expressions.Attributes;

/// <summary><c>xds.…</c>: what was configured for the request.</summary>
internal static class XdsAttributes
{
    public static AttributeMap Create() => new AttributeMap()
        .Add("cluster_name", static (in CelContext c) => c.TextOrMissing(c.Data.Info?.UpstreamClusterRaw))
        .Add("cluster_metadata", MetadataMap.Node(static (in CelContext c) => c.Data.Info?.ClusterMetadata))
        .Add("route_name", static (in CelContext c) => c.Data.Info?.Route is { } route ? c.Text(route.Name) : CelValue.NoSuchKey)
        .Add("route_metadata", MetadataMap.Node(static (in CelContext c) => c.Data.Info?.Route?.Metadata))
        .Add("virtual_host_name", static (in CelContext c) => c.Data.Info?.Route is { } route ? c.Text(route.VirtualHostName) : CelValue.NoSuchKey)
        .Add("virtual_host_metadata", MetadataMap.Node(static (in CelContext c) => c.Data.Info?.Route?.VirtualHost.Metadata))
        .Add("upstream_host_metadata", MetadataMap.Node(static (in CelContext c) => c.Data.Info?.UpstreamHost?.Metadata))
        .Add("filter_chain_name", static (in CelContext c) => c.Text(c.Data.Connection?.FilterChainName))
        .Add("listener_metadata", MetadataMap.Node(static (in CelContext c) => c.Data.Connection?.ListenerMetadata))
        .Add("listener_direction", static (in CelContext c) => c.Data.Connection is { } connection ? CelValue.Of((long)connection.Direction) : CelValue.NoSuchKey)
        .Refuse("node", "upstream_host_locality_metadata");
}

using Proxy.Discovery.Testing;

namespace Proxy.Host.Tests.ControlPlanes;

/// <summary>A control plane changes a cluster while requests go to it.</summary>
[NonParallelizable]
public sealed class ClusterUpdateTests
{
    [TestCase(TestTransport.Ads, "lb_policy: LEAST_REQUEST", 1)]
    [TestCase(TestTransport.DeltaAds, "circuit_breakers: {thresholds: [{max_requests: 7}]}", 1)]
    [TestCase(TestTransport.Grpc, "connect_timeout: 3s", 1)]
    [TestCase(TestTransport.Ads, "per_connection_buffer_limit_bytes: 4096", 2)]
    public async Task Cluster_ItsSettingsChange_ConnectionsGoOnUnlessTheyDependOnThem(TestTransport transport, string change, int connections)
    {
        await using var plane = await TestControlPlane.StartAsync();
        await using var upstream = await DiscoveredProxy.StartUpstreamAsync("app");
        var bootstrap = TestBootstrap.For(transport, plane);
        DiscoveredProxy.Serve(plane, bootstrap, "1", DiscoveredProxy.PortOf(upstream));
        await using var proxy = await DiscoveredProxy.StartAsync(bootstrap);
        await proxy.ExpectAsync("app");

        plane.Set("2", $$$"""
            "@type": type.googleapis.com/{{{DiscoveredProxy.ClusterType}}}
            name: app
            type: EDS
            eds_cluster_config: {eds_config: {{{bootstrap.Source(DiscoveredProxy.EndpointsType)}}}}
            {{{change}}}
            """);
        await DiscoveredProxy.WaitAsync(() => proxy.Count("cluster_manager.cluster_modified") == 1, "the cluster changes");
        plane.Set("2", DiscoveredProxy.Hosts(DiscoveredProxy.PortOf(upstream)));
        await DiscoveredProxy.WaitAsync(() => proxy.Count("cluster.app.membership_change") >= 2, "they are in use");
        await proxy.ExpectAsync("app");
        await proxy.ExpectAsync("app");

        proxy.Count("cluster.app.upstream_cx_total").Should().Be(connections);
        proxy.Count("cluster.app.upstream_rq_total").Should().BeGreaterThanOrEqualTo(3);
        proxy.Count("cluster.app.upstream_cx_destroy").Should().Be(connections - 1);
    }
}

using Envoy.Service.Status.V3;
using Envoy.Type.Matcher.V3;
using Google.Protobuf;
using Proxy.Discovery.Testing;
using Proxy.Host.Tests.ControlPlanes;

namespace Proxy.Host.Tests.Foreign;

/// <summary>Client status discovery, asked by a client on somebody else's gRPC library.</summary>
[NonParallelizable]
public sealed class ForeignStatusTests
{
    private const string Admin = "admin: {address: {socket_address: {address: 127.0.0.1, port_value: 0}}}\n";

    [TestCase(TestTransport.Ads)]
    [TestCase(TestTransport.DeltaAds)]
    public async Task Client_SeesHowEveryResourceStands(TestTransport transport)
    {
        await using var upstream = await DiscoveredProxy.StartUpstreamAsync("first");
        await using var plane = await TestControlPlane.StartAsync();
        var bootstrap = TestBootstrap.For(transport, plane);
        DiscoveredProxy.Serve(plane, bootstrap, "1", DiscoveredProxy.PortOf(upstream));
        await using var proxy = await DiscoveredProxy.StartAsync(Admin + bootstrap);
        await using var client = ForeignProcess.Start("client_status.py", ("ADMIN_ADDRESS", proxy.Server.AdminAddress!));
        await proxy.ExpectAsync("first");

        (await StatusAsync(client)).Should().Equal("Cluster app Acked", "ClusterLoadAssignment app Acked", "Listener main Acked", "RouteConfiguration routes Acked");

        plane.Set("2", DiscoveredProxy.Routes("nowhere"));
        await ExpectAsync(client, "RouteConfiguration routes Nacked");
        var (config, entries) = await FetchAsync(client);
        config.Node.Id.Should().Be("test");
        var routes = entries["RouteConfiguration routes"];
        routes.ErrorState.Details.Should().Contain("nowhere");
        routes.ErrorState.FailedConfiguration.Value.ToStringUtf8().Should().Contain("nowhere");
        routes.XdsConfig.Value.ToStringUtf8().Should().Contain("app").And.NotContain("nowhere");
        routes.VersionInfo.Should().NotBeEmpty().And.NotBe(routes.ErrorState.VersionInfo);
        entries["ClusterLoadAssignment app"].XdsConfig.Value.ToStringUtf8().Should().Contain("127.0.0.1");

        plane.Set("3", DiscoveredProxy.Routes("app"));
        await ExpectAsync(client, "RouteConfiguration routes Acked");

        plane.Hold(DiscoveredProxy.RoutesType);
        plane.Set("4", DiscoveredProxy.Listener("other", "late", bootstrap));
        await ExpectAsync(client, "RouteConfiguration late Requested");

        plane.Clear("5", DiscoveredProxy.ClusterType);
        await DiscoveredProxy.WaitAsync(() => proxy.Count("cluster_manager.cluster_removed") > 0, "the cluster goes");
        (await StatusAsync(client)).Should().Equal("Listener other Acked", "RouteConfiguration late Requested", "RouteConfiguration routes Acked");
    }

    [Test]
    public async Task Client_StreamsSelectsAndErrs()
    {
        await using var plane = await TestControlPlane.StartAsync();
        var bootstrap = TestBootstrap.For(TestTransport.Ads, plane);
        DiscoveredProxy.Serve(plane, bootstrap, "1", 1);
        await using var proxy = await DiscoveredProxy.StartAsync(Admin + bootstrap);
        await using var client = ForeignProcess.Start("client_status.py", ("ADMIN_ADDRESS", proxy.Server.AdminAddress!));
        var all = Hex(new ClientStatusRequest());
        var lean = Hex(new ClientStatusRequest { ExcludeResourceContents = true });
        var others = Hex(new ClientStatusRequest { NodeMatchers = { new NodeMatcher { NodeId = new StringMatcher { Exact = "node-2" } } } });

        var answers = (await client.AskAsync($"StreamClientStatus {all} {lean} {others} {all}")).Split(' ').Select(Read).ToArray();

        answers.Select(static answer => answer.Config.Count).Should().Equal(1, 1, 0, 1);
        answers[0].Config[0].GenericXdsConfigs.Should().Contain(static entry => entry.XdsConfig != null);
        answers[1].Config[0].GenericXdsConfigs.Should().HaveCount(answers[0].Config[0].GenericXdsConfigs.Count).And.OnlyContain(static entry => entry.XdsConfig == null);
        (await client.AskAsync("FetchClientStatus 0a05")).Should().StartWith("INVALID_ARGUMENT ");
        (await client.AskAsync($"FetchClientStatus {Hex(new ClientStatusRequest { NodeMatchers = { new NodeMatcher { NodeId = new StringMatcher { Prefix = "" } } } })}"))
            .Should().StartWith("INVALID_ARGUMENT node_matchers[0].node_id.prefix");
        (await client.AskAsync($"FetchClientStatus {Convert.ToHexString(new byte[70_000])}")).Should().StartWith("RESOURCE_EXHAUSTED ");
        (await client.AskAsync("WatchClientStatus -")).Should().StartWith("UNIMPLEMENTED ");
        (await StatusAsync(client)).Should().NotBeEmpty("the connection goes on");
    }

    private static async Task<IEnumerable<string>> StatusAsync(ForeignProcess client) =>
        (await FetchAsync(client)).Entries.Select(static entry => $"{entry.Key} {entry.Value.ClientStatus}");

    private static async Task ExpectAsync(ForeignProcess client, string expected)
    {
        IEnumerable<string> shown = [];
        for (var i = 0; i < 1000 && !shown.Contains(expected); i++)
        {
            shown = await StatusAsync(client);
        }

        shown.Should().Contain(expected);
    }

    private static async Task<(ClientConfig Config, Dictionary<string, ClientConfig.Types.GenericXdsConfig> Entries)> FetchAsync(ForeignProcess client)
    {
        var config = Read(await client.AskAsync("FetchClientStatus -")).Config.Single();
        return (config, config.GenericXdsConfigs.ToDictionary(static entry => $"{entry.TypeUrl[(entry.TypeUrl.LastIndexOf('.') + 1)..]} {entry.Name}"));
    }

    private static string Hex(ClientStatusRequest request) => request.CalculateSize() == 0 ? "-" : Convert.ToHexString(request.ToByteArray());

    private static ClientStatusResponse Read(string hex) => ClientStatusResponse.Parser.ParseFrom(hex == "-" ? [] : Convert.FromHexString(hex));
}

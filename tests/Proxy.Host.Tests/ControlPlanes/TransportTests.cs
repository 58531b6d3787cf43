using Proxy.Discovery.Testing;

namespace Proxy.Host.Tests.ControlPlanes;

/// <summary>Every transport, with a control plane that does as it should and one that does not.</summary>
[NonParallelizable]
public sealed class TransportTests
{
    private static readonly TestTransport[] Streams = [TestTransport.Grpc, TestTransport.DeltaGrpc, TestTransport.Ads, TestTransport.DeltaAds];

    [TestCase(TestTransport.Grpc)]
    [TestCase(TestTransport.DeltaGrpc)]
    [TestCase(TestTransport.Ads)]
    [TestCase(TestTransport.Ads, true)]
    [TestCase(TestTransport.DeltaAds)]
    [TestCase(TestTransport.Rest)]
    [TestCase(TestTransport.Files)]
    public async Task Proxy_FollowsEveryKindOfResource_AndKeepsTheLastGoodState(TestTransport transport, bool failsOver = false)
    {
        await using var first = await DiscoveredProxy.StartUpstreamAsync("first");
        await using var second = await DiscoveredProxy.StartUpstreamAsync("second");
        await using var setup = await SetUpAsync(transport, DiscoveredProxy.PortOf(first), failsOver);
        await setup.Proxy.ExpectAsync("first");

        await setup.SetAsync("2", DiscoveredProxy.Hosts(DiscoveredProxy.PortOf(second)));
        await setup.Proxy.ExpectAsync("second");

        await setup.SetAsync("2", DiscoveredProxy.Routes("nowhere"));
        await DiscoveredProxy.WaitAsync(() => setup.Count("http.in.rds.routes.update_rejected") > 0, "a table with an unknown cluster is refused");
        await setup.Proxy.ExpectAsync("second");

        await setup.SetAsync("3", DiscoveredProxy.Routes("app"), DiscoveredProxy.Hosts(DiscoveredProxy.PortOf(first)));
        await setup.Proxy.ExpectAsync("first");
    }

    [TestCaseSource(nameof(Streams))]
    public async Task LostStreams_AreOpenedAgain_AndTrafficGoesOn(TestTransport transport)
    {
        await using var first = await DiscoveredProxy.StartUpstreamAsync("first");
        await using var second = await DiscoveredProxy.StartUpstreamAsync("second");
        await using var setup = await SetUpAsync(transport, DiscoveredProxy.PortOf(first));
        await setup.Proxy.ExpectAsync("first");
        var before = setup.Plane.StreamCount;

        setup.Plane.DropStreams();
        await setup.Proxy.ExpectAsync("first");
        await DiscoveredProxy.WaitAsync(() => setup.Plane.StreamCount >= 2 * before, "every stream comes back");
        await setup.SetAsync("2", DiscoveredProxy.Hosts(DiscoveredProxy.PortOf(second)));

        await setup.Proxy.ExpectAsync("second");
    }

    [TestCaseSource(nameof(Streams))]
    public async Task ResourceOfAnotherType_IsRefusedWithTheReason_AndTheStreamGoesOn(TestTransport transport)
    {
        await using var first = await DiscoveredProxy.StartUpstreamAsync("first");
        await using var second = await DiscoveredProxy.StartUpstreamAsync("second");
        await using var setup = await SetUpAsync(transport, DiscoveredProxy.PortOf(first));

        setup.Plane.Send(DiscoveredProxy.EndpointsType, "bad", "bad-nonce", TestResource.Raw(DiscoveredProxy.ClusterType, "app", "\n\u0003app"u8));
        await DiscoveredProxy.WaitAsync(() => setup.Refusals().Count > 0, "the answer is refused");

        setup.Refusals().Should().AllSatisfy(static refusal =>
        {
            refusal.Nonce.Should().Be("bad-nonce");
            refusal.Error.Should().Contain(DiscoveredProxy.ClusterType);
        });
        await setup.SetAsync("3", DiscoveredProxy.Hosts(DiscoveredProxy.PortOf(second)));
        await setup.Proxy.ExpectAsync("second");
    }

    [TestCaseSource(nameof(Streams))]
    public async Task BytesThatAreNoMessage_AreRefused_AndTheStreamGoesOn(TestTransport transport)
    {
        await using var first = await DiscoveredProxy.StartUpstreamAsync("first");
        await using var setup = await SetUpAsync(transport, DiscoveredProxy.PortOf(first));

        setup.Plane.Send(DiscoveredProxy.ClusterType, "bad", "bad-nonce", TestResource.Raw(DiscoveredProxy.ClusterType, "app", [0xff, 0xff, 0xff]));
        await DiscoveredProxy.WaitAsync(() => setup.Refusals().Count > 0, "the answer is refused");

        await setup.Proxy.ExpectAsync("first");
    }

    [TestCaseSource(nameof(Streams))]
    public async Task AnswersInAnotherOrder_AndLate_ReadyAllTheSame(TestTransport transport)
    {
        await using var first = await DiscoveredProxy.StartUpstreamAsync("first");
        await using var plane = await TestControlPlane.StartAsync();
        plane.Delay = TimeSpan.FromMilliseconds(50);
        plane.Hold(DiscoveredProxy.EndpointsType);
        var bootstrap = TestBootstrap.For(transport, plane);
        DiscoveredProxy.Serve(plane, bootstrap, "1", DiscoveredProxy.PortOf(first));

        var starting = DiscoveredProxy.StartAsync(bootstrap);
        await DiscoveredProxy.WaitAsync(() => plane.Requests.Any(static request => request.Type == DiscoveredProxy.EndpointsType), "the cluster asks for hosts");
        plane.Release(DiscoveredProxy.EndpointsType);

        await using var proxy = await starting;
        await proxy.ExpectAsync("first");
    }

    [Test]
    public async Task SameNonceTwice_IsAnsweredTwice()
    {
        await using var first = await DiscoveredProxy.StartUpstreamAsync("first");
        await using var setup = await SetUpAsync(TestTransport.Ads, DiscoveredProxy.PortOf(first));
        var nonce = setup.Plane.Requests.Last(static request => request.Type == DiscoveredProxy.EndpointsType).Nonce;
        var before = setup.AnswersTo(nonce);

        setup.Plane.Send(DiscoveredProxy.EndpointsType, "again", nonce, TestResource.Parse(DiscoveredProxy.Hosts(DiscoveredProxy.PortOf(first))));

        await DiscoveredProxy.WaitAsync(() => setup.AnswersTo(nonce) > before, "each answer is acknowledged under its own nonce");
        await setup.Proxy.ExpectAsync("first");
    }

    [Test]
    public async Task RefusingControlPlane_IsAskedAgain()
    {
        await using var first = await DiscoveredProxy.StartUpstreamAsync("first");
        await using var plane = await TestControlPlane.StartAsync();
        var bootstrap = TestBootstrap.For(TestTransport.Ads, plane);
        DiscoveredProxy.Serve(plane, bootstrap, "1", DiscoveredProxy.PortOf(first));
        plane.Refuses = true;

        var starting = DiscoveredProxy.StartAsync(bootstrap);
        await DiscoveredProxy.WaitAsync(() => plane.StreamCount >= 2, "it tries again");
        plane.Refuses = false;

        await using var proxy = await starting;
        await proxy.ExpectAsync("first");
    }

    private static async Task<Setup> SetUpAsync(TestTransport transport, int port, bool failsOver = false)
    {
        var folder = Directory.CreateTempSubdirectory("proxy-plane-").FullName;
        var plane = await TestControlPlane.StartAsync();
        var bootstrap = TestBootstrap.For(transport, plane, folder) with { HasDeadFirstPlace = failsOver };
        DiscoveredProxy.Serve(plane, bootstrap, "1", port);
        await plane.WriteFilesAsync(folder);
        return new Setup(plane, await DiscoveredProxy.StartAsync(bootstrap), folder);
    }

    private sealed record Setup(TestControlPlane Plane, DiscoveredProxy Proxy, string Folder) : IAsyncDisposable
    {
        /// <summary>Serves other resources, over whatever transport.</summary>
        public async Task SetAsync(string version, params string[] resources)
        {
            foreach (var resource in resources)
            {
                Plane.Set(version, resource);
            }

            await Plane.WriteFilesAsync(Folder);
        }

        public IReadOnlyList<TestControlPlaneRequest> Refusals() => [.. Plane.Requests.Where(static request => request.Error is not null)];

        public int AnswersTo(string nonce) => Plane.Requests.Count(request => request.Nonce == nonce);

        public long Count(string name) => Proxy.Count(name);

        public async ValueTask DisposeAsync()
        {
            await Proxy.DisposeAsync();
            await Plane.DisposeAsync();
            Directory.Delete(Folder, recursive: true);
        }
    }
}

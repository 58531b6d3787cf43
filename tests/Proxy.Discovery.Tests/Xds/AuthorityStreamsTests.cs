using Envoy.Service.Discovery.V3;
using Microsoft.Extensions.Logging.Abstractions;
using Proxy.Configuration;
using Proxy.Configuration.Discovery;
using Proxy.Discovery.Xds;
using Proxy.Discovery.Xds.Grpc;
using Proxy.Hosting;
using Proxy.Resources;
using Proxy.Stats;
using Proxy.Workers.Simulated;

namespace Proxy.Discovery.Tests.Xds;

/// <summary>Which stream a name is asked for over.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class AuthorityStreamsTests
{
    private const string Start = "xdstp://";
    private const string Path = "/envoy.config.endpoint.v3.ClusterLoadAssignment/app";

    private readonly SimulatedRuntime _runtime = new();
    private readonly StatsStore _stats = new();
    private readonly List<string> _asked = [];

    [TestCase(Start + "a" + Path, "first")]
    [TestCase(Start + "b" + Path, "first")]
    [TestCase(Start + "%61" + Path, "first")]
    [TestCase(Start + "c" + Path, "second")]
    [TestCase(Start + "d" + Path, "other")]
    [TestCase(Start + Path, "other")]
    [TestCase("app", "aggregated")]
    public void Name_IsAskedForOverTheStreamOfItsAuthority(string name, string expected)
    {
        Subscribe(Source(isOn: true, hasDefault: true), ResourceKind.Endpoints, name);

        _asked.Should().Equal($"{expected} /envoy.service.discovery.v3.AggregatedDiscoveryService/StreamAggregatedResources {name.Replace("%61", "a", StringComparison.Ordinal)}");
    }

    [Test]
    public void Authority_IsNotServed_SourceBesideTheNameIsUsed()
    {
        Subscribe(Source(isOn: true, hasDefault: false), ResourceKind.Secret, Start + "d" + Path);

        _asked.Should().ContainSingle().Which.Should().StartWith("aggregated ");
    }

    [Test]
    public void Feature_IsOff_SourceBesideTheNameIsUsed()
    {
        Subscribe(Source(isOn: false, hasDefault: true), ResourceKind.Endpoints, Start + "a" + Path);

        _asked.Should().ContainSingle().Which.Should().StartWith("aggregated ");
    }

    // Those that are found on demand share one watch.
    [Test]
    public void Clusters_SourceBesideTheNameIsUsed()
    {
        Subscribe(Source(isOn: true, hasDefault: true), ResourceKind.Cluster, Start + "a/envoy.config.cluster.v3.Cluster/x");

        _asked.Should().ContainSingle().Which.Should().StartWith("aggregated ");
    }

    [Test]
    public void Pause_HoldsRequestsOfAllStreamsBack()
    {
        var source = Source(isOn: true, hasDefault: true);
        Subscribe(source, ResourceKind.Endpoints, Start + "a" + Path);
        _asked.Clear();

        _runtime.Run(_runtime.Main, () => source.Pause(ResourceKind.Endpoints));
        Subscribe(source, ResourceKind.Endpoints, Start + "b" + Path);
        _asked.Should().BeEmpty();

        _runtime.Run(_runtime.Main, () => source.Resume(ResourceKind.Endpoints));
        _asked.Should().ContainSingle().Which.Should().EndWith($"{Start}a{Path},{Start}b{Path}");
    }

    [Test]
    public void Timeout_IsTheAuthoritys()
    {
        var watcher = new Watcher();
        Subscribe(Source(isOn: true, hasDefault: true), ResourceKind.Endpoints, Start + "a" + Path, watcher);

        _runtime.Advance(TimeSpan.FromSeconds(3));

        watcher.GaveUp.Should().BeTrue();
    }

    private static ControlPlaneConfig Plane(string cluster) => new() { Protocol = ControlPlaneProtocol.Grpc, Targets = [new ControlPlaneTargetConfig(cluster)] };

    private XdsResourceSource Source(bool isOn, bool hasDefault) => new(
        new ResourceContext
        {
            Main = _runtime.Main,
            Clusters = new ValidatingClusterManager([]),
            Stats = _stats,
            Loggers = NullLoggerFactory.Instance,
            Node = new NodeConfig(),
            Runtime = new RuntimeSnapshot([new RuntimeValue(AuthorityStreams.Feature, isOn ? "true" : "false")]),
            Aggregated = Plane("aggregated"),
            Authorities = [new AuthorityConfig(["a", "b"], Plane("first")) { InitialFetchTimeout = TimeSpan.FromSeconds(2) }, new AuthorityConfig(["c"], Plane("second"))],
            DefaultAuthority = hasDefault ? new AuthorityConfig([], Plane("other")) : null,
        },
        new Channels(_asked));

    private void Subscribe(XdsResourceSource source, ResourceKind kind, string name, Watcher? watcher = null) => _runtime.Run(_runtime.Main, () =>
    {
        var counters = SubscriptionCounters.Create(_stats, _stats.CreateScope(), $"{kind}.", _runtime.Main);
        source.Subscribe(new ResourceRequest(new AggregatedSourceConfig(), kind, [name], counters), watcher ?? new Watcher());
    });

    private sealed class Channels(List<string> asked) : IRpcChannelFactory
    {
        public IRpcChannel Create(ResourceContext context, ControlPlaneTargetConfig target) => new Channel(target.Cluster, asked);
    }

    private sealed class Channel(string target, List<string> asked) : IRpcChannel, IRpcCall
    {
        private string _method = "";

        public IRpcCall Start(string method, IRpcCallHandler handler)
        {
            _method = method;
            return this;
        }

        public void Send(byte[] message) => asked.Add($"{target} {_method} {string.Join(',', DiscoveryRequest.Parser.ParseFrom(message).ResourceNames)}");

        public void Dispose()
        {
        }
    }

    private sealed class Watcher : IResourceWatcher
    {
        public bool GaveUp { get; private set; }

        public ValueTask<IReadOnlyList<ConfigFault>> UpdateAsync(ResourceUpdate update) => new([]);

        public void GiveUp() => GaveUp = true;
    }
}

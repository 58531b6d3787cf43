using Proxy.Configuration;
using Proxy.Configuration.Http;
using Proxy.Core.Tests.Clusters;
using Proxy.Hosting;
using Proxy.Resources;
using Proxy.Routing;

namespace Proxy.Core.Tests.Resources;

/// <summary>Runtime values in layers, some of which change while the proxy runs.</summary>
public sealed class RuntimeLayersTests : ClusterFixture
{
    private readonly FakeSource _source = new();
    private readonly ResourceHub _hub = new();
    private readonly FakeFolders _folders = new();
    private readonly RuntimeLayers _layers;
    private int _changes;
    private bool _ready;

    public RuntimeLayersTests()
    {
        _hub.Open([_source]);
        _layers = new RuntimeLayers(Runtime.Main, Stats, new RuntimeSnapshot([]), _folders, () => _changes++);
    }

    [Test]
    public void Load_LaterLayersWin()
    {
        Load(Static("one", ("a", "1"), ("b", "1")), Static("two", ("b", "2")));

        _layers.Snapshot.GetInteger("a", 0).Should().Be(1);
        _layers.Snapshot.GetInteger("b", 0).Should().Be(2);
        _layers.Shown.Select(layer => layer.Name).Should().Equal("one", "two");
        _changes.Should().Be(1);
    }

    [Test]
    public void Modify_AdminLayer_OverridesAndTakesBack()
    {
        Load(Static("one", ("a", "1")), new AdminRuntimeLayerConfig("admin"));
        var snapshot = _layers.Snapshot;

        _layers.Modify([KeyValuePair.Create("a", "5")]).Should().BeTrue();
        snapshot.GetInteger("a", 0).Should().Be(5);
        Gauge("admin_overrides_active").Should().Be(1);
        _layers.Modify([KeyValuePair.Create("a", "")]);

        snapshot.GetInteger("a", 0).Should().Be(1);
        Gauge("admin_overrides_active").Should().Be(0);
    }

    [Test]
    public void Modify_WithoutAnAdminLayer_IsRefused()
    {
        Load(Static("one", ("a", "1")));

        _layers.Modify([KeyValuePair.Create("a", "5")]).Should().BeFalse();
    }

    [Test]
    public void Watch_WaitsForTheFirstValuesAndFollowsThem()
    {
        Load(Static("one", ("a", "1")), new DiscoveredRuntimeLayerConfig("two", "rt", FakeSource.Config));
        _layers.Watch(_hub, () => _ready = true);
        _ready.Should().BeFalse();

        Answer("1", ("a", "2"), ("b", "1"));
        _ready.Should().BeTrue();
        _layers.Snapshot.GetInteger("a", 0).Should().Be(2);
        Answer("2", ("b", "3"));

        _layers.Snapshot.GetInteger("a", 0).Should().Be(1, "what the layer does not say any more, the one below does");
        _layers.Snapshot.GetInteger("b", 0).Should().Be(3);
        _layers.Shown[1].Values.Should().ContainSingle();
    }

    [Test]
    public void Watch_NoFirstValues_GoesOn()
    {
        Load(new DiscoveredRuntimeLayerConfig("two", "rt", FakeSource.Config));
        _layers.Watch(_hub, () => _ready = true);

        _source.GiveUp(ResourceKind.Runtime);

        _ready.Should().BeTrue();
    }

    [Test]
    public void Fraction_FollowsTheRuntime()
    {
        Load(new AdminRuntimeLayerConfig("admin"));
        var share = RuntimeFraction.Compile(new FractionConfig(10, 100, "key"), _layers.Snapshot);
        share.Includes(9).Should().BeTrue();
        share.Includes(10).Should().BeFalse();

        _layers.Modify([KeyValuePair.Create("key", "50")]);
        share.Includes(49).Should().BeTrue();
        share.Includes(50).Should().BeFalse();
        _layers.Modify([KeyValuePair.Create("key", "5/1000")]);

        share.Includes(4).Should().BeTrue();
        share.Includes(5).Should().BeFalse();
    }

    [Test]
    public void Fraction_AllocatesNothing()
    {
        Load(Static("one", ("key", "50")));
        var share = RuntimeFraction.Compile(new FractionConfig(10, 100, "key"), _layers.Snapshot);
        share.Includes(1);
        var before = GC.GetAllocatedBytesForCurrentThread();

        share.Includes(2);

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);
    }

    [Test]
    public void Folder_IsReadAgainWhenItsRootIsMoved()
    {
        _folders.Set("/root/envoy", ("a", "1"));
        Load(new DiskRuntimeLayerConfig("disk", "/root", "envoy", IsOfCluster: false));
        _layers.Snapshot.GetInteger("a", 0).Should().Be(1);

        _folders.Set("/root/envoy", ("a", "2"));
        _folders.Move("/root");
        Runtime.RunUntilIdle();

        _layers.Snapshot.GetInteger("a", 0).Should().Be(2);
        _changes.Should().Be(2);
    }

    [Test]
    public void Folder_OfTheCluster_OverridesWhenItExists()
    {
        _folders.Set("/root/envoy", ("a", "1"), ("b", "1"));
        var layers = new RuntimeLayerConfig[]
        {
            new DiskRuntimeLayerConfig("root", "/root", "envoy", IsOfCluster: false),
            new DiskRuntimeLayerConfig("override", "/root", "override", IsOfCluster: true),
        };
        Load(layers);
        Gauge("num_layers").Should().Be(1);
        Counter("override_dir_not_exists").Should().Be(1);
        _layers.Shown.Select(layer => layer.Name).Should().Equal("root");

        _folders.Set("/root/override/edge", ("b", "2"));
        Load(layers);

        _layers.Snapshot.GetInteger("a", 0).Should().Be(1);
        _layers.Snapshot.GetInteger("b", 0).Should().Be(2);
        Counter("override_dir_exists").Should().Be(1);
    }

    [Test]
    public void Folder_ThatCannotBeRead_IsLeftOutAndCounted()
    {
        _folders.Fault = "no rights";
        Load(Static("one", ("a", "1")), new DiskRuntimeLayerConfig("disk", "/root", "envoy", IsOfCluster: false));

        Counter("load_error").Should().Be(1);
        _layers.Snapshot.GetInteger("a", 0).Should().Be(1);
    }

    [Test]
    public void Folder_ThatIsNotConfiguredAnyMore_IsNotWatched()
    {
        Load(new DiskRuntimeLayerConfig("disk", "/root", "envoy", IsOfCluster: false));

        Load(Static("one", ("a", "1")));

        _folders.Watched.Should().BeEmpty();
    }

    private static StaticRuntimeLayerConfig Static(string name, params (string Key, string Value)[] values) => new(name, Values(values));

    private static ConfigList<RuntimeValue> Values((string Key, string Value)[] values) => values.Select(value => new RuntimeValue(value.Key, value.Value)).ToConfigList();

    private void Load(params RuntimeLayerConfig[] layers) => _layers.Load(new ProxyConfig { Node = new NodeConfig { Cluster = "edge" }, RuntimeLayers = layers.ToConfigList() });

    private void Answer(string version, params (string Key, string Value)[] values) => _source.Answer(ResourceKind.Runtime, version, ("rt", Values(values)));

    private double Counter(string name) => Stats.Reader.Read(full => full == "runtime." + name).Counters.Single().Value;

    private double Gauge(string name) => Stats.Reader.Read(full => full == "runtime." + name).Gauges.Single().Value;

    private sealed class FakeFolders : IRuntimeFolders
    {
        private readonly Dictionary<string, RuntimeValue[]> _folders = [];
        private readonly List<(string Path, Action Moved)> _watches = [];

        public string? Fault { get; set; }

        public IEnumerable<string> Watched => _watches.Select(watch => watch.Path);

        public void Set(string folder, params (string Key, string Value)[] values) => _folders[folder] = [.. Values(values)];

        public void Move(string path) => _watches.Where(watch => watch.Path == path).ToList().ForEach(watch => watch.Moved());

        public IReadOnlyList<RuntimeValue>? Read(string folder) => Fault is null ? _folders.GetValueOrDefault(folder) : throw new ConfigException("", Fault);

        public IDisposable Watch(string path, Action moved)
        {
            var watch = (path, moved);
            _watches.Add(watch);
            return new Ending(() => _watches.Remove(watch));
        }

        private sealed class Ending(Action end) : IDisposable
        {
            public void Dispose() => end();
        }
    }
}

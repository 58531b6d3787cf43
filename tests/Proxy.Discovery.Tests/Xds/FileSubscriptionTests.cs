using Microsoft.Extensions.Logging.Abstractions;
using Proxy.Configuration;
using Proxy.Configuration.Discovery;
using Proxy.Discovery.Xds.Files;
using Proxy.Hosting;
using Proxy.Resources;
using Proxy.Stats;
using Proxy.Workers.Simulated;

namespace Proxy.Discovery.Tests.Xds;

/// <summary>What files say, and how what is wrong with them counts.</summary>
public sealed class FileSubscriptionTests : IResourceWatcher
{
    private readonly SimulatedRuntime _runtime = new();
    private readonly StatsStore _stats = new();
    private readonly List<string> _told = [];
    private string _folder = "";

    [SetUp]
    public void SetUp() => _folder = Directory.CreateTempSubdirectory().FullName;

    [TearDown]
    public void TearDown() => Directory.Delete(_folder, recursive: true);

    [TestCase("f.json", """{"version_info": "1", "resources": [{"@type": "type.googleapis.com/envoy.config.cluster.v3.Cluster", "name": "a"}]}""")]
    [TestCase("f.yaml", "version_info: '1'\nresources:\n- {'@type': type.googleapis.com/envoy.config.cluster.v3.Cluster, name: a}")]
    public void File_IsTaken(string name, string text)
    {
        Read(name, text);

        _told.Should().Equal("1: a");
        Counts().Should().Equal(1, 1, 0, 0);
    }

    [TestCase("{ not json")]
    [TestCase("")]
    [TestCase("""{"resources": 5}""")]
    [TestCase("""{"resources": [{"name": "no type"}]}""")]
    public void File_IsNoAnswer_CountsAsFailure(string text)
    {
        Read("f.json", text);

        _told.Should().Equal("given up");
        Counts().Should().Equal(1, 0, 0, 1);
    }

    [TestCase("""{"resources": [{"@type": "type.googleapis.com/envoy.config.listener.v3.Listener", "name": "a"}]}""")]
    [TestCase("""{"resources": [{"@type": "type.googleapis.com/envoy.config.cluster.v3.Cluster", "name": ""}]}""")]
    [TestCase("""{"resources": [{"@type": "type.googleapis.com/envoy.config.cluster.v3.Cluster", "name": "refused"}]}""")]
    public void File_ResourceIsWrong_CountsAsRejected(string text)
    {
        Read("f.json", text);

        Counts().Should().Equal(1, 0, 1, 0);
        _told.Should().Equal("given up");
    }

    [TestCase(UnknownFieldPolicy.Refuse, 0, 1)]
    [TestCase(UnknownFieldPolicy.Ignore, 1, 0)]
    public void File_FieldNotKnown_IsTakenOrRejected(UnknownFieldPolicy policy, int taken, int rejected)
    {
        Read("f.json", """{"what": 1, "resources": []}""", policy);

        Counts().Should().Equal(1, taken, rejected, 0);
    }

    ValueTask<IReadOnlyList<ConfigFault>> IResourceWatcher.UpdateAsync(ResourceUpdate update)
    {
        if (update.Resources.Any(static resource => resource.Name == "refused"))
        {
            return new([new ConfigFault("", "disliked")]);
        }

        _told.Add($"{update.Version}: {string.Join(',', update.Resources.Select(static resource => resource.Name))}");
        return new([]);
    }

    void IResourceWatcher.GiveUp() => _told.Add("given up");

    private void Read(string name, string text, UnknownFieldPolicy policy = UnknownFieldPolicy.Ignore)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        _runtime.Run(_runtime.Main, () =>
        {
            var counters = SubscriptionCounters.Create(_stats, _stats.CreateScope(), "", _runtime.Main);
            var source = new FileSourceConfig(path);
            var context = new ResourceContext
            {
                Main = _runtime.Main,
                Clusters = new ValidatingClusterManager([]),
                Stats = _stats,
                Loggers = NullLoggerFactory.Instance,
                Node = new NodeConfig(),
                UnknownFields = new UnknownFields(policy, static () => { }, NullLogger.Instance),
            };
            FileSubscription.Start(source, new Subscription(new ResourceRequest(source, ResourceKind.Cluster, [], counters), this, _runtime.Main), context).Dispose();
        });
    }

    private long[] Counts() => [Count("update_attempt"), Count("update_success"), Count("update_rejected"), Count("update_failure")];

    private long Count(string name) => _stats.Reader.Read(full => full == name).Counters.Single().Value;
}

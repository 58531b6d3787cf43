using System.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Envoy.Config.Cluster.V3;
using Microsoft.Extensions.Logging.Abstractions;
using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Configuration.Http;
using Proxy.Discovery.Xds;
using Proxy.Resources;

namespace Proxy.Discovery.Tests.Xds;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ResourceReaderTests
{
    private const string ClusterUrl = "type.googleapis.com/envoy.config.cluster.v3.Cluster";

    private const string StrangeListener = """
        {"resources": [{"@type": "type.googleapis.com/envoy.config.listener.v3.Listener", "name": "l", "nonsense": 1,
          "address": {"socket_address": {"address": "127.0.0.1", "port_value": 80}},
          "filter_chains": [{"filters": [{"name": "envoy.filters.network.echo", "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.filters.network.echo.v3.Echo", "nonsense": 1, "more_of_it": 2}}]}]}]}
        """;

    private UnknownFieldPolicy _policy = UnknownFieldPolicy.Warn;
    private UnknownFields? _fields;
    private int _unknown;

    private UnknownFields Unknown => _fields ??= new UnknownFields(_policy, () => _unknown++, NullLogger.Instance);

    [Test]
    public void Read_Yaml_GivesRecords()
    {
        var read = Read(ResourceKind.Cluster, $"version_info: '7'\nresources:\n- {{\"@type\": {ClusterUrl}, name: a, connect_timeout: 2s}}", "x.yaml");

        var resource = read.Should().ContainSingle().Which.Resource;
        resource.Name.Should().Be("a");
        resource.Version.Should().Be("7");
        resource.Faults.Should().BeEmpty();
        resource.Config.Should().BeOfType<ClusterConfig>().Which.ConnectTimeout.Should().Be(TimeSpan.FromSeconds(2));
    }

    [Test]
    public void Read_Assignment_GivesHosts()
    {
        var read = Read(ResourceKind.Endpoints, """
            {"resources": [{"@type": "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment", "cluster_name": "a",
              "endpoints": [{"priority": 1, "lb_endpoints": [{"endpoint": {"address": {"socket_address": {"address": "10.0.0.1", "port_value": 80}}}}]}],
              "policy": {"endpoint_stale_after": "3s"}}]}
            """);

        var assignment = read.Should().ContainSingle().Which.Resource.Config.Should().BeOfType<EndpointAssignmentConfig>().Subject;
        assignment.Name.Should().Be("a");
        assignment.StaleAfter.Should().Be(TimeSpan.FromSeconds(3));
        assignment.Endpoints.Should().ContainSingle().Which.Priority.Should().Be(1);
    }

    [Test]
    public void Read_Routes_ChecksClustersOnlyWhenAsked()
    {
        const string table = """{"resources": [{"@type": "type.googleapis.com/envoy.config.route.v3.RouteConfiguration", "name": "r"MORE}]}""";

        Read(ResourceKind.Routes, table.Replace("MORE", "", StringComparison.Ordinal)).Should().ContainSingle()
            .Which.Resource.Config.Should().BeOfType<RouteTableConfig>().Which.ValidateClusters.Should().BeFalse();
        Read(ResourceKind.Routes, table.Replace("MORE", ", \"validate_clusters\": true", StringComparison.Ordinal)).Should().ContainSingle()
            .Which.Resource.Config.Should().BeOfType<RouteTableConfig>().Which.ValidateClusters.Should().BeTrue();
    }

    [TestCase("{ not json")]
    [TestCase("{\"resources\": 5}")]
    public void ReadText_NoAnswer_IsRefused(string text)
    {
        var act = () => ResourceReader.ReadText("x.json", Encoding.UTF8.GetBytes(text), UnknownFields.Ignored);

        act.Should().Throw<ConfigException>();
    }

    [Test]
    public void Read_BrokenRule_RefusesAllAndSaysWhere()
    {
        var act = () => Read(ResourceKind.Cluster, Clusters(new Cluster { Name = "a" }, new Cluster { Name = "b", ConnectTimeout = new Duration { Seconds = -1 } }));

        act.Should().Throw<ConfigException>().Which.Faults.Should().ContainSingle().Which.Path.Should().Be("connect_timeout");
    }

    [Test]
    public void Read_SettingWithoutEffect_RefusesOnlyItsResource()
    {
        var read = Read(ResourceKind.Cluster, Clusters(new Cluster { Name = "a" }, new Cluster { Name = "b", TrackClusterStats = new TrackClusterStats { TimeoutBudgets = true } }));

        read.Select(resource => resource.Resource.Name).Should().Equal("a", "b");
        read[0].Resource.Faults.Should().BeEmpty();
        read[1].Resource.Config.Should().BeNull();
        read[1].Resource.Faults.Should().ContainSingle().Which.ToString().Should().Be("track_cluster_stats.timeout_budgets: true is not supported yet; false is");
    }

    [Test]
    public void Read_AnotherType_IsRefused()
    {
        var act = () => Read(ResourceKind.Listener, Clusters(new Cluster { Name = "a" }));

        act.Should().Throw<ConfigException>().WithMessage("*instead of type.googleapis.com/envoy.config.listener.v3.Listener*");
    }

    [Test]
    public void Read_Wrapped_TakesNameVersionAndLifetime()
    {
        var wrapped = new Envoy.Service.Discovery.V3.Resource
        {
            Name = "alias",
            Version = "9",
            Ttl = new Duration { Seconds = 4 },
            Resource_ = Pack(new Cluster { Name = "a" }),
        };
        var any = new Any { TypeUrl = "type.googleapis.com/envoy.service.discovery.v3.Resource", Value = wrapped.ToByteString() };

        var read = Read(ResourceKind.Cluster, [any]).Should().ContainSingle().Subject;

        read.TimeToLive.Should().Be(TimeSpan.FromSeconds(4));
        read.Resource.Name.Should().Be("alias");
        read.Resource.Version.Should().Be("9");
        read.Resource.Config.Should().BeOfType<ClusterConfig>();
    }

    [Test]
    public void Read_DynamicParametersOfAResource_ChangeNothing()
    {
        const string text = """
            {"resources": [{"@type": "type.googleapis.com/envoy.service.discovery.v3.Resource", "name": "a",
              "resource_name": {"name": "a", "dynamic_parameter_constraints": {"constraint": {"key": "env", "value": "prod"}}},
              "resource": {"@type": "type.googleapis.com/envoy.config.cluster.v3.Cluster", "name": "a"}}]}
            """;

        var read = Read(ResourceKind.Cluster, text).Should().ContainSingle().Subject;

        read.Resource.Faults.Should().BeEmpty();
        read.Resource.Config.Should().BeOfType<ClusterConfig>().Which.Name.Should().Be("a");
        _unknown.Should().Be(0);
    }

    [Test]
    public void Read_WrappedUnderAnotherName_IsRefusedWhereItIsAskedForByName()
    {
        var table = new Envoy.Config.Route.V3.RouteConfiguration { Name = "b" };
        var wrapped = new Envoy.Service.Discovery.V3.Resource
        {
            Name = "a",
            Resource_ = new Any { TypeUrl = "type.googleapis.com/envoy.config.route.v3.RouteConfiguration", Value = table.ToByteString() },
        };

        var read = ResourceReader.Read(ResourceTypes.Of(ResourceKind.Routes), [wrapped], UnknownFields.Ignored).Should().ContainSingle().Subject;

        read.Resource.Config.Should().BeNull();
        read.Resource.Faults.Should().ContainSingle().Which.Message.Should().Be("is 'b', sent under the name 'a'");
    }

    [Test]
    public void Read_WrappedWithoutContent_OnlySaysThatItLives()
    {
        var heartbeat = new Envoy.Service.Discovery.V3.Resource { Name = "a", Version = "9", Ttl = new Duration { Seconds = 4 } };

        var read = ResourceReader.Read(ResourceTypes.Of(ResourceKind.Cluster), [heartbeat], UnknownFields.Ignored).Should().ContainSingle().Subject;

        read.Resource.Config.Should().BeNull();
        read.Resource.Faults.Should().BeEmpty();
    }

    [Test]
    public void Read_UnknownFieldsOnTheWire_AreLeftOutAndCountedByMessage()
    {
        Read(ResourceKind.Cluster, [Strange("a")]).Should().ContainSingle().Which.Resource.Config.Should().NotBeNull();
        Read(ResourceKind.Cluster, [Strange("b")]);
        _unknown.Should().Be(1, "the same message of the same place is told once");
    }

    [Test]
    public void Read_UnknownFieldsOnTheWire_AreRefusedWhereThatIsWanted()
    {
        _policy = UnknownFieldPolicy.Refuse;
        var act = () => Read(ResourceKind.Cluster, [Strange("a")]);

        act.Should().Throw<ConfigException>().Which.Faults.Should().ContainSingle().Which.ToString().Should().StartWith("1023: unknown field");
        _unknown.Should().Be(0);
    }

    [TestCase(UnknownFieldPolicy.Warn, 2)]
    [TestCase(UnknownFieldPolicy.Ignore, 0)]
    public void Read_UnknownFieldsInText_AreLeftOut(UnknownFieldPolicy policy, int counted)
    {
        _policy = policy;

        Read(ResourceKind.Listener, StrangeListener).Should().ContainSingle().Which.Resource.Config.Should().NotBeNull();
        _unknown.Should().Be(counted);
    }

    [Test]
    public void Read_UnknownFieldsInText_AreRefusedWhereThatIsWanted()
    {
        _policy = UnknownFieldPolicy.Refuse;
        var act = () => Read(ResourceKind.Listener, StrangeListener);

        act.Should().Throw<ConfigException>().Which.Faults.Select(static fault => fault.Path).Should().Equal(
            "resources[0].nonsense", "resources[0].filter_chains[0].filters[0].typed_config.nonsense", "resources[0].filter_chains[0].filters[0].typed_config.more_of_it");
    }

    [Test]
    public void Read_BrokenBytes_AreRefused()
    {
        var act = () => Read(ResourceKind.Cluster, [new Any { TypeUrl = ClusterUrl, Value = ByteString.CopyFrom(0x0A, 0xFF) }]);

        act.Should().Throw<ConfigException>();
    }

    private List<ReadResource> Read(ResourceKind kind, string text, string file = "x.json")
    {
        var response = ResourceReader.ReadText(file, Encoding.UTF8.GetBytes(text), Unknown);
        return ResourceReader.Read(ResourceTypes.Of(kind), response.VersionInfo, response.Resources, Unknown);
    }

    private List<ReadResource> Read(ResourceKind kind, IEnumerable<Any> resources) => ResourceReader.Read(ResourceTypes.Of(kind), "1", resources, Unknown);

    private static Any Strange(string name)
    {
        byte[] field1023 = [0xFA, 0x3F, 0x01, 0x31];
        return new Any { TypeUrl = ClusterUrl, Value = ByteString.CopyFrom([.. new Cluster { Name = name }.ToByteArray(), .. field1023]) };
    }

    private static IEnumerable<Any> Clusters(params Cluster[] clusters) => clusters.Select(Pack);

    private static Any Pack(Cluster cluster) => new() { TypeUrl = ClusterUrl, Value = cluster.ToByteString() };
}

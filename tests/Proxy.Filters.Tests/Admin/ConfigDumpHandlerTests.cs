using System.Text;
using System.Text.Json.Nodes;
using Proxy.Filters.Admin.Handlers;
using Proxy.Hosting;

namespace Proxy.Filters.Admin;

public sealed class ConfigDumpHandlerTests
{
    private readonly ConfigDumpHandler _handler = new(new Source(), null!);

    [Test]
    public void ConfigDump_Plain_ShowsEverySection()
    {
        Types("/config_dump").Should().Equal("t/Bootstrap", "t/Clusters");
        Types("/config_dump?include_eds").Should().Equal("t/Bootstrap", "t/Clusters", "t/Endpoints");
    }

    [Test]
    public void ConfigDump_Resource_ShowsItsElementsWithTheirType()
    {
        var picked = Configs("/config_dump?resource=static_clusters");

        picked.Should().HaveCount(2);
        picked[0]!.ToJsonString().Should().Be("""{"@type":"t/StaticCluster","cluster":{"@type":"t/Cluster","name":"users","type":"STATIC"},"last_updated":"x"}""");
    }

    [TestCase("resource=dynamic_clusters")]
    [TestCase("resource=static_clusters&name_regex=nobody")]
    public void ConfigDump_ResourceOfWhichThereIsNone_IsEmpty(string query) => Text("/config_dump?" + query).Should().Be("{}\n");

    [TestCase("resource=nothing", 404, "nothing not found in config dump")]
    [TestCase("resource=bootstrap", 400, "bootstrap is not a repeated field. Use ?mask=bootstrap to get only this field")]
    [TestCase("mask=nothing,bootstrap", 400, "FieldMask nothing,bootstrap could not be successfully applied to any configs.")]
    [TestCase("mask=static_clusters.cluster", 400, "FieldMask static_clusters.cluster could not be successfully applied to any configs.")]
    [TestCase("resource=static_clusters&mask=cluster.name,nothing", 400, "FieldMask paths: \"cluster.name\"\npaths: \"nothing\"\n could not be successfully used.")]
    [TestCase("resource=static_clusters&mask=cluster.nothing", 400, "FieldMask paths: \"cluster.nothing\"\n could not be successfully used.")]
    [TestCase("resource=static_clusters&mask=cluster", 400, "FieldMask paths: \"cluster\"\n could not be successfully used.")]
    public void ConfigDump_QueryThatFitsNothing_IsRefusedInPlainText(string query, int status, string text)
    {
        var response = Handle("/config_dump?" + query);

        (response.Status, response.ContentType, Encoding.UTF8.GetString(response.Body.Span)).Should().Be((status, "text/plain", text));
    }

    [Test]
    public void ConfigDump_NameRegexThatIsNone_IsRefused()
    {
        Text("/config_dump?name_regex=)(").Should().StartWith("Error while parsing name_regex from )(: ");
    }

    [Test]
    public void ConfigDump_NameRegex_KeepsSectionsAndDropsNamesThatItDoesNotMatchAsAWhole()
    {
        Types("/config_dump?name_regex=users").Should().Equal("t/Bootstrap", "t/Clusters");
        Configs("/config_dump?name_regex=users")[1]!["static_clusters"]!.AsArray().Should().HaveCount(1);
        Configs("/config_dump?resource=static_clusters&name_regex=ord.*").Select(config => config!["cluster"]!["name"]!.GetValue<string>()).Should().Equal("orders");
        Text("/config_dump?resource=static_clusters&name_regex=ord").Should().Be("{}\n");
    }

    [Test]
    public void ConfigDump_MaskOfAResource_KeepsNamedFieldsInsideOfItToo()
    {
        Configs("/config_dump?resource=static_clusters&mask=cluster.name").Select(config => config!.ToJsonString()).Should().Equal(
            """{"@type":"t/StaticCluster","cluster":{"@type":"t/Cluster","name":"users"}}""",
            """{"@type":"t/StaticCluster","cluster":{"@type":"t/Cluster","name":"orders"}}""");
    }

    [Test]
    public void ConfigDump_MaskAlone_KeepsTheSectionsThatHaveTheFields()
    {
        Text("/config_dump?mask=bootstrap.node").ReplaceLineEndings("").Replace(" ", "", StringComparison.Ordinal).Should().Be(
            """{"configs":[{"@type":"t/Bootstrap","bootstrap":{"node":{"id":"n"}}}]}""");
        Types("/config_dump?mask=static_clusters").Should().Equal("t/Clusters");
    }

    [Test]
    public void ConfigDump_WithoutASource_IsEmpty()
    {
        var response = new ConfigDumpHandler(null, null!).Handle(AdminRequest.Parse("GET", "/config_dump"));

        Encoding.UTF8.GetString(response.Body.Span).Should().Be("{}\n");
    }

    private AdminResponse Handle(string target) => _handler.Handle(AdminRequest.Parse("GET", target));

    private string Text(string target) => Encoding.UTF8.GetString(Handle(target).Body.Span);

    private JsonArray Configs(string target) => JsonNode.Parse(Handle(target).Body.Span)!["configs"]!.AsArray();

    private IEnumerable<string> Types(string target) => Configs(target).Select(config => config!["@type"]!.GetValue<string>());

    private sealed class Source : IConfigDumpSource
    {
        public ReadOnlyMemory<byte> Dump(ProxyServer? server, bool includeEndpoints) => Encoding.UTF8.GetBytes(
            """
            {"configs":[{"@type":"t/Bootstrap","bootstrap":{"node":{"id":"n"},"admin":{}},"last_updated":"x"},
            {"@type":"t/Clusters","static_clusters":[
              {"cluster":{"@type":"t/Cluster","name":"users","type":"STATIC"},"last_updated":"x"},
              {"cluster":{"@type":"t/Cluster","name":"orders"},"last_updated":"x"}]}
            """ + (includeEndpoints ? """,{"@type":"t/Endpoints"}]}""" : "]}"));

        public ConfigDumpField? FindField(string message, string name) => (message, name) switch
        {
            ("Bootstrap", "bootstrap") => new ConfigDumpField("Settings", false),
            ("Settings", "node") => new ConfigDumpField("Node", false),
            ("Clusters", "static_clusters" or "dynamic_clusters") => new ConfigDumpField("StaticCluster", true),
            ("StaticCluster", "cluster") => new ConfigDumpField("google.protobuf.Any", false),
            ("StaticCluster", "last_updated") => new ConfigDumpField("google.protobuf.Timestamp", false),
            ("Cluster", "name") => new ConfigDumpField("", false),
            _ => null,
        };
    }
}

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
        Types("/config_dump").Should().Equal("t/Bootstrap", "t/ClustersConfigDump");
        Types("/config_dump?include_eds").Should().Equal("t/Bootstrap", "t/ClustersConfigDump", "t/Endpoints");
    }

    [Test]
    public void ConfigDump_Resource_ShowsItsElementsWithAType()
    {
        var picked = Configs("/config_dump?resource=static_clusters");

        picked.Should().HaveCount(2);
        picked[0]!.ToJsonString().Should().Be("""{"@type":"t/ClustersConfigDump.StaticCluster","cluster":{"name":"users","type":"STATIC"},"last_updated":"x"}""");
    }

    [Test]
    public void ConfigDump_UnknownResource_Is404InPlainText()
    {
        var response = Handle("/config_dump?resource=nothing");

        response.Status.Should().Be(404);
        response.ContentType.Should().Be("text/plain");
        response.Body.Length.Should().BePositive();
    }

    [Test]
    public void ConfigDump_NameRegex_KeepsSectionsAndDropsOtherNames()
    {
        Types("/config_dump?name_regex=^users$").Should().Equal("t/Bootstrap", "t/ClustersConfigDump");
        Configs("/config_dump?name_regex=^users$")[1]!["static_clusters"]!.AsArray().Should().HaveCount(1);
        Configs("/config_dump?resource=static_clusters&name_regex=ord").Select(config => config!["cluster"]!["name"]!.GetValue<string>()).Should().Equal("orders");
    }

    [Test]
    public void ConfigDump_Mask_KeepsNamedFields()
    {
        Configs("/config_dump?resource=static_clusters&mask=cluster.name").Select(config => config!.ToJsonString()).Should().Equal(
            """{"@type":"t/ClustersConfigDump.StaticCluster","cluster":{"name":"users"}}""",
            """{"@type":"t/ClustersConfigDump.StaticCluster","cluster":{"name":"orders"}}""");
    }

    [Test]
    public void ConfigDump_WithoutASource_IsEmpty()
    {
        var response = new ConfigDumpHandler(null, null!).Handle(AdminRequest.Parse("GET", "/config_dump"));

        JsonNode.Parse(response.Body.Span)!["configs"]!.AsArray().Should().BeEmpty();
    }

    private AdminResponse Handle(string target) => _handler.Handle(AdminRequest.Parse("GET", target));

    private JsonArray Configs(string target) => JsonNode.Parse(Handle(target).Body.Span)!["configs"]!.AsArray();

    private IEnumerable<string> Types(string target) => Configs(target).Select(config => config!["@type"]!.GetValue<string>());

    private sealed class Source : IConfigDumpSource
    {
        public ReadOnlyMemory<byte> Dump(ProxyServer? server, bool includeEndpoints) => Encoding.UTF8.GetBytes(
            """
            {"configs":[{"@type":"t/Bootstrap","bootstrap":{"node":{"id":"n"}}},
            {"@type":"t/ClustersConfigDump","static_clusters":[
              {"cluster":{"name":"users","type":"STATIC"},"last_updated":"x"},{"cluster":{"name":"orders"},"last_updated":"x"}]}
            """ + (includeEndpoints ? """,{"@type":"t/Endpoints"}]}""" : "]}"));
    }
}

using Proxy.Configuration;
using Proxy.Configuration.Filters;
using Proxy.Filters.Http.SetMetadata;
using Proxy.Filters.Tests.HttpConnectionManager;
using Proxy.Http;
using Proxy.Stats;
using Proxy.Streams;

namespace Proxy.Filters.Tests.SetMetadata;

/// <summary>Metadata as the filter behind meets it.</summary>
[TestFixture]
public sealed class SetMetadataFilterTests : ManagerFixture
{
    private readonly Dictionary<string, Dictionary<string, object>> _seen = [];
    private readonly StatGroup _stats = new StatsStore().CreateGroup(SetMetadataModel.Schema, "http.test.set_metadata.");

    [Test]
    public void Request_EmptyNamespace_GetsTheValue()
    {
        Play(new SetMetadataEntry("a", """{"s":"x","n":1}"""), new SetMetadataEntry("b", "{}"))
            .Should().BeEquivalentTo(new Dictionary<string, Dictionary<string, object>> { ["a"] = new() { ["s"] = "x", ["n"] = 1.0 }, ["b"] = [] });
    }

    [Test]
    public void Request_NamespaceTaken_StaysAndIsCounted()
    {
        Play(new SetMetadataEntry("a", """{"s":"first"}"""), new SetMetadataEntry("a", """{"s":"second"}"""))["a"]["s"].Should().Be("first");

        _stats.Shard(Worker).Read(SetMetadataModel.OverwriteDenied).Should().Be(1);
    }

    [Test]
    public void Request_OverwriteAllowed_MergesMapsAndJoinsLists()
    {
        var entries = new[]
        {
            new SetMetadataEntry("a", """{"s":"x","keep":true,"l":[1],"m":{"a":1,"b":2},"t":"was text"}"""),
            new SetMetadataEntry("a", """{"s":"y","l":["z"],"m":{"b":3},"t":{"now":"a map"}}""") { AllowOverwrite = true },
        };

        var expected = MetadataTree.TryParse("""{"s":"y","keep":true,"l":[1,"z"],"m":{"a":1,"b":3},"t":{"now":"a map"}}""");
        Play(entries)["a"].Should().BeEquivalentTo(expected);
        Play(entries)["a"].Should().BeEquivalentTo(expected, "a second request must not see what the first one merged");
    }

    [TestCase("a", "[1]", "value")]
    [TestCase("a", "{", "value")]
    [TestCase("", "{}", "metadata_namespace")]
    public void Compile_BadEntry_IsRefused(string name, string json, string field)
    {
        var act = () => SetMetadataModel.Compile(new SetMetadataConfig([new SetMetadataEntry(name, json)]));

        act.Should().Throw<ConfigException>().Which.Faults.Should().ContainSingle().Which.Path.Should().Be($"metadata[0].{field}");
    }

    private Dictionary<string, Dictionary<string, object>> Play(params SetMetadataEntry[] entries)
    {
        if (Accepted.Count == 0)
        {
            var model = SetMetadataModel.Compile(new SetMetadataConfig(entries.ToConfigList()));
            Listen(Config(), () => new SetMetadataFilter(model, _stats.Shard(Worker)), () => new Probe(this));
        }

        _seen.Clear();
        Connect().Send(Get()).ReadUntil("\r\n\r\n").Should().StartWith("HTTP/1.1 200 ");
        return _seen;
    }

    private sealed class Probe(SetMetadataFilterTests test) : HttpFilter
    {
        public override HeadersStatus OnRequestHeaders(HeaderMap headers, bool endStream)
        {
            foreach (var (name, value) in Callbacks.Info.DynamicMetadata)
            {
                test._seen.Add(name, value);
            }

            Callbacks.SendLocalReply(200, default, "probe");
            return HeadersStatus.StopIteration;
        }
    }
}

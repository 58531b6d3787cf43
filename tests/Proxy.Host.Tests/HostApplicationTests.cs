using Proxy.Host.CommandLine;
using Proxy.Host.QuickStart;

namespace Proxy.Host;

public sealed class HostApplicationTests
{
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();
    private string _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("host").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task Validate_GoodConfiguration_SaysSoAndExitsWith0()
    {
        var path = Write("good.yaml", QuickStartConfig.Yaml("@x"));

        (await Run("-c", path, "--mode", "validate")).Should().Be(0);

        _output.ToString().Should().Be($"configuration '{path}' OK{Environment.NewLine}");
        _error.ToString().Should().BeEmpty();
    }

    [Test]
    public async Task Validate_FaultsOfTextAndOfMeaning_AreListedWithTheirPlaces()
    {
        var path = Write("bad.yaml", "admin:\n  adress: 5\nstatic_resources:\n  clusters:\n  - name: a\n    type: NOPE\n");

        (await Run("-c", path, "--mode", "validate")).Should().Be(1);

        _error.ToString().Should().Contain(path + ":2:").And.Contain("adress").And.Contain(path + ":6:").And.Contain("NOPE");
    }

    [Test]
    public async Task Validate_RouteToAnUnknownCluster_IsFoundWithoutOpeningAnything()
    {
        var path = Write("route.yaml", QuickStartConfig.Yaml("@x").Replace("cluster: demo }", "cluster: nope }", StringComparison.Ordinal));

        (await Run("-c", path, "--mode", "validate")).Should().Be(1);

        _error.ToString().Should().Contain("nope");
    }

    [TestCase("--allow-unknown-static-fields", 0)]
    [TestCase("--allow-unknown-fields", 0)]
    [TestCase("--reject-unknown-dynamic-fields", 1)]
    public async Task Validate_UnknownField_IsAFlagsChoice(string flag, int expected)
    {
        (await Run("-c", Write("x.json", """{"no_such_field": 1}"""), flag, "--mode", "validate")).Should().Be(expected);
    }

    [TestCase("/no/such/dir/access.log", 1)]
    [TestCase("access.log", 0)]
    public async Task Validate_LogFile_MustBePossibleAndIsNotMade(string path, int expected)
    {
        var log = Path.Combine(_folder, path);
        var config = QuickStartConfig.Yaml("@x").Replace(
            "stat_prefix: quick_start",
            "stat_prefix: quick_start\n          access_log: [{ name: f, typed_config: { '@type': type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog, path: " + log + " } }]",
            StringComparison.Ordinal);

        (await Run("-c", Write("log.yaml", config), "--mode", "validate")).Should().Be(expected, _error.ToString());

        File.Exists(log).Should().BeFalse();
    }

    [TestCase("no/such/folder/current", 1)]
    [TestCase("current", 0, Description = "the link may come later")]
    public async Task Validate_RuntimeFolder_NeedsAPlaceThatCanBeWatched(string link, int expected)
    {
        var config = "layered_runtime: {layers: [{name: a, disk_layer: {symlink_root: " + Path.Combine(_folder, link) + "} }]}";

        (await Run("-c", Write("runtime.yaml", config), "--mode", "validate")).Should().Be(expected);

        _error.ToString().Contains("runtime.yaml:1:", StringComparison.Ordinal).Should().Be(expected == 1);
    }

    [Test]
    public async Task Convert_V1_WritesV3ThatValidates()
    {
        const string V1 =
            """
            {"listeners": [{"address": "tcp://127.0.0.1:0", "filters": [{"name": "echo", "config": {}}]}],
             "admin": {"access_log_path": "/dev/null", "address": "tcp://127.0.0.1:0"},
             "cluster_manager": {"clusters": []}}
            """;

        (await Run("-c", Write("v1.json", V1), "--mode", "convert")).Should().Be(0);

        _error.ToString().Should().BeEmpty();
        (await Run("-c", Write("v3.yaml", _output.ToString()), "--mode", "validate")).Should().Be(0, _error.ToString());
    }

    [TestCase("v3.json", "{}", "is no v1 configuration")]
    [TestCase("v1.json", """{"listeners": [], "admin": {"address": "tcp://x:1"}, "cluster_manager": {"clusters": []}}""", "v1.json:1:28 admin: key 'access_log_path' is missing")]
    public async Task Convert_WhatCannotBeConverted_SaysWhy(string name, string text, string message)
    {
        (await Run("-c", Write(name, text), "--mode", "convert")).Should().Be(1);

        _output.ToString().Should().BeEmpty();
        _error.ToString().Should().Contain(message);
    }

    [Test]
    public async Task Run_MissingFile_ExitsWith1()
    {
        (await Run("-c", Path.Combine(_folder, "none.json"))).Should().Be(1);

        _error.ToString().Should().Contain("none.json");
    }

    [Test]
    public void Load_FlagsAboutTheNode_WinOverTheFile()
    {
        var options = new HostOptions
        {
            ConfigPath = Write("node.yaml", "node: { id: file, cluster: file, locality: { region: r, zone: file } }\n"),
            ServiceNode = "flag",
            ServiceZone = "z",
            StatsTags = [new("a", "b")],
        };

        var config = HostConfiguration.Load(options).Config!;

        config.Node.Id.Should().Be("flag");
        config.Node.Cluster.Should().Be("file");
        (config.Node.Locality.Region, config.Node.Locality.Zone).Should().Be(("r", "z"));
        config.Stats.Tags.Should().ContainSingle().Which.FixedValue.Should().Be("b");
    }

    [Test]
    public void Load_InlineYaml_IsMergedOverTheFile()
    {
        var options = new HostOptions { ConfigPath = Write("node.yaml", "node: { id: file, cluster: file }\n"), ConfigYaml = "node: { id: inline }" };

        var node = HostConfiguration.Load(options).Config!.Node;

        (node.Id, node.Cluster).Should().Be(("inline", "file"));
    }

    private Task<int> Run(params string[] args) => new HostApplication(_output, _error).RunAsync([.. args, "-l", "error"]);

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}

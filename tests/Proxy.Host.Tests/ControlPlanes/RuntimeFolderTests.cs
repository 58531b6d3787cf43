using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Proxy.Host.Tests.Embedding;

namespace Proxy.Host.Tests.ControlPlanes;

/// <summary>Runtime values from folders behind a link, which operators move.</summary>
[Category("Loopback")]
public sealed class RuntimeFolderTests
{
    private const string Layers =
        """
        layered_runtime:
          layers:
          - name: root
            disk_layer: {symlink_root: ROOT/current, subdirectory: envoy}
          - name: override
            disk_layer: {symlink_root: ROOT/current, subdirectory: override, append_service_cluster: true}
        """;

    private const string V1 =
        """
        {"listeners": [], "admin": {"access_log_path": "/dev/null", "address": "tcp://127.0.0.1:0"}, "cluster_manager": {"clusters": []},
         "runtime": {"symlink_root": "ROOT/current", "subdirectory": "envoy", "override_subdirectory": "override"}}
        """;

    private string _root = "";

    [SetUp]
    public void MakeRoot() => _root = Directory.CreateTempSubdirectory("runtime").FullName;

    [TearDown]
    public void RemoveRoot() => Directory.Delete(_root, recursive: true);

    [TestCase("envoy.yaml", "node: {id: a, cluster: edge}\n" + Layers, "c")]
    [TestCase("v1.json", V1, "edge.c", Description = "The command line would name the cluster.")]
    public async Task Proxy_FollowsTheLink(string file, string bootstrap, string overriding)
    {
        var path = Path.Combine(_root, file);
        await File.WriteAllTextAsync(path, bootstrap.Replace("ROOT", _root, StringComparison.Ordinal));
        Write("one/envoy/a/b", "1");
        Write("two/envoy/a/b", "2");
        Write("two/override/edge/c", "3");
        Point("one");
        await using var app = await ProxyApplication.StartAsync(services =>
        {
            services.AddLogging();
            services.AddProxy().AddFilters().AddBootstrapFile(path);
        });
        var runtime = app.Proxy().Runtime;
        runtime.GetInteger("a.b", 0).Should().Be(1);
        runtime.GetInteger(overriding, 0).Should().Be(0);

        Point("two");
        await DiscoveredProxy.WaitAsync(() => runtime.GetInteger("a.b", 0) == 2, "the link leads elsewhere");
        runtime.GetInteger(overriding, 0).Should().Be(3);
    }

    // The link is never missing.
    private void Point(string target)
    {
        var next = Path.Combine(_root, "next");
        File.CreateSymbolicLink(next, target);
        using var move = Process.Start("mv", ["-T", next, Path.Combine(_root, "current")]);
        move.WaitForExit();
    }

    private void Write(string name, string text)
    {
        var path = Path.Combine(_root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}

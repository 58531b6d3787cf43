using System.Text;
using Proxy.Discovery.Bootstrap;
using Proxy.Discovery.Bootstrap.Faults;
using Proxy.Discovery.Bootstrap.Nodes;
using Proxy.Discovery.V1;
using Proxy.Discovery.V3;

namespace Proxy.Discovery.Tests.V1;

/// <summary>Makes v1 texts that have what every text must have, and shows what becomes of their parts.</summary>
internal static class V1Loading
{
    public const string Router = """{"name": "router", "config": {}}""";

    private const string Cluster = """{"name": "c", "type": "static", "lb_type": "random", "connect_timeout_ms": 250, "hosts": [{"url": "tcp://127.0.0.1:1"}]}""";

    /// <summary>A configuration with these listeners, clusters beside <c>c</c>, settings of the cluster manager and settings at the top.</summary>
    public static string Text(string listeners = "", string clusters = "", string manager = "", string top = "") =>
        $$"""
        {"listeners": [{{listeners}}],
         "admin": {"access_log_path": "/dev/null", "address": "tcp://127.0.0.1:9901"},
         "cluster_manager": {"clusters": [{{Cluster}}{{Comma(clusters)}}]{{Comma(manager)}}}{{Comma(top)}}}
        """;

    /// <summary>A listener with these filters and settings.</summary>
    public static string Listener(string filters, string settings = "") => $$"""{"address": "tcp://127.0.0.1:80", "filters": [{{filters}}]{{Comma(settings)}}}""";

    /// <summary>A configuration whose connection manager has these settings.</summary>
    public static string Manager(string settings, string filters = Router) =>
        Text(Listener("""{"name": "http_connection_manager", "config": {"codec_type": "auto", "stat_prefix": "s", "filters": [""" + filters + "]" + Comma(settings) + "}}"));

    /// <summary>A configuration whose table has one host with these routes and settings.</summary>
    public static string Table(string routes, string host = "") =>
        Manager($$""" "route_config": {"virtual_hosts": [{"name": "v", "domains": ["*"], "routes": [{{routes}}]{{Comma(host)}}}]}""");

    /// <summary>A configuration with a second cluster.</summary>
    public static string ClusterWith(string settings, string type = "static", string balancer = "random", string hosts = """ "hosts": [{"url": "tcp://127.0.0.1:1"}]""") =>
        Text(clusters: $$"""{"name": "d", "type": "{{type}}", "lb_type": "{{balancer}}", "connect_timeout_ms": 250{{Comma(hosts)}}{{Comma(settings)}}}""");

    /// <summary>What stands at a path of the v3 text, in one line; empty for nothing. Dots in names are slashes there.</summary>
    public static string Translated(string text, string path)
    {
        var faults = new FaultList();
        var node = V1Bootstrap.Translate(ConfigText.Parse("v1.json", Encoding.UTF8.GetBytes(text), faults)!, faults);
        faults.Sorted().Where(static fault => fault.Severity == FaultSeverity.Error).Select(static fault => fault.ToString()).Should().BeEmpty();
        foreach (var step in SourceMap.StepsOf(path))
        {
            node = node is null ? null : step.StartsWith('[') ? node.Items.ElementAtOrDefault(int.Parse(step[1..^1], System.Globalization.CultureInfo.InvariantCulture)) : node.Entries.Find(entry => entry.Name == step.Replace('/', '.')).Value;
        }

        return node is null ? "" : Show(node);
    }

    /// <summary>What is wrong, in the order of the text.</summary>
    public static IEnumerable<string> Faults(string text, bool hasNode = true) =>
        V1Examples.Load("v1.json", Encoding.UTF8.GetBytes(text), hasNode).Faults.Select(static fault => fault.ToString());

    private static string Show(ConfigNode node) => node.Kind switch
    {
        NodeKind.Map => "{" + string.Join(", ", node.Entries.Select(static entry => $"{entry.Name}: {Show(entry.Value)}")) + "}",
        NodeKind.List => "[" + string.Join(", ", node.Items.Select(Show)) + "]",
        _ => node.Text,
    };

    private static string Comma(string settings) => settings.Length == 0 ? "" : ", " + settings;
}

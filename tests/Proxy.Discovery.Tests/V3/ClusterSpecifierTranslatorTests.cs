using Proxy.Configuration.Http;
using Proxy.Configuration.Matching;

namespace Proxy.Discovery.Tests.V3;

internal sealed class ClusterSpecifierTranslatorTests
{
    private const string Plugin =
        """
        {name: pick, typed_config: {"@type": type.googleapis.com/envoy.extensions.router.cluster_specifiers.matcher.v3.MatcherClusterSpecifier,
        cluster_matcher: {on_no_match: {action: {name: a, typed_config: {"@type": type.googleapis.com/envoy.extensions.router.cluster_specifiers.matcher.v3.ClusterAction, cluster: u}}}}}}
        """;

    private static readonly MatcherClusterSpecifierConfig Translated =
        new(new MatcherConfig { OnNoMatch = new OnMatchConfig { Action = new ClusterChoiceConfig("u") } });

    [Test]
    public void Inline_Plugin_IsKept() =>
        Loading.Route($"- {{match: {{prefix: /}}, route: {{inline_cluster_specifier_plugin: {{extension: {Plugin}}}}}}}".ReplaceLineEndings(" ")).Action
            .Should().Be(new ForwardActionConfig { ClusterSpecifier = Translated });

    [Test]
    public void Named_Plugin_IsFoundInTheTable()
    {
        var route = Loading.Manager(Table("pick", Plugin)).Routes.VirtualHosts[0].Routes[0];
        route.Action.Should().Be(new ForwardActionConfig { ClusterSpecifier = Translated });
    }

    [Test]
    public void Named_Missing_IsRefused() =>
        Loading.Faults(Loading.ManagerText(Table("other", Plugin))).Should().ContainSingle().Which.Should().Contain("route.cluster_specifier_plugin: there is no plugin other");

    [Test]
    public void Plugin_NotServed_IsRefusedByName() =>
        Loading.Faults(Loading.ManagerText(Table("pick", "{name: pick, typed_config: {\"@type\": type.googleapis.com/envoy.extensions.router.cluster_specifiers.lua.v3.LuaConfig}}")))
            .Should().ContainSingle().Which.Should().Contain("extension envoy.extensions.router.cluster_specifiers.lua.v3.LuaConfig is not supported yet");

    private static string Table(string name, string plugin) =>
        $$$"""
        route_config:
          cluster_specifier_plugins: [{extension: {{{plugin.ReplaceLineEndings(" ")}}} }]
          virtual_hosts: [{name: v, domains: ['*'], routes: [{match: {prefix: /}, route: {cluster_specifier_plugin: {{{name}}} } }]}]
        """;
}

using Proxy.Configuration.Http;
using Proxy.Discovery.Bootstrap;
using Proxy.Discovery.Bootstrap.Schema;
using Proxy.Discovery.V3;

namespace Proxy.Discovery.Tests.V3;

internal sealed class BootstrapLoaderTests
{
    [Test]
    public void Load_MissingFile_IsAFault()
    {
        var result = BootstrapLoader.Load("/no/such/file.yaml", null, new BootstrapOptions());
        result.Config.Should().BeNull();
        result.Faults.Should().ContainSingle().Which.ToString().Should().StartWith("/no/such/file.yaml: cannot be read");
    }

    [Test]
    public void Load_InlineOverFile_AppendsToListsAndReplacesValues()
    {
        var result = Loading.Load(
            "node: {id: a, cluster: c}\nstatic_resources: {clusters: [{name: u}]}",
            "node: {id: b}\nstatic_resources: {clusters: [{name: v}]}");
        result.Config!.Clusters.Select(c => c.Name).Should().Equal("u", "v");
        (result.Config.Node.Id, result.Config.Node.Cluster).Should().Be(("b", "c"));
        result.Message!.StaticResources.Clusters.Should().HaveCount(2);
    }

    [Test]
    public void Load_FaultInTheInlineText_NamesIt() =>
        Loading.Load("static_resources: {clusters: [{name: u}]}", "static_resources:\n  clusters: [{name: ''}]").Faults
            .Should().ContainSingle().Which.ToString().Should().Be("--config-yaml:2:21 static_resources.clusters[1].name: must not be empty");

    [Test]
    public void Load_InlineOnly_IsEnough() =>
        BootstrapLoader.Load(null, "node: {id: a}", new BootstrapOptions()).Config!.Node.Id.Should().Be("a");

    [Test]
    public void Load_AdminPaths_AreKept() =>
        Loading.Config("admin: {address: {socket_address: {address: 127.0.0.1, port_value: 9901}}, allow_paths: [{prefix: /stats}, {exact: /ready}]}").Admin!.AllowPaths
            .Should().Equal(new StringMatcherConfig(StringMatchKind.Prefix, "/stats"), new StringMatcherConfig(StringMatchKind.Exact, "/ready"));

    [Test]
    public void Load_Admin_IsKept()
    {
        var admin = Loading.Config("admin: {address: {socket_address: {address: 127.0.0.1, port_value: 9901}}, access_log_path: /dev/null}").Admin!;
        admin.Address.Should().Be(Proxy.Configuration.AddressConfig.Loopback(9901));
        admin.AccessLogs.Should().ContainSingle();
    }

    [Test]
    public void Load_ReaderAndTranslatorFaults_AreOnOneListWithoutEchoes() =>
        Loading.Faults("static_resources:\n  clusters:\n  - {name: u, type: STATICK}\n  - {name: u}\n  listeners:\n  - name: l\n").Should().Equal(
            "envoy.yaml:3:21 static_resources.clusters[0].type: unknown value \"STATICK\" (did you mean STATIC?)",
            "envoy.yaml:4:12 static_resources.clusters[1].name: another cluster is named u",
            "envoy.yaml:6:5 static_resources.listeners[0].address: required (an address)",
            "envoy.yaml:6:5 static_resources.listeners[0].filter_chains: a listener needs a filter chain");

    [Test]
    public void Place_FaultOfTheCompiledConfiguration_GetsItsLine()
    {
        var result = Loading.Load(Loading.ManagerText("route_config:\n  virtual_hosts:\n  - name: v\n    domains: [a]\n"));
        result.Place("listeners[0].filter_chains[0].filters[0].route_config.virtual_hosts[0].domains[0]", "is bad")
            .ToString().Should().Be("envoy.yaml:16:25 static_resources.listeners[0].filter_chains[0].filters[0].route_config.virtual_hosts[0].domains[0]: is bad");
    }

    [Test]
    public void Support_EveryLine_NamesFieldsOfTheApi()
    {
        foreach (var (name, fields) in ExtensionTranslators.All.Support.Lines)
        {
            var message = ApiSchema.FindMessage(name);
            message.Should().NotBeNull(name);
            fields.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(f => f.Split('=')[0]).Where(f => f != "*" && message!.Find(f) is null).Should().BeEmpty(name);
        }
    }

    [Test]
    public void Load_DeepFreeFormValues_AreRead()
    {
        var deep = string.Concat(Enumerable.Repeat("{a: ", 80)) + "1" + new string('}', 80);
        Loading.Load($"node: {{id: x, metadata: {deep}}}").Config.Should().NotBeNull();
    }
}

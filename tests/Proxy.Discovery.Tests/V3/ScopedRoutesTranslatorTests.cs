using Proxy.Configuration.Http;

namespace Proxy.Discovery.Tests.V3;

/// <summary>Scopes of route tables in a connection manager.</summary>
public sealed class ScopedRoutesTranslatorTests
{
    private const string Key = "scope_key_builder: {fragments: [{header_value_extractor: {name: x-a, element_separator: ',', element: {key: k, separator: '='}}}]}";

    [Test]
    public void Scopes_OfTheManagersOwn_AreTranslated()
    {
        var routes = Loading.Manager(
            "scoped_routes: {name: s, " + Key + ", scoped_route_configurations_list: {scoped_route_configurations: [{name: one, key: {fragments: [{string_key: '1'}]}, route_configuration: {name: r}}]}}").ScopedRoutes!;

        routes.Name.Should().Be("s");
        routes.Key.Should().Equal(new ScopeKeyPartConfig("x-a") { ElementSeparator = ",", ElementKey = "k", KeySeparator = "=" });
        var scope = routes.Scopes.Should().ContainSingle().Subject;
        scope.Key.Should().Equal("1");
        scope.Table!.Name.Should().Be("r");
    }

    [TestCase("{name: one, key: {fragments: [{string_key: '1'}]}}", "needs one of route_configuration_name and route_configuration")]
    [TestCase("{name: one, key: {fragments: [{string_key: '1'}]}, route_configuration_name: r}", "rds_config_source: required where scopes name their tables")]
    [TestCase("{name: one, route_configuration_name: r}", "key: required")]
    public void Scope_ThatCannotWork_IsRefused(string scope, string fault)
    {
        Loading.Faults(Loading.ManagerText("scoped_routes: {name: s, " + Key + ", scoped_route_configurations_list: {scoped_route_configurations: [" + scope + "]}}"))
            .Should().Contain(found => found.Contains(fault));
    }
}

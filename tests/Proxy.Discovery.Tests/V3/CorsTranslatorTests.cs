using Proxy.Configuration.Filters;
using Proxy.Configuration.Http;

namespace Proxy.Discovery.Tests.V3;

internal sealed class CorsTranslatorTests
{
    private const string Type = "'@type': type.googleapis.com/envoy.extensions.filters.http.cors.v3.CorsPolicy";

    [Test]
    public void Policy_OfARoute_IsKept() => Policy(
        "allow_origin_string_match: [{suffix: .test}], allow_methods: GET, allow_headers: a, expose_headers: b, max_age: '5', allow_credentials: true, "
        + "allow_private_network_access: false, forward_not_matching_preflights: false, filter_enabled: {default_value: {numerator: 5}, runtime_key: k}, "
        + "shadow_enabled: {default_value: {numerator: 6}}").Should().Be(new CorsPolicyConfig
        {
            AllowOrigins = [new StringMatcherConfig(StringMatchKind.Suffix, ".test")],
            AllowMethods = "GET",
            AllowHeaders = "a",
            ExposeHeaders = "b",
            MaxAge = "5",
            AllowCredentials = true,
            AllowPrivateNetwork = false,
            ForwardNotMatchingPreflights = false,
            Enabled = new FractionConfig(5, 100, "k"),
            Shadow = new FractionConfig(6),
        });

    [Test]
    public void Policy_OfNothing_IsTheRecordsOwn() => Policy("").Should().Be(new CorsPolicyConfig());

    [Test]
    public void Filter_OnARoute_IsAPolicyOfNothing() =>
        Loading.Route("- {match: {prefix: /}, route: {cluster: u}, typed_per_filter_config: {cors: {'@type': type.googleapis.com/envoy.extensions.filters.http.cors.v3.Cors}}}")
            .PerFilter[0].Config.Should().Be(new CorsPolicyConfig());

    [Test]
    public void Policy_OfTheOlderFields_IsOneForTheFilter()
    {
        var host = Loading.Manager("route_config: {virtual_hosts: [{name: v, domains: ['*'], cors: {allow_methods: GET}, routes: [{match: {prefix: /}, route: {cluster: u, cors: {max_age: '1'}}}]}]}")
            .Routes.VirtualHosts[0];

        host.PerFilter.Should().Equal(new PerFilterConfig("envoy.filters.http.cors", new CorsPolicyConfig { AllowMethods = "GET" }, false));
        host.Routes[0].PerFilter.Should().Equal(new PerFilterConfig("envoy.filters.http.cors", new CorsPolicyConfig { MaxAge = "1" }, false));
    }

    private static object? Policy(string settings) =>
        Loading.Route($"- {{match: {{prefix: /}}, route: {{cluster: u}}, typed_per_filter_config: {{cors: {{{Type}, {settings}}}}}}}").PerFilter[0].Config;
}

using Proxy.Configuration.Http;

namespace Proxy.Discovery.Tests.V3;

internal sealed class InternalRedirectTranslatorTests
{
    [Test]
    public void Policy_AllSettings_AreKept() => Policy(
        """
        - match: {prefix: /}
          route:
            cluster: u
            internal_redirect_policy:
              max_internal_redirects: 3
              redirect_response_codes: [301, 308]
              allow_cross_scheme_redirect: true
              response_headers_to_copy: [x-a]
              predicates:
              - name: a
                typed_config: {"@type": type.googleapis.com/envoy.extensions.internal_redirect.previous_routes.v3.PreviousRoutesConfig}
              - name: b
                typed_config: {"@type": type.googleapis.com/envoy.extensions.internal_redirect.safe_cross_scheme.v3.SafeCrossSchemeConfig}
              - name: c
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.internal_redirect.allow_listed_routes.v3.AllowListedRoutesConfig
                  allowed_route_names: [one, two]
        """).Should().Be(new InternalRedirectConfig
        {
            MaxRedirects = 3,
            StatusCodes = [301, 308],
            AllowCrossScheme = true,
            ResponseHeadersToCopy = ["x-a"],
            Predicates = [new PreviousRoutesPredicateConfig(), new SafeCrossSchemePredicateConfig(), new AllowListedRoutesPredicateConfig(["one", "two"])],
        });

    [Test]
    public void Policy_Empty_HasTheDefaultsOfTheRecord() =>
        Policy("- {match: {prefix: /}, route: {cluster: u, internal_redirect_policy: {}}}").Should().Be(new InternalRedirectConfig());

    [TestCase("internal_redirect_action: HANDLE_INTERNAL_REDIRECT", 1u)]
    [TestCase("internal_redirect_action: HANDLE_INTERNAL_REDIRECT, max_internal_redirects: 4", 4u)]
    [TestCase("internal_redirect_action: HANDLE_INTERNAL_REDIRECT, max_internal_redirects: 4, internal_redirect_policy: {}", 1u)]
    public void OldFields_AskForThePolicyThatTheyAre(string settings, uint max) =>
        Policy($"- {{match: {{prefix: /}}, route: {{cluster: u, {settings}}}}}").Should().Be(new InternalRedirectConfig { MaxRedirects = max });

    [Test]
    public void OldFields_PassThrough_FollowsNothing() =>
        Policy("- {match: {prefix: /}, route: {cluster: u, internal_redirect_action: PASS_THROUGH_INTERNAL_REDIRECT, max_internal_redirects: 4}}").Should().BeNull();

    private static InternalRedirectConfig? Policy(string routes) => ((ForwardActionConfig)Loading.Route(routes).Action).InternalRedirects;
}

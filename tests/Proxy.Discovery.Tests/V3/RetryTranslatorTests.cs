using Proxy.Configuration.Http;

namespace Proxy.Discovery.Tests.V3;

internal sealed class RetryTranslatorTests
{
    [Test]
    public void RetryPolicy_AllSettings_AreKept() => Forward(
        """
        - match: {prefix: /}
          request_body_buffer_limit: 1000
          route:
            cluster: u
            retry_policy:
              retry_on: 5xx,unavailable
              num_retries: 3
              per_try_timeout: 0.5s
              per_try_idle_timeout: 0.2s
              retriable_status_codes: [409, 418]
              retriable_headers: [{name: x-again}]
              retriable_request_headers: [{name: x-safe}]
              retry_back_off: {base_interval: 0.1s, max_interval: 2s}
              rate_limited_retry_back_off:
                max_interval: 60s
                reset_headers: [{name: retry-after}, {name: x-reset, format: UNIX_TIMESTAMP}]
              host_selection_retry_max_attempts: 5
              retry_host_predicate:
              - name: a
                typed_config: {"@type": type.googleapis.com/envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate}
              - name: b
                typed_config: {"@type": type.googleapis.com/envoy.extensions.retry.host.omit_canary_hosts.v3.OmitCanaryHostsPredicate}
        """).Should().Be(new ForwardActionConfig
        {
            Cluster = "u",
            RequestBufferLimit = 1000,
            RetryPolicy = new RetryPolicyConfig
            {
                RetryOn = "5xx,unavailable",
                NumRetries = 3,
                PerTryTimeout = TimeSpan.FromMilliseconds(500),
                PerTryIdleTimeout = TimeSpan.FromMilliseconds(200),
                RetriableStatusCodes = [409, 418],
                RetriableHeaders = [new HeaderMatcherConfig("x-again")],
                RetriableRequestHeaders = [new HeaderMatcherConfig("x-safe")],
                BaseInterval = TimeSpan.FromMilliseconds(100),
                MaxInterval = TimeSpan.FromSeconds(2),
                ResetHeaders = [new ResetHeaderConfig("retry-after"), new ResetHeaderConfig("x-reset", true)],
                MaxResetInterval = TimeSpan.FromSeconds(60),
                HostPredicates = [new PreviousHostsPredicateConfig(), new OmitCanaryHostsPredicateConfig()],
                HostSelectionAttempts = 5,
            },
        });

    [Test]
    public void RetryPolicy_Empty_HasTheDefaultsOfTheRecord() =>
        Forward("- {match: {prefix: /}, route: {cluster: u, retry_policy: {}}}").RetryPolicy.Should().Be(new RetryPolicyConfig());

    [Test]
    public void RequestLimit_OldAndNewField_NewOneWins() => Forward(
        "- {match: {prefix: /}, per_request_buffer_limit_bytes: 7, request_body_buffer_limit: 9, route: {cluster: u}}").RequestBufferLimit.Should().Be(9);

    [Test]
    public void RequestLimit_OldField_IsTaken() =>
        Forward("- {match: {prefix: /}, per_request_buffer_limit_bytes: 7, route: {cluster: u}}").RequestBufferLimit.Should().Be(7);

    [TestCase("", true)]
    [TestCase(", hedge_policy: {}", false)]
    [TestCase(", hedge_policy: {hedge_on_per_try_timeout: true}", true)]
    public void Hedging_OfTheVirtualHost_IsThatOfRoutesWithoutTheirOwn(string route, bool expected)
    {
        var text = Loading.ManagerText(
            $$"""
            route_config:
              virtual_hosts:
              - name: v
                domains: ['*']
                hedge_policy: {hedge_on_per_try_timeout: true}
                routes:
                - match: {prefix: /}
                  route: {cluster: u{{route}} }
            """);
        var manager = (HttpConnectionManagerConfig)Loading.Config(text).Listeners[0].FilterChains[0].Filters[0].Config;

        ((ForwardActionConfig)manager.Routes.VirtualHosts[0].Routes[0].Action).HedgesOnPerTryTimeout.Should().Be(expected);
    }

    private static ForwardActionConfig Forward(string routes) => (ForwardActionConfig)Loading.Route(routes).Action;
}

using Proxy.Clusters;
using Proxy.Clusters.Outliers;
using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Hosting;
using Proxy.Testing;

namespace Proxy.Core.Tests.Clusters;

/// <summary>What runtime values do to clusters while they are in use.</summary>
public sealed class RuntimeKeyTests : ClusterFixture
{
    private readonly RuntimeSnapshot _runtime = new([]);

    [Test]
    public void Outliers_FollowTheRuntime()
    {
        Apply();
        Add(Config(A, B) with { OutlierDetection = new OutlierDetectionConfig { MaxEjectionPercent = 100 }, PanicThreshold = 0 });
        Report(2);
        Stat("membership_healthy").Should().Be(2);

        Apply(("outlier_detection.consecutive_5xx", "3"));
        Report(1);

        Stat("membership_healthy").Should().Be(1);
    }

    [Test]
    public void Outliers_EverySettingHasAKey()
    {
        string[] names =
        [
            "consecutive_5xx", "consecutive_gateway_failure", "consecutive_local_origin_failure", "interval_ms", "base_ejection_time_ms", "max_ejection_time_ms",
            "max_ejection_time_jitter_ms", "max_ejection_percent", "enforcing_consecutive_5xx", "enforcing_consecutive_gateway_failure",
            "enforcing_consecutive_local_origin_failure", "enforcing_success_rate", "enforcing_local_origin_success_rate", "enforcing_failure_percentage",
            "enforcing_failure_percentage_local_origin", "success_rate_minimum_hosts", "success_rate_request_volume", "success_rate_stdev_factor",
            "failure_percentage_threshold", "failure_percentage_minimum_hosts", "failure_percentage_request_volume",
        ];
        var config = new OutlierDetectionConfig();

        var changed = names.Select(name => OutlierRuntime.Apply(config, new RuntimeSnapshot([new RuntimeValue("outlier_detection." + name, "7")]))).ToList();

        changed.Should().NotContain(config).And.OnlyHaveUniqueItems();
        OutlierRuntime.Apply(config, RuntimeSnapshot.Empty).Should().Be(config);
    }

    [Test]
    public void PanicThreshold_FollowsTheRuntimeFromTheNextHostsOn()
    {
        Apply(("upstream.healthy_panic_threshold", "0"));
        Add(Sick(A));
        Choose().Should().BeNull();

        Apply();
        Add(Sick(B));

        Choose()!.EndPoint.Should().Be(B);
    }

    [TestCase(true)]
    [TestCase(false)]
    public void RetryBudget_FollowsTheRuntime(bool isConfigured)
    {
        TestUpstream.Listen(Runtime, A);
        Add(Config(A) with { DefaultBreaker = new CircuitBreakerConfig { MaxRetries = 100, RetryBudget = isConfigured ? new RetryBudgetConfig(100, 100) : null } });
        Retries().Should().Be(10);

        Apply(("circuit_breakers.c.default.retry_budget.budget_percent", "10"), ("circuit_breakers.c.default.retry_budget.min_retry_concurrency", "2"));

        Retries().Should().Be(2);
    }

    [Test]
    public void HealthChecks_AreBoundByTheRuntime()
    {
        Apply(("health_check.max_interval", "100"));
        var upstream = TestUpstream.Listen(Runtime, A);
        var check = new HealthCheckConfig(new TcpHealthProbeConfig())
        {
            Timeout = TimeSpan.FromSeconds(1),
            Interval = TimeSpan.FromSeconds(5),
            HealthyThreshold = 1,
            UnhealthyThreshold = 1,
        };
        Add(Config(A) with { HealthCheck = check });
        Runtime.RunUntilIdle();
        upstream.Waiting.Should().Be(1);

        Runtime.Advance(110);
        upstream.Waiting.Should().Be(2);
        Apply(("health_check.min_interval", "100000"));
        Runtime.Advance(110); // arms the next with what holds now
        Runtime.Advance(90_000);

        upstream.Waiting.Should().Be(3);
    }

    private static ClusterConfig Sick(System.Net.IPEndPoint host) =>
        Config() with { Endpoints = [new LocalityEndpointsConfig { Endpoints = [Endpoint(host, health: EndpointHealth.Unhealthy)] }] };

    private void Apply(params (string Key, string Value)[] values)
    {
        _runtime.Replace(values.Select(value => new RuntimeValue(value.Key, value.Value)));
        Runtime.Run(Runtime.Main, () => Manager.ApplyRuntime(_runtime));
    }

    private void Report(int failures)
    {
        for (var i = 0; i < failures; i++)
        {
            Runtime.Run(Worker, () => Manager.Clusters.Single().Hosts.Priorities[0].All.Single(entry => entry.Host.EndPoint.Equals(A)).Host.Outliers!.OnAnswer(Worker, 500));
            Runtime.RunUntilIdle();
        }
    }

    // As many of ten as may be under way at once.
    private int Retries()
    {
        var started = 0;
        Runtime.Run(Worker, () =>
        {
            started = Enumerable.Range(0, 10).Count(_ => Cluster.TryStartRetry(RequestPriority.Default));
            for (var i = 0; i < started; i++)
            {
                Cluster.EndRetry(RequestPriority.Default);
            }
        });
        return started;
    }
}

using Proxy.Configuration;
using Proxy.Configuration.Clusters;

namespace Proxy.Core.Tests.Clusters;

public sealed class ClusterManagerTests() : ClusterFixture(workers: 2)
{
    [Test]
    public void Add_Static_IsThereOnEveryWorker()
    {
        Add(Config(A));

        Manager.Find(Runtime.Workers[0], "c").Should().NotBeNull();
        Manager.Find(Runtime.Workers[1], "c").Should().NotBeNull().And.NotBeSameAs(Cluster);
        Manager.Find(Runtime.Main, "c").Should().NotBeNull();
        Choose()!.Should().BeSameAs(Choose(Runtime.Workers[1]), "hosts are shared");
    }

    [Test]
    public void Add_SameConfiguration_ChangesNothing()
    {
        Add(Config(A));
        var before = Cluster;

        Manager.AddOrUpdate(Config(A)).Should().BeFalse();
        Runtime.RunUntilIdle();

        Cluster.Should().BeSameAs(before);
    }

    [Test]
    public void Update_WhileNamesAreResolved_OldOneServes()
    {
        Add(Config(A));
        Add(Config() with
        {
            Type = ClusterType.StrictDns,
            Endpoints = [new LocalityEndpointsConfig { Endpoints = [new EndpointConfig(new NameAddressConfig("app", 80))] }],
        });
        Choose()!.EndPoint.Should().Be(A);

        Dns.Set("app", "10.0.0.2");
        Dns.Answer("app");
        Runtime.RunUntilIdle();

        Choose()!.EndPoint.Should().Be(B);
        Stats.Snapshot().Count(group => group.Prefix == "cluster.c.").Should().Be(1);
    }

    [Test]
    public void Add_AltStatName_NamesTheStats()
    {
        Add(Config(A) with { AltStatName = "other:name" });

        Stats.Snapshot().Should().Contain(group => group.Prefix == "cluster.other_name.");
    }

    [Test]
    public void Stats_ClustersComeChangeAndGo_AreCounted()
    {
        Add(Config(A));
        Add(Config(B));
        Add(Config(A) with { Name = "d" });
        Manager.Remove("c");

        var stats = Stats.Reader.Read(name => name.StartsWith("cluster_manager.", StringComparison.Ordinal));

        stats.Counters.Select(sample => (sample.Name, sample.Value)).Should().Equal(
            ("cluster_manager.cluster_added", 2), ("cluster_manager.cluster_modified", 1), ("cluster_manager.cluster_removed", 1));
        stats.Gauges.Select(sample => (sample.Name, sample.Value)).Should().Equal(
            ("cluster_manager.active_clusters", 1), ("cluster_manager.warming_clusters", 0));
    }

    [Test]
    public void Find_AllocatesNothing()
    {
        Add(Config(A));
        var name = "c";
        Manager.Find(Worker, name);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Manager.Find(Worker, name);

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);
    }

    [Test]
    public void Add_BreaksRules_NamesAllAndChangesNothing()
    {
        var config = new ClusterConfig
        {
            Name = "c",
            ConnectTimeout = TimeSpan.Zero,
            PanicThreshold = 101,
            LeastRequest = new LeastRequestConfig(ChoiceCount: 1),
            Dns = new DnsConfig { RefreshRate = TimeSpan.Zero, FailureBaseInterval = TimeSpan.FromSeconds(2), FailureMaxInterval = TimeSpan.FromSeconds(1) },
            Endpoints = [new LocalityEndpointsConfig { Endpoints = [new EndpointConfig(new NameAddressConfig("localhost", 80)) { Weight = 0 }] }],
        };

        var faults = Manager.Invoking(manager => manager.AddOrUpdate(config)).Should().Throw<ConfigException>().Which.Faults;

        faults.Select(fault => fault.Path).Should().Equal(
            "connect_timeout",
            "least_request_lb_config.choice_count",
            "common_lb_config.healthy_panic_threshold",
            "dns_refresh_rate",
            "dns_failure_refresh_rate.max_interval",
            "load_assignment.endpoints[0].lb_endpoints[0].load_balancing_weight",
            "load_assignment.endpoints[0].lb_endpoints[0].endpoint.address");
        Manager.Contains("c").Should().BeFalse();
    }

    [Test]
    public void Add_LogicalDnsWithTwoNames_IsRefused()
    {
        var config = Config(A, B) with { Type = ClusterType.LogicalDns };

        Manager.Invoking(manager => manager.AddOrUpdate(config)).Should().Throw<ConfigException>()
            .Which.Faults.Should().ContainSingle().Which.Path.Should().Be("load_assignment");
    }

    [Test]
    public void Add_ManyClusters_CostLittleEach()
    {
        const int Count = 2000;
        var configs = Enumerable.Range(0, Count).Select(i => Config(A) with { Name = "n" + i }).ToArray();
        Add(Config(A));
        var before = GC.GetTotalMemory(forceFullCollection: true);

        Runtime.Run(Runtime.Main, () => Array.ForEach(configs, config => Manager.AddOrUpdate(config)));

        var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / Count;
        TestContext.Out.WriteLine($"{each} bytes a cluster on two workers");
        each.Should().BeLessThan(4800, "a mesh has thousands of clusters, and a tenth of Envoy's 48 KB is what we allow");
        GC.KeepAlive(configs);
    }

    [Test]
    public void WhenReady_NothingIsWarming_RunsAtOnce()
    {
        var ready = false;
        Add(Config(A));

        Manager.WhenReady(() => ready = true);

        ready.Should().BeTrue();
    }
}

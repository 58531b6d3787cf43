using System.Net;
using Proxy.Configuration;
using Proxy.Configuration.Clusters;

namespace Proxy.Core.Tests.Clusters;

public sealed class LoadBalancerTests() : ClusterFixture(workers: 2)
{
    private static ClusterConfig HalfDown(uint weight, EndpointHealth health = EndpointHealth.Unhealthy) => new()
    {
        Name = "c",
        Endpoints =
        [
            new LocalityEndpointsConfig { Endpoints = [Endpoint(A), Endpoint(C, weight, health)] },
            new LocalityEndpointsConfig { Priority = 1, Endpoints = [Endpoint(B)] },
        ],
    };

    private static readonly IPEndPoint C = IPEndPoint.Parse("10.0.0.3:80");

    [Test]
    public void RoundRobin_EqualWeights_GoesRound()
    {
        Add(Config(A, B, C));

        var picks = Picks(9);

        picks.Take(3).Should().BeEquivalentTo([A, B, C]);
        picks[3..6].Should().Equal(picks[..3]);
        picks[6..9].Should().Equal(picks[..3]);
    }

    [Test]
    public void RoundRobin_ManyClusters_StartAnywhere()
    {
        var starts = new HashSet<EndPoint>();
        for (var i = 0; i < 40; i++)
        {
            var name = "n" + i;
            Add(Config(A, B, C) with { Name = name });
            starts.Add(Manager.Find(Worker, name)!.ChooseHost(default)!.EndPoint);
        }

        starts.Should().HaveCount(3);
    }

    [Test]
    public void RoundRobin_Weights_AreKeptAndSpread()
    {
        Add(Weighted(LoadBalancingPolicy.RoundRobin, (A, 1), (B, 2), (C, 5)));
        Picks(1); // wherever the rotation starts

        var picks = Picks(80);

        picks.Count(A.Equals).Should().Be(10);
        picks.Count(B.Equals).Should().Be(20);
        picks.Count(C.Equals).Should().Be(50);
        picks.Chunk(8).Should().OnlyContain(turn => turn.Contains(A) && turn.Contains(B), "a light host is not starved by a heavy one");
    }

    [Test]
    public void RoundRobin_SetChanges_PicksAreStillSpread()
    {
        var counts = new Dictionary<EndPoint, int>();
        Dns.Set("app", "10.0.0.1", "10.0.0.2", "10.0.0.3");
        Add(Named("app"));
        for (var i = 0; i < 30; i++)
        {
            var pick = Picks(1)[0];
            counts[pick] = counts.GetValueOrDefault(pick) + 1;
            Dns.Set("app", ["10.0.0.1", "10.0.0.2", "10.0.0.3", $"10.0.1.{i}"]);
            Runtime.Advance(5_000);
        }

        counts.Values.Max().Should().BeLessThan(12, "with a change before each pick, a rotation that starts over would pick one host every time");
    }

    [Test]
    public void Random_ManyPicks_AreEvenWhateverTheWeights()
    {
        Add(Weighted(LoadBalancingPolicy.Random, (A, 1), (B, 9)));

        Picks(1000).Count(A.Equals).Should().BeInRange(430, 570);
    }

    [Test]
    public void LeastRequest_OneHostIsBusy_IsAvoided()
    {
        Add(Config(A, B) with { Policy = LoadBalancingPolicy.LeastRequest, LeastRequest = new LeastRequestConfig(ChoiceCount: 30) });
        var busy = Choose()!;
        busy.On(Runtime.Workers[1]).RequestsActive = 1;

        Picks(100).Should().NotContain(busy.EndPoint, "requests on other workers count too");
    }

    [Test]
    public void LeastRequest_TwoChoices_PrefersTheIdleThreeTimesInFour()
    {
        Add(Config(A, B) with { Policy = LoadBalancingPolicy.LeastRequest });
        var busy = Choose()!;
        busy.On(Worker).RequestsActive = 5;

        Picks(1000).Count(busy.EndPoint.Equals).Should().BeInRange(200, 300);
    }

    [Test]
    public void LeastRequest_ComparesAll_SpreadsOverThoseThatHaveLeast()
    {
        Add(Config(A, B, C) with { Policy = LoadBalancingPolicy.LeastRequest, LeastRequest = new LeastRequestConfig { ComparesAll = true } });
        var busy = Choose()!;
        busy.On(Worker).RequestsActive = 1;

        var picks = Picks(1000).GroupBy(static host => host).ToDictionary(static group => group.Key, static group => group.Count());
        picks.Should().HaveCount(2).And.NotContainKey(busy.EndPoint);
        picks.Values.Should().OnlyContain(static count => count > 400);
    }

    [Test]
    public void LeastRequest_Weights_CountLessForTheBusy()
    {
        Add(Weighted(LoadBalancingPolicy.LeastRequest, (A, 1), (B, 4)));
        var hosts = Manager.Clusters.Single().Hosts.All.ToDictionary(entry => entry.Host.EndPoint, entry => entry.Host);
        Picks(100).Count(B.Equals).Should().BeInRange(78, 82);

        hosts[B].On(Worker).RequestsActive = 3; // 4 / (3 + 1) is as much as A has
        Picks(10);

        Picks(100).Count(B.Equals).Should().BeInRange(48, 52);
    }

    [TestCase(EndpointHealth.Unhealthy)]
    [TestCase(EndpointHealth.Draining)]
    [TestCase(EndpointHealth.Timeout)]
    public void Health_HostIsOut_IsNotPicked(EndpointHealth health)
    {
        Add(Health(EndpointHealth.Healthy, EndpointHealth.Healthy, health));

        Picks(12).Should().NotContain(C);
        Stat("membership_total").Should().Be(3);
        Stat("membership_healthy").Should().Be(2);
        Stat("lb_healthy_panic").Should().Be(0);
    }

    [Test]
    public void Panic_TooFewAreHealthy_UsesAll()
    {
        Add(Health(EndpointHealth.Healthy, EndpointHealth.Unhealthy, EndpointHealth.Unhealthy));

        Picks(12).Distinct().Should().HaveCount(3);
        Stat("lb_healthy_panic").Should().Be(12);
    }

    [Test]
    public void Panic_WhereTrafficIsToFail_PicksNobody()
    {
        Add(Health(EndpointHealth.Healthy, EndpointHealth.Unhealthy, EndpointHealth.Unhealthy) with { FailsOnPanic = true });

        Choose().Should().BeNull();
        Stat("lb_healthy_panic").Should().Be(1);
    }

    [Test]
    public void Panic_HostsThatAreLeaving_AreNotCounted()
    {
        Add(Health(EndpointHealth.Healthy, EndpointHealth.Unhealthy, EndpointHealth.Draining));

        Picks(12).Distinct().Should().ContainSingle("half of the two that count are healthy");
        Stat("membership_excluded").Should().Be(1);
    }

    [Test]
    public void Panic_TurnedOffAndNobodyIsHealthy_PicksNobody()
    {
        Add(Health(EndpointHealth.Unhealthy, EndpointHealth.Unhealthy) with { PanicThreshold = 0 });

        Choose().Should().BeNull();
        Stat("lb_healthy_panic").Should().Be(0);
        Stat("upstream_cx_none_healthy").Should().Be(1);
    }

    [Test]
    public void Degraded_WhileHealthySuffice_IsNotPicked()
    {
        Add(Health(EndpointHealth.Healthy, EndpointHealth.Healthy, EndpointHealth.Healthy, EndpointHealth.Degraded));

        Picks(12).Should().NotContain(IPEndPoint.Parse("10.0.0.4:80"));
        Stat("membership_degraded").Should().Be(1);
    }

    [Test]
    public void Degraded_NobodyIsHealthy_IsPicked()
    {
        Add(Health(EndpointHealth.Unhealthy, EndpointHealth.Degraded) with { PanicThreshold = 0 });

        Picks(4).Should().OnlyContain(pick => B.Equals(pick));
    }

    [Test]
    public void Priorities_FirstIsHealthy_TakesAll()
    {
        Add(Priorities(EndpointHealth.Healthy));

        Picks(20).Should().OnlyContain(pick => A.Equals(pick));
    }

    [Test]
    public void Priorities_FirstIsDown_SecondTakesAll()
    {
        Add(Priorities(EndpointHealth.Unhealthy));

        Picks(20).Should().OnlyContain(pick => B.Equals(pick));
        Stat("lb_healthy_panic").Should().Be(0);
    }

    [Test]
    public void Priorities_HalfOfTheFirstIsDown_SecondHelpsOut()
    {
        Add(new ClusterConfig
        {
            Name = "c",
            Endpoints =
            [
                new LocalityEndpointsConfig { Endpoints = [Endpoint(A), Endpoint(C, health: EndpointHealth.Unhealthy)] },
                new LocalityEndpointsConfig { Priority = 1, Endpoints = [Endpoint(B)] },
            ],
        });

        var picks = Picks(1000);

        picks.Count(A.Equals).Should().BeInRange(650, 750, "half of the hosts, overprovisioned by 1.4, carry 70 %");
        picks.Should().NotContain(C);
        Stat("lb_healthy_panic").Should().Be(0);
    }

    [TestCase(100u, 450, 550)]
    [TestCase(160u, 750, 850)]
    [TestCase(200u, 1000, 1000)]
    [TestCase(uint.MaxValue, 1000, 1000)]
    public void Priorities_Overprovisioned_FirstKeepsAsMuch(uint factor, int least, int most)
    {
        Add(HalfDown(1) with { PriorityShare = new PriorityShareConfig { OverprovisioningFactor = factor } });

        Picks(1000).Count(A.Equals).Should().BeInRange(least, most);
    }

    [TestCase(false, 650, 750)]
    [TestCase(true, 300, 400)] // a quarter of the weight is healthy
    public void Priorities_WeightsCount_HeavyHostThatIsDownCostsMore(bool countsWeights, int least, int most)
    {
        Add(HalfDown(3) with { PriorityShare = new PriorityShareConfig { CountsWeights = countsWeights } });

        Picks(1000).Count(A.Equals).Should().BeInRange(least, most);
    }

    [Test]
    public void Priorities_WeightsCount_HostsOnTheirWayOutDoNot()
    {
        Add(HalfDown(3, EndpointHealth.Draining) with { PriorityShare = new PriorityShareConfig { CountsWeights = true } });

        Picks(100).Should().AllBeEquivalentTo(A);
    }

    [Test]
    public void Priorities_NobodyIsHealthy_AllShareByTheirSize()
    {
        Add(new ClusterConfig
        {
            Name = "c",
            Endpoints =
            [
                new LocalityEndpointsConfig { Endpoints = [Endpoint(A, health: EndpointHealth.Unhealthy)] },
                new LocalityEndpointsConfig { Priority = 1, Endpoints = [Endpoint(B, health: EndpointHealth.Unhealthy), Endpoint(C, health: EndpointHealth.Unhealthy)] },
            ],
        });

        Picks(900).Count(A.Equals).Should().BeInRange(250, 350);
        Stat("lb_healthy_panic").Should().Be(900);
    }

    [Test]
    public void NoHosts_PicksNobody()
    {
        Add(new ClusterConfig { Name = "c" });

        Choose().Should().BeNull();
        Stat("upstream_cx_none_healthy").Should().Be(1);
    }

    [TestCase(LoadBalancingPolicy.RoundRobin)]
    [TestCase(LoadBalancingPolicy.Random)]
    [TestCase(LoadBalancingPolicy.LeastRequest)]
    public void Choose_AnyPolicy_AllocatesNothing(LoadBalancingPolicy policy)
    {
        Add(Weighted(policy, (A, 1), (B, 2)));
        Choose();
        var cluster = Cluster;
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 100; i++)
        {
            cluster.ChooseHost(default);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);
    }

    private List<EndPoint> Picks(int count)
    {
        return [.. Enumerable.Range(0, count).Select(_ => Choose()!.EndPoint)];
    }

    private static ClusterConfig Weighted(LoadBalancingPolicy policy, params (IPEndPoint Host, uint Weight)[] hosts)
    {
        return Of([.. hosts.Select(host => Endpoint(host.Host, host.Weight))]) with { Policy = policy };
    }

    private static ClusterConfig Named(string name)
    {
        return Of([new EndpointConfig(new NameAddressConfig(name, 80))]) with { Type = ClusterType.StrictDns };
    }

    private static ClusterConfig Health(params EndpointHealth[] health)
    {
        return Of([.. health.Select((value, i) => Endpoint(IPEndPoint.Parse($"10.0.0.{i + 1}:80"), health: value))]);
    }

    private static ClusterConfig Priorities(EndpointHealth first)
    {
        return new ClusterConfig
        {
            Name = "c",
            Endpoints =
            [
                new LocalityEndpointsConfig { Endpoints = [Endpoint(A, health: first)] },
                new LocalityEndpointsConfig { Priority = 1, Endpoints = [Endpoint(B)] },
            ],
        };
    }

    private static ClusterConfig Of(ConfigList<EndpointConfig> endpoints)
    {
        return new ClusterConfig { Name = "c", Endpoints = [new LocalityEndpointsConfig { Endpoints = endpoints }] };
    }
}

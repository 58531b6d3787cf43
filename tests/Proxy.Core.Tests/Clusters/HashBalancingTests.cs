using System.Net;
using Proxy.Clusters;
using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Configuration.Http;
using Proxy.Core.Tests.Routing;

namespace Proxy.Core.Tests.Clusters;

// Which host a key belongs to was read off Envoy: clients that move here must find their hosts again.
public sealed class HashBalancingTests() : ClusterFixture(workers: 2)
{
    private static readonly string[] Users = [.. Enumerable.Range(0, 24).Select(static i => "user-" + i)];

    [Test]
    public void Maglev_KnownKeys_GoWhereEnvoySendsThem()
    {
        Add(Keyed(LoadBalancingPolicy.Maglev, 3));

        string.Concat(Users.Select(user => Pick(user))).Should().Be("001212210002011120002221");
    }

    [TestCase("user-657423", 3)]
    [TestCase("75", 0)]
    [TestCase("user-760012", 2)]
    [TestCase("76", 3)]
    [TestCase("user-985178", 0)]
    public void Ring_Murmur_GoesWhereEnvoySendsIt(string key, int host)
    {
        Add(Numbered(LoadBalancingPolicy.RingHash, new HashBalancingConfig { Function = HashFunction.Murmur2 }, 1, 1, 1, 1, 1));

        Pick(key).Should().Be(host.ToString());
    }

    [TestCase("user-27724", 4)]
    [TestCase("user-449109", 0)]
    [TestCase("user-844091", 2)]
    [TestCase("user-883851", 0)]
    public void Ring_Weights_GoWhereEnvoySendsThem(string key, int host)
    {
        Add(Numbered(LoadBalancingPolicy.RingHash, new HashBalancingConfig { MinimumRingSize = 64 }, 3, 2, 2, 1, 5));

        Pick(key).Should().Be(host.ToString());
    }

    [TestCase("user-889056", 4)]
    [TestCase("user-908104", 0)]
    [TestCase("ntp", 1)]
    [TestCase("user-551276", 0)]
    public void Maglev_Weights_GoWhereEnvoySendsThem(string key, int host)
    {
        Add(Numbered(LoadBalancingPolicy.Maglev, new HashBalancingConfig { MaglevTableSize = 251 }, 3, 2, 2, 1, 5));

        Pick(key).Should().Be(host.ToString());
    }

    [TestCase(LoadBalancingPolicy.RingHash)]
    [TestCase(LoadBalancingPolicy.Maglev)]
    public void Hash_AHostLeaves_NearlyAllOtherKeysStay(LoadBalancingPolicy policy)
    {
        Add(Numbered(policy, new HashBalancingConfig(), 1, 1, 1, 1));
        var before = Users.ToDictionary(static user => user, user => Pick(user));

        Add(Numbered(policy, new HashBalancingConfig(), 1, 1, 1));

        var moved = Users.Where(user => before[user] != "3" && Pick(user) != before[user]);
        moved.Should().HaveCountLessThan(4);
    }

    [TestCase(LoadBalancingPolicy.RingHash)]
    [TestCase(LoadBalancingPolicy.Maglev)]
    public void Hash_HostIsRefused_NextAttemptFindsAnother(LoadBalancingPolicy policy)
    {
        Add(Numbered(policy, new HashBalancingConfig(), 1, 1, 1));

        Users.Count(user => Pick(user, attempt: 1) != Pick(user)).Should().BeGreaterThan(8);
    }

    [TestCase(LoadBalancingPolicy.RingHash)]
    [TestCase(LoadBalancingPolicy.Maglev)]
    public void Hash_WithoutAHash_PicksAtRandom(LoadBalancingPolicy policy)
    {
        Add(Numbered(policy, new HashBalancingConfig(), 1, 1, 1));

        Enumerable.Range(0, 60).Select(_ => Choose()!.EndPoint).Distinct().Should().HaveCount(3);
    }

    [Test]
    public void Hash_OnlyDegradedHosts_PicksNobody()
    {
        Add(Numbered(LoadBalancingPolicy.Maglev, new HashBalancingConfig(), 1, 1) with { PanicThreshold = 0 }, EndpointHealth.Degraded);

        Choose().Should().BeNull();
        Stat("upstream_cx_none_healthy").Should().Be(1);
    }

    [Test]
    public void Hash_TooFewHealthy_UsesAllAndCountsIt()
    {
        Add(Numbered(LoadBalancingPolicy.RingHash, new HashBalancingConfig(), 1, 1, 1), EndpointHealth.Unhealthy);

        Users.Select(user => Pick(user)).Distinct().Should().HaveCount(3);
        Stat("lb_healthy_panic").Should().Be(Users.Length);
    }

    [Test]
    public void Hash_WeightedPlaces_PlaceWithoutWeightIsLeftOut()
    {
        var config = Numbered(LoadBalancingPolicy.Maglev, new HashBalancingConfig { WeighsLocalities = true }, 1, 1);
        var far = config.Endpoints[0] with { Locality = new LocalityConfig("r", "far", ""), Weight = 3 };
        Add(config with
        {
            Endpoints =
            [
                config.Endpoints[0] with { Endpoints = [Host(5, 1)] },
                far with { Endpoints = [Host(3, 1), Host(4, 1)] },
            ],
        });

        Users.Select(user => Pick(user)).Distinct().Should().BeEquivalentTo("3", "4");
    }

    [Test]
    public void Hash_WeightedPlaces_NoneHasAWeight_PicksNobody()
    {
        Add(Numbered(LoadBalancingPolicy.RingHash, new HashBalancingConfig { WeighsLocalities = true }, 1, 1));

        Choose().Should().BeNull();
    }

    [Test]
    public void BalanceFactor_HostIsFull_PassesTheKeyOn()
    {
        Add(Numbered(LoadBalancingPolicy.RingHash, new HashBalancingConfig { BalanceFactor = 100 }, 1, 1, 1));
        var first = Find("same")!;
        first.On(Runtime.Workers[1]).RequestsActive = 2;

        var other = Find("same");

        other.Should().NotBe(first);
        Find("same").Should().Be(other, "the order of the others is settled by the hash");
        first.On(Runtime.Workers[1]).RequestsActive = 1;
        Find("same").Should().Be(first);
    }

    [Test]
    public void BalanceFactor_AllAreFull_TakesTheLeastFull()
    {
        Add(Numbered(LoadBalancingPolicy.Maglev, new HashBalancingConfig { BalanceFactor = 100 }, 1, 1, 1) with { PanicThreshold = 0 });
        var hosts = Manager.Clusters.Single().Hosts.All.Select(static entry => entry.Host).ToArray();
        for (var i = 0; i < hosts.Length; i++)
        {
            hosts[i].On(Worker).RequestsActive = 1000 + i;
        }

        Find("k").Should().BeOneOf(hosts);
    }

    [Test]
    public void Policies_OfTheCluster_ReplaceTheHashOfTheRoute()
    {
        Add(Numbered(LoadBalancingPolicy.Maglev, new HashBalancingConfig { Policies = [new HeaderHashConfig("x-user")] }, 1, 1, 1));
        Cluster.PicksByHash.Should().BeFalse("nobody needs to work out a hash that is not used");

        var picks = Users.Select(user => Cluster.ChooseHost(new LoadBalancerContext
        {
            Hash = 1, RequestHeaders = RoutingFixture.Request(headers: ("x-user", user)),
        })!.EndPoint).ToList();

        picks.Distinct().Should().HaveCount(3);
    }

    [Test]
    public void Stats_TellHowTheTableWasFilled()
    {
        Add(Numbered(LoadBalancingPolicy.RingHash, new HashBalancingConfig(), 1, 1, 1));
        Gauges("cluster.c.ring_hash_lb.").Should().Equal(("size", 1026L), ("min_hashes_per_host", 342L), ("max_hashes_per_host", 342L));

        Add(Numbered(LoadBalancingPolicy.Maglev, new HashBalancingConfig { MaglevTableSize = 7 }, 1, 2));

        Gauges("cluster.c.maglev_lb.").Should().Equal(("min_entries_per_host", 3L), ("max_entries_per_host", 4L));
        Stats.Snapshot().Should().NotContain(group => group.Prefix == "cluster.c.ring_hash_lb.");
    }

    [Test]
    public void Rules_SizesOutOfRange_AreRefused()
    {
        Refused(new HashBalancingConfig { MaglevTableSize = 8 });
        Refused(new HashBalancingConfig { MaglevTableSize = 5_000_017 });
        Refused(new HashBalancingConfig { MinimumRingSize = 10, MaximumRingSize = 9 });
        Refused(new HashBalancingConfig { MaximumRingSize = 8_388_609 });
        Refused(new HashBalancingConfig { BalanceFactor = 99 });

        void Refused(HashBalancingConfig hashing)
        {
            var add = () => Manager.AddOrUpdate(Numbered(LoadBalancingPolicy.Maglev, hashing, 1));
            add.Should().Throw<ConfigException>();
        }
    }

    private static ClusterConfig Keyed(LoadBalancingPolicy policy, int hosts)
    {
        var named = Enumerable.Range(0, hosts).Select(i => Host(i, 1) with { Metadata = [Key($"host-{(char)('a' + i)}")] });
        return new ClusterConfig { Name = "c", Policy = policy, Endpoints = [new LocalityEndpointsConfig { Endpoints = named.ToConfigList() }] };
    }

    private static ClusterConfig Numbered(LoadBalancingPolicy policy, HashBalancingConfig hashing, params uint[] weights)
    {
        return new ClusterConfig
        {
            Name = "c",
            Policy = policy,
            Hashing = hashing,
            Endpoints = [new LocalityEndpointsConfig { Endpoints = weights.Select(static (weight, i) => Host(i, weight)).ToConfigList() }],
        };
    }

    private static EndpointConfig Host(int number, uint weight) => Endpoint(new IPEndPoint(IPAddress.Parse("10.0.0.1"), 1000 + number), weight) with
    {
        Metadata = [Key("host-" + number)],
    };

    private static KeyValuePair<string, string> Key(string key) => new("envoy.lb", $$"""{"hash_key": "{{key}}"}""");

    private void Add(ClusterConfig config, EndpointHealth health)
    {
        Add(config with { Endpoints = config.Endpoints.Select(place => place with { Endpoints = place.Endpoints.Select(host => host with { Health = health }).ToConfigList() }).ToConfigList() });
    }

    private Host? Find(string key, int attempt = 0)
    {
        return Cluster.ChooseHost(new LoadBalancerContext { Hash = System.IO.Hashing.XxHash64.HashToUInt64(System.Text.Encoding.UTF8.GetBytes(key)), Attempt = attempt });
    }

    private string Pick(string key) => Pick(key, 0);

    private string Pick(string key, int attempt) => (((IPEndPoint)Find(key, attempt)!.EndPoint).Port - 1000).ToString();

    private IEnumerable<(string Name, long Value)> Gauges(string prefix)
    {
        var group = Stats.Snapshot().Single(group => group.Prefix == prefix);
        return group.Schema.Gauges.Select((name, i) => (name, group.Shards.ToArray().Sum(shard => shard?.Read(new Proxy.Stats.GaugeId(i)) ?? 0)));
    }
}

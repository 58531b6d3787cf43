using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Testing;

namespace Proxy.Core.Tests.Clusters;

public sealed class DnsClusterTests : ClusterFixture
{
    private static readonly ClusterConfig Strict = Named(ClusterType.StrictDns, "app");

    [Test]
    public void StrictDns_Answer_EveryAddressIsAHost()
    {
        Dns.Set("app", "10.0.0.1", "10.0.0.2");

        Add(Strict);

        Hosts().Should().BeEquivalentTo(["10.0.0.1:80", "10.0.0.2:80"]);
        Manager.Clusters.Single().Hosts.All.Should().OnlyContain(entry => entry.Host.Hostname == "app");
        Stat("membership_total").Should().Be(2);
        Stat("update_attempt").Should().Be(1);
        Stat("update_success").Should().Be(1);
    }

    [TestCase(true, 0, 0)]
    [TestCase(false, 1, 1)]
    public void StrictDns_HostsComeAndGo_OthersConnectionsEndOnAdditionsAndOnlyIfSoConfigured(bool closes, int afterOneCame, int afterOneLeft)
    {
        var upstream = TestUpstream.Listen(Runtime, A);
        Dns.Set("app", "10.0.0.1");
        Add(Strict with { ClosesConnectionsOnHostSetChange = closes });
        Send();
        upstream.Accept().Send("ok\n");

        Dns.Set("app", "10.0.0.1", "10.0.0.2");
        Runtime.Advance(5_000);
        Stat("upstream_cx_active").Should().Be(afterOneCame);

        Dns.Set("app", "10.0.0.1");
        Runtime.Advance(5_000);
        Stat("upstream_cx_active").Should().Be(afterOneLeft);
    }

    [Test]
    public void StrictDns_HostLeaves_OthersKeepTheirConnections()
    {
        var upstream = TestUpstream.Listen(Runtime, A);
        Dns.Set("app", "10.0.0.1", "10.0.0.2");
        Add(Strict with { ClosesConnectionsOnHostSetChange = true });
        while (upstream.Waiting == 0)
        {
            Send();
            Runtime.RunUntilIdle();
        }

        upstream.Accept().Send("ok\n");
        Dns.Set("app", "10.0.0.1");
        Runtime.Advance(5_000);

        Stat("upstream_cx_active").Should().Be(1);
    }

    [Test]
    public void StrictDns_BeforeTheFirstAnswer_IsNotUsed()
    {
        var ready = false;
        Add(Strict);
        Manager.WhenReady(() => ready = true);

        Manager.Find(Worker, "c").Should().BeNull();
        Manager.Contains("c").Should().BeTrue();
        ready.Should().BeFalse();

        Dns.Set("app", "10.0.0.1");
        Dns.Answer("app");
        Runtime.RunUntilIdle();

        ready.Should().BeTrue();
        Choose()!.EndPoint.Should().Be(A);
    }

    [Test]
    public void StrictDns_SeveralNames_WaitsForAll()
    {
        Dns.Set("app", "10.0.0.1");
        Add(Named(ClusterType.StrictDns, "app", "other"));
        Manager.Find(Worker, "c").Should().BeNull();

        Dns.Fail("other");
        Dns.Answer("other");
        Runtime.RunUntilIdle();

        Hosts().Should().Equal("10.0.0.1:80");
    }

    [Test]
    public void StrictDns_FirstAnswerFails_IsReadyWithoutHosts()
    {
        Dns.Fail("app");

        Add(Strict);

        Choose().Should().BeNull();
        Stat("update_failure").Should().Be(1);
    }

    [Test]
    public void StrictDns_NotToWait_IsReadyAtOnce()
    {
        Add(Strict with { Dns = new DnsConfig { WaitForWarmOnInit = false } });

        Manager.Find(Worker, "c").Should().NotBeNull();
    }

    [Test]
    public void StrictDns_AnswerChanges_HostsFollowAndTheOldAreDrained()
    {
        var upstream = TestUpstream.Listen(Runtime, A);
        Dns.Set("app", "10.0.0.1");
        Add(Strict);
        Send();
        var peer = upstream.Accept();
        peer.Send("one\n");
        Dns.Set("app", "10.0.0.2");

        Runtime.Advance(4_999);
        Hosts().Should().Equal("10.0.0.1:80");
        Runtime.Advance(2);

        Hosts().Should().Equal("10.0.0.2:80");
        peer.ExpectEnd();
        Choose()!.EndPoint.Should().Be(B);
        Stat("membership_change").Should().Be(2);
    }

    [Test]
    public void StrictDns_OnlyTheOrderChanges_NothingIsRebuilt()
    {
        Dns.Set("app", "10.0.0.1", "10.0.0.2");
        Add(Strict);
        var before = Manager.Clusters.Single().Hosts;
        Dns.Set("app", "10.0.0.2", "10.0.0.1");

        Runtime.Advance(5_000);

        Manager.Clusters.Single().Hosts.Should().BeSameAs(before);
        Stat("update_no_rebuild").Should().Be(1);
        Stat("update_success").Should().Be(2);
    }

    [Test]
    public void StrictDns_LaterAnswerFails_HostsStay()
    {
        Dns.Set("app", "10.0.0.1");
        Add(Strict);
        Dns.Fail("app");

        Runtime.Advance(5_000);

        Hosts().Should().Equal("10.0.0.1:80");
        Stat("update_failure").Should().Be(1);
    }

    [Test]
    public void StrictDns_LaterAnswerIsEmpty_HostsGo()
    {
        Dns.Set("app", "10.0.0.1");
        Add(Strict);
        Dns.Set("app");

        Runtime.Advance(5_000);

        Hosts().Should().BeEmpty();
    }

    [TestCase(true, 30_000)]
    [TestCase(false, 5_000)]
    public void StrictDns_AnswerHasATtl_CountsWhenAskedTo(bool respect, long next)
    {
        Dns.Set("app", 30, "10.0.0.1");
        Add(Strict with { Dns = new DnsConfig { RespectTtl = respect } });

        Runtime.Advance(next - 1);
        Dns.Asked.Should().HaveCount(1);
        Runtime.Advance(2);

        Dns.Asked.Should().HaveCount(2);
    }

    [Test]
    public void StrictDns_Jitter_IsAddedWithinItsBound()
    {
        Dns.Set("app", "10.0.0.1");
        Add(Strict with { Dns = new DnsConfig { RefreshRate = TimeSpan.FromSeconds(10), Jitter = TimeSpan.FromSeconds(5) } });

        Runtime.Advance(9_999);
        Dns.Asked.Should().HaveCount(1);
        Runtime.Advance(5_001);

        Dns.Asked.Should().HaveCount(2);
    }

    [Test]
    public void StrictDns_FailureBackOff_GrowsToItsBound()
    {
        Dns.Fail("app");
        Add(Strict with
        {
            Dns = new DnsConfig { FailureBaseInterval = TimeSpan.FromSeconds(1), FailureMaxInterval = TimeSpan.FromSeconds(4) },
        });

        Runtime.Advance(1_000);
        Dns.Asked.Count.Should().BeGreaterThanOrEqualTo(2, "the first pause is at most the base interval");
        Runtime.Advance(100_000);

        Dns.Asked.Count.Should().BeGreaterThan(25, "no pause is longer than the maximum");
    }

    [Test]
    public void StrictDns_LiteralAddress_IsNeverAsked()
    {
        Add(Strict with { Endpoints = [new LocalityEndpointsConfig { Endpoints = [Endpoint(A)] }] });

        Runtime.Advance(60_000);

        Dns.Asked.Should().BeEmpty();
        Choose()!.Hostname.Should().Be("10.0.0.1");
    }

    [Test]
    public void LogicalDns_AnswerChanges_NewConnectionsGoThereOldOnesStay()
    {
        var first = TestUpstream.Listen(Runtime, A);
        var second = TestUpstream.Listen(Runtime, B);
        Dns.Set("app", "10.0.0.1", "10.0.0.9");
        Add(Named(ClusterType.LogicalDns, "app"));
        Send();
        var peer = first.Accept();
        peer.Send("one\n");
        Dns.Set("app", "10.0.0.2");
        Runtime.Advance(5_000);

        var reused = Send();
        var fresh = Send();

        peer.IsOpen.Should().BeTrue();
        reused.Reused.Should().BeTrue();
        second.Accept().Expect("?").Send("two\n");
        fresh.Answer.Should().Be("two");
        Stat("membership_total").Should().Be(1);
        peer.Send("end\n");
    }

    [Test]
    public void LogicalDns_EmptyAnswer_IsAFailureAndChangesNothing()
    {
        Dns.Set("app", "10.0.0.1");
        Add(Named(ClusterType.LogicalDns, "app"));
        Dns.Set("app");

        Runtime.Advance(5_000);

        Choose()!.EndPoint.Should().Be(A);
        Stat("update_failure").Should().Be(1);
    }

    [Test]
    public void Removed_AsksNoMore()
    {
        Dns.Set("app", "10.0.0.1");
        Add(Strict);
        Runtime.Run(Runtime.Main, () => Manager.Remove("c"));

        Runtime.Advance(60_000);

        Dns.Asked.Should().HaveCount(1);
    }

    [Test]
    public void RemovedWhileAsking_LateAnswerIsIgnored()
    {
        Add(Strict);
        Runtime.Run(Runtime.Main, () => Manager.Remove("c"));
        Dns.Set("app", "10.0.0.1");

        Dns.Answer("app");
        Runtime.Advance(60_000);

        Manager.Find(Worker, "c").Should().BeNull();
        Manager.Contains("c").Should().BeFalse();
    }

    private List<string> Hosts() => [.. Manager.Clusters.Single().Hosts.All.Select(entry => entry.Host.EndPoint.ToString()!)];

    private static ClusterConfig Named(ClusterType type, params string[] names)
    {
        var endpoints = names.Select(name => new EndpointConfig(new NameAddressConfig(name, 80))).ToConfigList();
        return new ClusterConfig { Name = "c", Type = type, Endpoints = [new LocalityEndpointsConfig { Endpoints = endpoints }] };
    }
}

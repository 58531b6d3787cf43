using System.Net;
using Proxy.Configuration;
using Proxy.Configuration.Filters;
using Proxy.Configuration.Http;
using Proxy.Connections;
using Proxy.Filters.Network.Echo;
using Proxy.Filters.Network.Rbac;
using Proxy.Filters.Tests.Router;
using Proxy.Testing;
using Proxy.Workers;

namespace Proxy.Filters.Tests.Rbac;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class NetworkRbacFilterTests : RouterFixture
{
    private static readonly IPEndPoint Front = IPEndPoint.Parse("10.0.1.1:1000");
    private readonly List<Connection> _accepted = [];

    [Test]
    public void Connection_Admitted_PassesBytes()
    {
        Listen(Config(RbacAction.Allow, "9.0.0.0"));

        Connect().Send("one").Expect("one").Send("two").Expect("two");

        Stat("p.rbac.allowed").Should().Be(1, "it is decided once");
        Notes().Should().Contain("enforced_engine_result", "allowed").And.Contain("enforced_effective_policy_id", "policy");
    }

    [Test]
    public void Connection_NotAdmitted_IsClosedWithItsFirstBytes()
    {
        Listen(Config(RbacAction.Deny, "9.0.0.0"));
        var client = Connect();
        client.ExpectSilence();

        client.Send("one").ExpectEnd();

        _accepted[0].CloseReason!.Value.Details.Should().Be("rbac_access_denied_matched_policy[policy]");
        Stat("p.rbac.denied").Should().Be(1);
    }

    [Test]
    public void Connection_Delayed_StaysOpenForThatTime()
    {
        Listen(Config(RbacAction.Deny, "9.0.0.0") with { DelayDeny = TimeSpan.FromMilliseconds(100) });
        var client = Connect().Send("one").Send("two");
        Runtime.Advance(90);
        client.ExpectSilence();
        client.Ended.Should().BeFalse();

        Runtime.Advance(20);

        client.ExpectEnd();
        Stat("p.rbac.denied").Should().Be(1);
    }

    [Test]
    public void Connection_Continuous_IsDecidedWithAllBytes()
    {
        Listen(Config(RbacAction.Allow, "9.0.0.0") with { IsContinuous = true });

        Connect().Send("one").Expect("one").Send("two").Expect("two");

        Stat("p.rbac.allowed").Should().Be(2);
    }

    [Test]
    public void Shadow_IsCountedOnly()
    {
        Listen(new NetworkRbacConfig("p") { Shadow = Config(RbacAction.Deny, "9.0.0.0").Enforced with { StatPrefix = "s" } });

        Connect().Send("one").Expect("one");

        Stat("p.rbac.s.shadow_denied").Should().Be(1);
        Notes().Should().Contain("sshadow_engine_result", "denied");
    }

    [Test]
    public void Prepare_ConditionOnAHeader_IsRefused()
    {
        Start(To("app"));
        var policy = new RbacPolicyConfig([new RbacHeaderConfig(new HeaderMatcherConfig("x"))], [new RbacAlwaysConfig()]);
        var act = () => new NetworkRbacFactory().Prepare(new NetworkRbacConfig("") { Enforced = Set(RbacAction.Allow, policy) }, Lent());

        act.Should().Throw<ConfigException>().Which.Faults.Select(static fault => fault.ToString()).Should().Equal(
            "stat_prefix: must not be empty", "rules.policies[policy].permissions[0].header: a connection has no headers");
    }

    private static RbacRuleSetConfig Set(RbacAction action, RbacPolicyConfig policy) =>
        new() { Rules = new RbacRulesConfig(action, [KeyValuePair.Create("policy", policy)]) };

    private static NetworkRbacConfig Config(RbacAction action, string network)
    {
        var range = new CidrRange(IPAddress.Parse(network), 8);
        return new NetworkRbacConfig("p")
        {
            Enforced = Set(action, new RbacPolicyConfig([new RbacAlwaysConfig()], [new RbacAddressConfig(RbacAddress.Source, range)])),
        };
    }

    private void Listen(NetworkRbacConfig config)
    {
        Start(To("app"));
        var rbac = new NetworkRbacFactory().Prepare(config, Lent());
        var echo = new EchoFilterFactory().Prepare(new EchoConfig(), Lent());
        Worker.Listen(new ListenRequest(Front), new Acceptor(this, () => [rbac(Worker), echo(Worker)]));
    }

    private TestPeer Connect() => TestPeer.Connect(Runtime, Front, IPEndPoint.Parse("9.8.7.6:4000"));

    private Dictionary<string, object> Notes() => _accepted[0].Info.DynamicMetadata["envoy.filters.network.rbac"];

    private sealed class Acceptor(NetworkRbacFilterTests test, Func<NetworkFilter[]> create) : IAcceptHandler
    {
        public void OnAccepted(Connection connection)
        {
            test._accepted.Add(connection);
            new NetworkFilterChain(connection, create()).Start();
        }
    }
}

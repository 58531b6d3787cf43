using Proxy.Configuration;
using Proxy.Configuration.Filters;
using Proxy.Connections;
using Proxy.Filters.Network.Echo;
using Proxy.Filters.Network.LocalRateLimit;
using Proxy.Filters.Tests.TcpProxy;
using Proxy.Workers;

namespace Proxy.Filters.Tests.LocalRateLimit;

public sealed class LocalRateLimitFilterTests : TcpProxyFixture
{
    private static readonly LocalRateLimitConfig TwoAMinute = new()
    {
        StatPrefix = "lr",
        Bucket = new TokenBucketConfig(2, 2, TimeSpan.FromMinutes(1)),
    };

    [Test]
    public void Connections_FasterThanTheBucketFills_AreClosed()
    {
        Start(TwoAMinute);
        Connect().Send("a").Expect("a");
        Connect().Send("b").Expect("b");

        Connect().ExpectEnd();
        Stat("local_rate_limit.lr.rate_limited").Should().Be(1);

        Runtime.Advance(30_100);
        Connect().Send("c").Expect("c");
        Connect().ExpectEnd();
    }

    [Test]
    public void Connections_LimitSwitchedOff_AreServed()
    {
        Start(TwoAMinute with { Enabled = new RuntimeFlagConfig(false) });

        for (var i = 0; i < 5; i++)
        {
            Connect().Send("x").Expect("x");
        }

        Stat("local_rate_limit.lr.rate_limited").Should().Be(0);
    }

    [TestCase("a", 1u, true)]
    [TestCase("a", 2u, false)]
    [TestCase("b", 1u, false)]
    [TestCase("", 1u, false)]
    public void Prepare_OneKeyAndEqualBuckets_ShareTheTokens(string key, uint tokens, bool shares)
    {
        var factory = new LocalRateLimitFactory();
        var first = factory.Prepare(Limit("a", 1), Context());
        var second = factory.Prepare(Limit(key, tokens), Context());
        Worker.Listen(new ListenRequest(Front), new Acceptor(() => [first(Worker), second(Worker), new EchoFilter()]));

        var peer = Connect().Send("x");

        peer.Text.Should().Be(shares ? "" : "x", "a connection that needs two tokens of one bucket with one gets no further");

        static LocalRateLimitConfig Limit(string key, uint tokens) => new()
        {
            StatPrefix = "lr",
            Bucket = new TokenBucketConfig(tokens, 1, TimeSpan.FromHours(1)),
            ShareKey = key,
        };
    }

    [Test]
    public void Prepare_BrokenRules_ListsThem()
    {
        var config = new LocalRateLimitConfig { StatPrefix = "", Bucket = new TokenBucketConfig(0, 0, TimeSpan.FromMilliseconds(49)) };
        var prepare = () => new LocalRateLimitFactory().Prepare(config, Context());

        prepare.Should().Throw<ConfigException>().Which.Faults.Select(static fault => fault.Path).Should().Equal(
            "stat_prefix", "token_bucket.max_tokens", "token_bucket.tokens_per_fill", "token_bucket.fill_interval");
    }

    private void Start(LocalRateLimitConfig config)
    {
        var create = new LocalRateLimitFactory().Prepare(config, Context());
        Worker.Listen(new ListenRequest(Front), new Acceptor(() => [create(Worker), new EchoFilter()]));
    }

    private sealed class Acceptor(Func<NetworkFilter[]> create) : IAcceptHandler
    {
        public void OnAccepted(Connection connection) => new NetworkFilterChain(connection, create()).Start();
    }
}

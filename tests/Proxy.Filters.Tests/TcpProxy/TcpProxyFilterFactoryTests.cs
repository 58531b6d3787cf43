using Proxy.Configuration;
using Proxy.Configuration.Filters;
using Proxy.Configuration.Http;
using Proxy.Filters.Network.TcpProxy;

namespace Proxy.Filters.Tests.TcpProxy;

public sealed class TcpProxyFilterFactoryTests : TcpProxyFixture
{
    [Test]
    public void Prepare_BreaksRules_NamesThemAll()
    {
        var config = new TcpProxyConfig
        {
            StatPrefix = "",
            Cluster = "app",
            WeightedClusters = [new WeightedClusterConfig("a", 0)],
            MaxConnectAttempts = 0,
            MaxConnectionDuration = TimeSpan.Zero,
            AccessLogFlushInterval = TimeSpan.Zero,
        };

        var faults = new TcpProxyFilterFactory().Invoking(factory => factory.Prepare(config, Context())).Should().Throw<ConfigException>().Which.Faults;

        faults.Select(fault => fault.Path).Should().Equal(
            "stat_prefix",
            "cluster",
            "weighted_clusters.clusters[0].weight",
            "max_connect_attempts",
            "max_downstream_connection_duration",
            "access_log_options.access_log_flush_interval");
    }

    [Test]
    public void Prepare_NeitherClusterNorClusters_IsRefused()
    {
        var config = new TcpProxyConfig { StatPrefix = "t" };

        new TcpProxyFilterFactory().Invoking(factory => factory.Prepare(config, Context())).Should().Throw<ConfigException>();
    }
}

using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Configuration.Filters;
using Proxy.Configuration.Listeners;
using Proxy.Host.Tests.Embedding;

namespace Proxy.Host.Tests.Peers;

/// <summary>PostgreSQL and its client, with tcp_proxy between them.</summary>
[Category("Loopback")]
public sealed class PostgresTests
{
    [Test]
    public async Task TcpProxy_QueriesAndBulkDataBothWays_WorkAsWithoutIt()
    {
        await using var postgres = await Postgres.StartAsync();
        await using var app = await ProxyApplication.StartAsync(services => services.AddProxy(proxy =>
        {
            proxy.Clusters.Add(new ClusterConfig
            {
                Name = "database",
                Endpoints = [new LocalityEndpointsConfig { Endpoints = [new EndpointConfig(AddressConfig.Loopback(postgres.Port))] }],
            });
            proxy.Listeners.Add(new ListenerConfig
            {
                Name = "main",
                Addresses = [AddressConfig.Loopback(0)],
                FilterChains = [new FilterChainConfig { Filters = [new FilterConfig("tcp", new TcpProxyConfig { StatPrefix = "pg", Cluster = "database" })] }],
            });
        }).AddFilters());
        var port = ((System.Net.IPEndPoint)app.EndPointOf()).Port;

        (await postgres.QueryAsync(port, "select 6 * 7")).Should().Be("42");
        (await postgres.QueryAsync(port, "create table t as select i, repeat('x', 100) as pad from generate_series(1, 50000) i; select count(*), sum(i) from t"))
            .Should().EndWith("50000|1250025000");
        (await postgres.QueryAsync(port, "select i, pad from t order by i")).Split('\n').Should().HaveCount(50_000).And.StartWith($"1|{new string('x', 100)}");
        var file = Path.GetTempFileName();
        await File.WriteAllLinesAsync(file, Enumerable.Range(1, 100_000).Select(static i => i.ToString(CultureInfo.InvariantCulture)));
        (await postgres.QueryAsync(port, "create table u(i int)", $"\\copy u from '{file}'", "select sum(i::bigint) from u")).Should().EndWith("5000050000");
        File.Delete(file);
    }
}

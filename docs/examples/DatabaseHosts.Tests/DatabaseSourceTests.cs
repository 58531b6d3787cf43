using System.Net;
using System.Threading.Channels;
using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Resources;
using Proxy.Testing;

namespace DatabaseHosts.Tests;

/// <summary>The source against a database in memory, and the proxy's configuration with a feed in the source's place.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class DatabaseSourceTests : IDisposable
{
    private static readonly IPEndPoint Listen = new(IPAddress.Loopback, 10000);
    private static readonly IPEndPoint Host = new(IPAddress.Loopback, 5091);

    private readonly Microsoft.Data.Sqlite.SqliteConnection _open;
    private readonly HostTable _table;

    public DatabaseSourceTests()
    {
        var connectionString = $"Data Source={Guid.NewGuid():N};Mode=Memory;Cache=Shared";
        _open = new Microsoft.Data.Sqlite.SqliteConnection(connectionString);
        _open.Open(); // the database lives while one connection does
        _table = new HostTable(connectionString);
        _table.Create();
    }

    [Test]
    public async Task Watch_TellsTheRowsAndEveryChange()
    {
        _table.Put(new HostRow("shop", "127.0.0.1", 5091));
        _table.Put(new HostRow("other", "127.0.0.1", 7000));
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var updates = Channel.CreateUnbounded<ConfigUpdate>();
        var source = new DatabaseSource(_table, TimeSpan.FromMilliseconds(5), TimeProvider.System);

        var watching = source.WatchAsync(new ConfigWatch(ResourceKind.Endpoints, ["shop"]), updates.Writer, stop.Token);

        PortsOf(await updates.Reader.ReadAsync(stop.Token)).Should().Equal(5091);
        _table.Put(new HostRow("shop", "127.0.0.1", 5092));
        PortsOf(await updates.Reader.ReadAsync(stop.Token)).Should().Equal(5091, 5092);
        _table.Delete("shop", 5091);
        PortsOf(await updates.Reader.ReadAsync(stop.Token)).Should().Equal(5092);

        await stop.CancelAsync();
        await watching.Awaiting(static task => task).Should().ThrowAsync<OperationCanceledException>();
    }

    [Test]
    public async Task Proxy_SendsRequestsToTheHostsOfItsSource()
    {
        var feed = new ConfigFeed("database");
        var services = new ServiceCollection();
        services.AddProxy(static proxy => Gateway.Configure(proxy, Listen)).AddFilters().AddConfigSource(feed);
        using var provider = services.BuildServiceProvider();
        _ = feed.SetAsync(ResourceKind.Endpoints, "shop", new EndpointAssignmentConfig("shop"));
        using var proxy = TestProxy.Start(provider);
        var host = proxy.Listen(Host);

        proxy.Connect(Listen).Send("GET / HTTP/1.1\r\nhost: a\r\n\r\n").Text.Should().StartWith("HTTP/1.1 503");
        var set = feed.SetAsync(ResourceKind.Endpoints, "shop", new EndpointAssignmentConfig("shop")
        {
            Endpoints = [new LocalityEndpointsConfig { Endpoints = [new EndpointConfig(AddressConfig.Of(Host.Address, Host.Port))] }],
        });
        proxy.Runtime.RunUntilIdle();
        (await set).Should().BeEmpty("the proxy takes it");
        var client = proxy.Connect(Listen).Send("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
        host.Accept().Send("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi");

        client.Text.Should().StartWith("HTTP/1.1 200 OK").And.EndWith("hi");
    }

    public void Dispose() => _open.Dispose();

    private static IEnumerable<int> PortsOf(ConfigUpdate update)
    {
        var assignment = (EndpointAssignmentConfig)update.Resources["shop"];
        return assignment.Endpoints.SelectMany(static place => place.Endpoints).Select(static host => ((SocketAddressConfig)host.Address).Port);
    }
}

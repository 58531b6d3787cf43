using System.Net;
using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using Proxy.Testing;

namespace EmbeddedService.Tests;

/// <summary>Tests of a filter and of the whole configuration: no sockets, no sleeps; fifteen seconds pass in an instant.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ApiKeyTests : IDisposable
{
    private static readonly IPEndPoint Listen = new(IPAddress.Loopback, 10000);
    private static readonly IPEndPoint Service = new(IPAddress.Loopback, 5080);

    private readonly ServiceProvider _services;
    private readonly TestProxy _proxy;
    private readonly TestUpstream _service;

    public ApiKeyTests()
    {
        var services = new ServiceCollection();
        services.AddProxy(proxy => Gateway.Configure(proxy, Listen, Service)).AddFilters().AddHttpFilter<ApiKeyFilterFactory>();
        _services = services.BuildServiceProvider();
        _proxy = TestProxy.Start(_services);
        _service = _proxy.Listen(Service);
    }

    [Test]
    public void Request_KnownKey_ReachesTheServiceWithItsOwnerAndWithoutTheKey()
    {
        var client = _proxy.Connect(Listen).Send("GET /hello/ada HTTP/1.1\r\nhost: api\r\nx-api-key: secret-1\r\n\r\n");

        var service = _service.Accept();
        service.ReadUntil("\r\n\r\n").Should().Contain("x-key-owner: ada").And.NotContain("secret-1");
        service.Send("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello");

        client.Text.Should().StartWith("HTTP/1.1 200 OK\r\n").And.EndWith("\r\n\r\nhello");
    }

    [TestCase("")]
    [TestCase("x-api-key: guessed\r\n")]
    public void Request_NoKeyOrAnUnknownOne_IsRefusedBeforeTheServiceSeesIt(string header)
    {
        var client = _proxy.Connect(Listen).Send($"GET /hello/ada HTTP/1.1\r\nhost: api\r\n{header}\r\n");

        client.Text.Should().StartWith("HTTP/1.1 401 Unauthorized\r\n").And.EndWith("missing or unknown API key\n");
        _service.Connections.Should().Be(0);
    }

    [Test]
    public void Request_ServiceNeverAnswers_TimesOutAfterFifteenSeconds()
    {
        var client = _proxy.Connect(Listen).Send("GET / HTTP/1.1\r\nhost: api\r\nx-api-key: secret-2\r\n\r\n");

        _proxy.Advance(TimeSpan.FromSeconds(14));
        client.Text.Should().BeEmpty();
        _proxy.Advance(TimeSpan.FromSeconds(1));
        client.Text.Should().StartWith("HTTP/1.1 504 Gateway Timeout\r\n");
    }

    public void Dispose()
    {
        _proxy.Dispose();
        _services.Dispose();
    }
}

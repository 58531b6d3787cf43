using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Configuration.Filters;
using Proxy.Configuration.Http;
using Proxy.Configuration.Listeners;
using Proxy.Host.Tests.Embedding;

namespace Proxy.Host.Tests.Peers;

/// <summary>Peers that do not read: the proxy stops reading from the other side, and holds no more than its buffer limits.</summary>
[Category("Loopback")]
[NonParallelizable]
public sealed class SlowPeerTests
{
    private const int Total = 200 * 1024 * 1024;
    private const int BufferLimit = 256 * 1024;

    // Both kernel buffers of both connections, with the most that Linux lets them grow to here, and the proxy's own two.
    private const int MostUnderWay = 48 * 1024 * 1024;

    [Test]
    public async Task HttpAnswer_ReadSlowly_StopsTheUpstreamAndArrivesWhole()
    {
        using var upstream = new TcpListener(IPAddress.Loopback, 0);
        upstream.Start();
        await using var app = await StartAsync(upstream, Configs.Http(new ForwardActionConfig { Cluster = "service", Timeout = TimeSpan.Zero }));
        using var client = await ConnectAsync(app);
        await client.SendAsync("GET / HTTP/1.1\r\nhost: a\r\n\r\n"u8.ToArray());
        using var server = await upstream.AcceptSocketAsync();
        await ReadUntilAsync(server, "\r\n\r\n");
        await server.SendAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\ncontent-length: {Total}\r\n\r\n"));

        await ReadUntilAsync(client, "\r\n\r\n");

        await ExpectBoundedAsync(server, client);
    }

    [Test]
    public async Task HttpRequest_ReadSlowly_StopsTheClientAndArrivesWhole()
    {
        using var upstream = new TcpListener(IPAddress.Loopback, 0);
        upstream.Start();
        await using var app = await StartAsync(upstream, Configs.Http(new ForwardActionConfig { Cluster = "service", Timeout = TimeSpan.Zero }));
        using var client = await ConnectAsync(app);
        await client.SendAsync(Encoding.ASCII.GetBytes($"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: {Total}\r\n\r\n"));
        using var server = await upstream.AcceptSocketAsync();
        await ReadUntilAsync(server, "\r\n\r\n");

        await ExpectBoundedAsync(client, server);
    }

    [Test]
    public async Task TcpProxy_ReadSlowly_StopsTheOtherSideAndArrivesWhole()
    {
        using var upstream = new TcpListener(IPAddress.Loopback, 0);
        upstream.Start();
        await using var app = await StartAsync(upstream, new ListenerConfig
        {
            Name = "main",
            Addresses = [AddressConfig.Loopback(0)],
            FilterChains = [new FilterChainConfig { Filters = [new FilterConfig("tcp", new TcpProxyConfig { StatPrefix = "t", Cluster = "service" })] }],
        });
        using var client = await ConnectAsync(app);
        await client.SendAsync("x"u8.ToArray());
        using var server = await upstream.AcceptSocketAsync();
        await ReadUntilAsync(server, "x");

        await ExpectBoundedAsync(server, client);
    }

    // Sends until nothing more is taken, looks at what that has cost, then lets the reader have all of it.
    private static async Task ExpectBoundedAsync(Socket writer, Socket reader)
    {
        var before = Environment.WorkingSet;
        var sent = 0;
        var chunk = new byte[64 * 1024];
        writer.Blocking = false;
        for (var idle = 0; idle < 40 && sent < Total;)
        {
            var count = writer.Send(chunk.AsSpan(0, Math.Min(chunk.Length, Total - sent)), SocketFlags.None, out var error);
            idle = error == SocketError.WouldBlock ? idle + 1 : 0;
            sent += Math.Max(0, count);
            if (error == SocketError.WouldBlock)
            {
                await Task.Delay(10);
            }
        }

        sent.Should().BeLessThan(MostUnderWay, "the reader has taken nothing");
        (Environment.WorkingSet - before).Should().BeLessThan(32 * 1024 * 1024, "the proxy keeps {0} bytes a side", BufferLimit);
        writer.Blocking = true;
        var rest = Task.Run(() =>
        {
            while (sent < Total)
            {
                sent += writer.Send(chunk.AsSpan(0, Math.Min(chunk.Length, Total - sent)));
            }
        });
        var received = 0;
        var buffer = new byte[256 * 1024];
        while (received < Total)
        {
            var count = await reader.ReceiveAsync(buffer);
            count.Should().BePositive();
            received += count;
        }

        await rest;
        received.Should().Be(Total);
    }

    private static Task<ProxyApplication> StartAsync(TcpListener upstream, ListenerConfig listener)
    {
        return ProxyApplication.StartAsync(services => services.AddProxy(proxy =>
        {
            proxy.Clusters.Add(new ClusterConfig
            {
                Name = "service",
                BufferLimit = BufferLimit,
                Endpoints = [new LocalityEndpointsConfig { Endpoints = [new EndpointConfig(AddressConfig.Loopback(((IPEndPoint)upstream.LocalEndpoint).Port))] }],
            });
            proxy.Listeners.Add(listener with { BufferLimit = BufferLimit });
        }).AddFilters());
    }

    private static async Task<Socket> ConnectAsync(ProxyApplication app)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 64 * 1024 };
        await socket.ConnectAsync(app.EndPointOf());
        return socket;
    }

    private static async Task<string> ReadUntilAsync(Socket socket, string end)
    {
        var text = new StringBuilder();
        var one = new byte[1];
        while (!text.ToString().EndsWith(end, StringComparison.Ordinal))
        {
            (await socket.ReceiveAsync(one)).Should().Be(1);
            text.Append((char)one[0]);
        }

        return text.ToString();
    }
}

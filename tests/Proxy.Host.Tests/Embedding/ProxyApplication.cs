using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Proxy.Hosting;

namespace Proxy.Host.Tests.Embedding;

/// <summary>A generic host with proxies in it, on real sockets and free ports.</summary>
internal sealed class ProxyApplication : IAsyncDisposable
{
    private readonly IHost _host;

    private ProxyApplication(IHost host)
    {
        _host = host;
    }

    public static async Task<ProxyApplication> StartAsync(Action<IServiceCollection> configure)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        configure(builder.Services);
        var host = builder.Build();
        await host.StartAsync();
        return new ProxyApplication(host);
    }

    public ProxyServer Proxy(string name = "") => _host.Services.GetRequiredKeyedService<ProxyRunner>(name).Server;

    /// <summary>Answers of a listener, asked anew each time.</summary>
    public async Task<string> GetAsync(string path = "/", string name = "", string listener = "main")
    {
        using var client = new HttpClient();
        return await client.GetStringAsync($"http://{EndPointOf(name, listener)}{path}");
    }

    public EndPoint EndPointOf(string name = "", string listener = "main")
    {
        return Proxy(name).Listeners.Single(candidate => candidate.Config.Name == listener).EndPoints[0];
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}

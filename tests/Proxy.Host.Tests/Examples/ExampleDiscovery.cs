using System.Globalization;
using System.Net;
using System.Text;
using Proxy.Host.Tests.Peers;

namespace Proxy.Host.Tests.Examples;

/// <summary>The discovery service of docs/examples/V1 on two ports: one to be asked, and one to be proxied to.</summary>
internal sealed class ExampleDiscovery : IAsyncDisposable
{
    private static readonly HttpClient Client = new();
    private readonly PeerProcess _process;

    private ExampleDiscovery(PeerProcess process, int port, int host)
    {
        _process = process;
        Port = port;
        Host = host;
    }

    /// <summary>Where it answers.</summary>
    public int Port { get; }

    /// <summary>Where it greets.</summary>
    public int Host { get; }

    /// <summary>Starts one.</summary>
    /// <param name="settings">More of its command line.</param>
    public static async Task<ExampleDiscovery> StartAsync(params string[] settings)
    {
        var (port, host) = (PeerProcess.FreePort(), PeerProcess.FreePort());
        var program = Path.Combine(AppContext.BaseDirectory, "DiscoveryService");
        var urls = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port};http://127.0.0.1:{host}");
        return new ExampleDiscovery(await PeerProcess.StartAsync(host, "TERM", program, ["--urls", urls, .. settings]), port, host);
    }

    /// <summary>Tells it what to answer.</summary>
    public async Task PutAsync(string path, string answer, Version? version = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"http://127.0.0.1:{Port}{path}")
        {
            Content = new StringContent(answer, Encoding.UTF8, "application/json"), Version = version ?? HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        (await Client.SendAsync(request)).EnsureSuccessStatusCode();
    }

    /// <summary>How often it was asked.</summary>
    public async Task<int> CallsAsync() => int.Parse(await Client.GetStringAsync($"http://127.0.0.1:{Port}/calls"), CultureInfo.InvariantCulture);

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}

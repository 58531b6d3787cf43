using System.Diagnostics;
using System.Globalization;
using System.Net;
using Proxy.Host.Tests.Peers;

namespace Proxy.Host.Tests.Examples;

/// <summary>The proxy as a process of its own, with a configuration of docs/examples/V1 whose addresses are free ports.</summary>
internal sealed class ExampleProxy : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly HttpClient Client = new();

    // With the frameworks of the tests: the libraries beside them are those that these do not have.
    private static readonly string[] Program =
    [
        "exec",
        "--runtimeconfig",
        Path.Combine(AppContext.BaseDirectory, "Proxy.Host.Tests.runtimeconfig.json"),
        "--depsfile",
        Path.Combine(AppContext.BaseDirectory, "Proxy.Host.Tests.deps.json"),
        Path.Combine(AppContext.BaseDirectory, "proxy.dll"),
    ];

    private readonly PeerProcess _process;
    private readonly string _folder;
    private readonly int _admin;

    private ExampleProxy(PeerProcess process, string folder, int port, int admin)
    {
        _process = process;
        _folder = folder;
        Port = port;
        _admin = admin;
    }

    /// <summary>Where requests go.</summary>
    public int Port { get; }

    /// <summary>The text of a file of the example.</summary>
    public static string Read(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "examples", "V1", name));

    /// <summary>Starts one.</summary>
    /// <param name="name">The configuration.</param>
    /// <param name="listener">Address of its listener.</param>
    /// <param name="admin">Address of its admin listener.</param>
    /// <param name="replacements">Other addresses, and what stands in their place.</param>
    public static async Task<ExampleProxy> StartAsync(string name, string listener, string admin, params (string Old, string New)[] replacements)
    {
        var folder = Directory.CreateTempSubdirectory("proxy-v1-").FullName;
        var (port, adminPort) = (PeerProcess.FreePort(), PeerProcess.FreePort());
        var text = Read($"configs/{name}.json").Replace(listener, Address(port), StringComparison.Ordinal);
        foreach (var (old, replacement) in replacements.Prepend((admin, Address(adminPort))))
        {
            text.Should().Contain(old);
            text = text.Replace(old, replacement, StringComparison.Ordinal);
        }

        // Published examples wait a quarter of a minute; tests do not.
        text = text.Replace("\"refresh_delay_ms\": 15000", "\"refresh_delay_ms\": 100", StringComparison.Ordinal).Replace("\"refresh_delay_ms\": 1000", "\"refresh_delay_ms\": 100", StringComparison.Ordinal);
        var path = Path.Combine(folder, "config.json");
        await File.WriteAllTextAsync(path, text);
        var process = await PeerProcess.StartAsync(
            adminPort, "TERM", "dotnet", [.. Program, "-c", path, "--service-cluster", "local", "--service-node", "local", "--concurrency", "1", "-l", "error"]);
        var proxy = new ExampleProxy(process, folder, port, adminPort);
        await WaitAsync(async () => (await Client.GetAsync($"http://127.0.0.1:{adminPort}/ready")).IsSuccessStatusCode);
        return proxy;
    }

    /// <summary>An address as configurations have it.</summary>
    public static string Address(int port) => string.Create(CultureInfo.InvariantCulture, $"tcp://127.0.0.1:{port}");

    /// <summary>Waits until something holds.</summary>
    public static async Task WaitAsync(Func<Task<bool>> condition)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            watch.Elapsed.Should().BeLessThan(Patience);
            await Task.Delay(20);
        }
    }

    /// <summary>An answer through the proxy.</summary>
    public async Task<(HttpStatusCode Status, string Body)> GetAsync(string path)
    {
        using var response = await Client.GetAsync($"http://127.0.0.1:{Port}{path}");
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>Waits until an answer is there.</summary>
    public Task WaitForAsync(string path, HttpStatusCode status, string body) => WaitAsync(async () => await GetAsync(path) == (status, body));

    /// <summary>The value of a counter or gauge; 0 where there is none.</summary>
    public async Task<long> StatAsync(string name)
    {
        var text = await Client.GetStringAsync($"http://127.0.0.1:{_admin}/stats?filter=^{Uri.EscapeDataString(name)}$");
        return text.Length == 0 ? 0 : long.Parse(text[(text.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}

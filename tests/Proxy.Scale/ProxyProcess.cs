using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Proxy.Scale;

/// <summary>The proxy that is measured, as a process of its own.</summary>
internal sealed class ProxyProcess : IDisposable
{
    private static readonly HttpClient Client = new();

    private readonly Process _process;
    private readonly string _file;

    private ProxyProcess(Process process, string file, int adminPort, TimeSpan startTime)
    {
        _process = process;
        _file = file;
        AdminPort = adminPort;
        StartTime = startTime;
    }

    public int AdminPort { get; }

    /// <summary>From the start of the process until it was live.</summary>
    public TimeSpan StartTime { get; }

    /// <summary>Resident memory, in bytes.</summary>
    public long Memory => ReadStatus("VmRSS") * 1024;

    /// <summary>CPU time of the main dispatcher's thread.</summary>
    public TimeSpan MainCpu => TimeSpan.FromTicks(Nanoseconds(MainThread()) / 100);

    /// <summary>Starts it and waits until it is live.</summary>
    /// <param name="binary">The proxy.</param>
    /// <param name="bootstrap">Its configuration, for the admin port it is given.</param>
    public static async Task<ProxyProcess> StartAsync(string binary, Func<int, string> bootstrap)
    {
        var admin = FreePort();
        var file = Path.Combine(Path.GetTempPath(), $"scale-{Environment.ProcessId}-{admin}.json");
        await File.WriteAllTextAsync(file, bootstrap(admin));
        var started = Stopwatch.StartNew();
        var process = Process.Start(new ProcessStartInfo(binary, ["-c", file, "--concurrency", "1", "-l", "error", "--disable-hot-restart"]))!;
        while (!await IsLiveAsync(admin))
        {
            if (process.HasExited)
            {
                throw new InvalidOperationException($"the proxy has ended with {process.ExitCode}");
            }

            await Task.Delay(5);
        }

        return new ProxyProcess(process, file, admin, started.Elapsed);
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>The admin section of a bootstrap.</summary>
    public static string Admin(int port) => $$"""{"address": {"socket_address": {"address": "127.0.0.1", "port_value": {{port}} } } }""";

    /// <summary>The sum of a counter over all whose names end so.</summary>
    public async Task<long> StatAsync(string name)
    {
        var text = await Client.GetStringAsync($"http://127.0.0.1:{AdminPort}/stats?filter={name}");
        return text.Split('\n').Select(static line => line.Split(": ")).Where(static parts => parts.Length == 2).Sum(static parts => long.Parse(parts[1], CultureInfo.InvariantCulture));
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        File.Delete(_file);
    }

    private static async Task<bool> IsLiveAsync(int port)
    {
        try
        {
            using var response = await Client.GetAsync($"http://127.0.0.1:{port}/ready");
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    // The process's own first thread only waits; the dispatcher's carries its name.
    private string MainThread() => Directory.GetDirectories($"/proc/{_process.Id}/task")
        .First(task => File.ReadAllText(Path.Combine(task, "comm")).Trim() == "main");

    private static long Nanoseconds(string task) => long.Parse(File.ReadAllText(Path.Combine(task, "schedstat")).Split(' ')[0], CultureInfo.InvariantCulture);

    private long ReadStatus(string name)
    {
        var line = File.ReadLines($"/proc/{_process.Id}/status").First(line => line.StartsWith(name, StringComparison.Ordinal));
        return long.Parse(line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}

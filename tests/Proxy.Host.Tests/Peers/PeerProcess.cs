using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Proxy.Host.Tests.Peers;

/// <summary>A server of somebody else's, run in a folder of its own for one test.</summary>
internal sealed class PeerProcess : IAsyncDisposable
{
    private static readonly string[] Folders = ["/usr/sbin", "/usr/bin", "/usr/local/bin", "/usr/local/sbin"];

    private readonly Process _process;
    private readonly string _stopSignal;

    private PeerProcess(Process process, string stopSignal)
    {
        _process = process;
        _stopSignal = stopSignal;
    }

    /// <summary>Where a program is. Skips the test when it is nowhere.</summary>
    public static string Find(string program, params IEnumerable<string> more)
    {
        var found = more.Concat(Folders).Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
        if (found is null)
        {
            Assert.Ignore($"{program} is not installed");
        }

        return found!;
    }

    /// <summary>A port that was free a moment ago.</summary>
    public static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <summary>Starts a server and waits until it listens on <paramref name="port"/>.</summary>
    /// <param name="port">Its port.</param>
    /// <param name="stopSignal">What makes it leave at once.</param>
    /// <param name="program">Its path.</param>
    /// <param name="arguments">Its arguments.</param>
    public static async Task<PeerProcess> StartAsync(int port, string stopSignal, string program, params string[] arguments)
    {
        var peer = new PeerProcess(Launch(program, arguments), stopSignal);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!await AnswersAsync(port))
        {
            if (peer._process.HasExited)
            {
                throw new InvalidOperationException($"{program} has ended: {await peer._process.StandardError.ReadToEndAsync(limit.Token)}");
            }

            await Task.Delay(20, limit.Token);
        }

        return peer;
    }

    /// <summary>Runs a program to its end and returns what it wrote.</summary>
    public static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = Launch(program, arguments);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var errors = process.StandardError.ReadToEndAsync(limit.Token);
        var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        process.ExitCode.Should().Be(0, "{0} should succeed: {1}", program, await errors);
        return output;
    }

    /// <summary>Sends a signal, such as <c>HUP</c>.</summary>
    public Task SignalAsync(string signal) => RunAsync("/bin/kill", $"-{signal}", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await SignalAsync(_stopSignal);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private static Process Launch(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
        return Process.Start(start)!;
    }

    private static async Task<bool> AnswersAsync(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}

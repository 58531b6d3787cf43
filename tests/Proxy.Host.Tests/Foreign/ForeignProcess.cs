using System.Diagnostics;
using Proxy.Testing;

namespace Proxy.Host.Tests.Foreign;

/// <summary>A program of <c>tests/foreign</c>, talked to by lines.</summary>
internal sealed class ForeignProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    private readonly Process _process;
    private readonly Task<string> _errors;

    private ForeignProcess(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Where the programs are.</summary>
    public static string Folder => Path.Combine(Repository.Root, "tests", "foreign");

    /// <summary>Starts one. Skips the test when what it needs is not installed.</summary>
    /// <param name="script">The program: <c>.js</c> or <c>.py</c>.</param>
    /// <param name="environment">Variables besides the test's own.</param>
    public static ForeignProcess Start(string script, params (string Name, string Value)[] environment)
    {
        var isNode = script.EndsWith(".js", StringComparison.Ordinal);
        var ready = isNode ? Directory.Exists(Path.Combine(Folder, "node_modules")) : Directory.Exists("/usr/lib/python3/dist-packages/grpc");
        if (!ready)
        {
            Assert.Ignore($"{script} needs {(isNode ? "npm install --prefix tests/foreign" : "python3-grpcio")}");
        }

        var start = new ProcessStartInfo(isNode ? "node" : "/usr/bin/python3", Path.Combine(Folder, script))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return new ForeignProcess(Process.Start(start)!);
    }

    /// <summary>Writes a line.</summary>
    public async Task TellAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Reads a line.</summary>
    public async Task<string> HearAsync()
    {
        var line = await _process.StandardOutput.ReadLineAsync().WaitAsync(Patience);
        return line ?? throw new InvalidOperationException($"The program has ended: {await _errors}");
    }

    /// <summary>Writes a line and reads one.</summary>
    public async Task<string> AskAsync(string line = "")
    {
        await TellAsync(line);
        return await HearAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        try
        {
            await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(5));
        }
        catch (TimeoutException)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }
}

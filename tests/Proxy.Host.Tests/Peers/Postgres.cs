using System.Globalization;

namespace Proxy.Host.Tests.Peers;

/// <summary>A PostgreSQL server with an empty database. Its programs refuse to run as root: then they run as the user the package made.</summary>
internal sealed class Postgres : IAsyncDisposable
{
    private readonly DirectoryInfo _folder;
    private readonly PeerProcess _process;

    private Postgres(DirectoryInfo folder, PeerProcess process, int port)
    {
        _folder = folder;
        _process = process;
        Port = port;
    }

    public int Port { get; }

    private static bool IsRoot => Environment.UserName == "root";

    public static async Task<Postgres> StartAsync()
    {
        var folders = Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").Select(static version => Path.Combine(version, "bin")) : [];
        var initialize = PeerProcess.Find("initdb", folders);
        var server = PeerProcess.Find("postgres", folders);
        PeerProcess.Find("psql");
        var folder = Directory.CreateTempSubdirectory("proxy-postgres-");
        if (IsRoot)
        {
            await PeerProcess.RunAsync("/bin/chown", "postgres", folder.FullName);
        }

        var data = Path.Combine(folder.FullName, "data");
        var port = PeerProcess.FreePort();
        var (program, arguments) = AsUser(initialize, "-D", data, "-U", "tester", "--auth=trust", "-N", "--locale=C", "-E", "UTF8");
        await PeerProcess.RunAsync(program, arguments);
        (program, arguments) = AsUser(
            server, "-D", data, "-h", "127.0.0.1", "-p", port.ToString(CultureInfo.InvariantCulture), "-k", folder.FullName, "-F", "-c", "logging_collector=off");
        return new Postgres(folder, await PeerProcess.StartAsync(port, "INT", program, arguments), port);
    }

    /// <summary>Runs commands through a port and returns the rows, fields apart by <c>|</c>.</summary>
    public async Task<string> QueryAsync(int port, params string[] commands)
    {
        var output = await PeerProcess.RunAsync(
            PeerProcess.Find("psql"),
            ["-h", "127.0.0.1", "-p", port.ToString(CultureInfo.InvariantCulture), "-U", "tester", "-d", "postgres", "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", .. commands.SelectMany(static command => new[] { "-c", command })]);
        return output.TrimEnd('\n');
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private static (string Program, string[] Arguments) AsUser(string program, params string[] arguments)
    {
        return IsRoot ? (PeerProcess.Find("setpriv"), ["--reuid=postgres", "--regid=postgres", "--clear-groups", program, .. arguments]) : (program, arguments);
    }
}

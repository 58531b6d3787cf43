using System.Globalization;

namespace Proxy.Host.Tests.Peers;

/// <summary>An nginx with a configuration of the test's.</summary>
internal sealed class Nginx : IAsyncDisposable
{
    private readonly DirectoryInfo _folder;
    private readonly PeerProcess _process;

    private Nginx(DirectoryInfo folder, PeerProcess process, int port)
    {
        _folder = folder;
        _process = process;
        Port = port;
    }

    public int Port { get; }

    /// <summary>Starts it.</summary>
    /// <param name="server">What stands in the server block; <c>ROOT</c> is its folder of files.</param>
    /// <param name="http">What stands in front of it.</param>
    public static async Task<Nginx> StartAsync(string server, string http = "")
    {
        var program = PeerProcess.Find("nginx");
        var folder = Directory.CreateTempSubdirectory("proxy-nginx-");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(folder.FullName, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
                | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute); // its workers may be another user
        }

        var files = folder.CreateSubdirectory("files");
        var port = PeerProcess.FreePort();
        var path = Path.Combine(folder.FullName, "nginx.conf");
        var text = $$"""
            user root;
            worker_processes 2;
            pid {{folder.FullName}}/nginx.pid;
            error_log stderr crit;
            daemon off;
            events { worker_connections 512; }
            http {
                access_log off;
                client_body_temp_path {{folder.FullName}}/body;
                proxy_temp_path {{folder.FullName}}/proxy;
                fastcgi_temp_path {{folder.FullName}}/fastcgi;
                uwsgi_temp_path {{folder.FullName}}/uwsgi;
                scgi_temp_path {{folder.FullName}}/scgi;
                {{http}}
                server {
                    listen 127.0.0.1:{{port.ToString(CultureInfo.InvariantCulture)}};
                    {{server.Replace("ROOT", files.FullName, StringComparison.Ordinal)}}
                }
            }
            """;
        await File.WriteAllTextAsync(path, Environment.UserName == "root" ? text : text.Replace("user root;\n", "", StringComparison.Ordinal));
        return new Nginx(folder, await PeerProcess.StartAsync(port, "TERM", program, "-c", path), port);
    }

    /// <summary>A file that it serves.</summary>
    public string FileOf(string name) => Path.Combine(_folder.FullName, "files", name);

    /// <summary>Puts new workers in the place of the old ones, which close their idle connections at once.</summary>
    public Task ReloadAsync() => _process.SignalAsync("HUP");

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}

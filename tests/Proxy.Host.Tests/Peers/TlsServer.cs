using System.Globalization;
using Proxy.Testing;

namespace Proxy.Host.Tests.Peers;

/// <summary>A server of files over HTTP/2 and TLS, of one of several makers.</summary>
internal sealed class TlsServer : IAsyncDisposable
{
    /// <summary>The name in its certificate.</summary>
    public const string Name = "server.test";

    private readonly DirectoryInfo _folder;
    private readonly PeerProcess _process;

    private TlsServer(DirectoryInfo folder, PeerProcess process, int port)
    {
        _folder = folder;
        _process = process;
        Port = port;
    }

    public int Port { get; }

    public static async Task<TlsServer> StartAsync(string maker)
    {
        var program = PeerProcess.Find(maker);
        var folder = Directory.CreateTempSubdirectory("proxy-" + maker + "-");
        var files = folder.CreateSubdirectory("files").FullName;
        var certificate = TestCertificates.Create(Name, [Name]);
        await File.WriteAllBytesAsync(In("cert.pem"), certificate.Chain.Bytes.AsSpan().ToArray());
        await File.WriteAllBytesAsync(In("key.pem"), certificate.PrivateKey.Bytes.AsSpan().ToArray());
        var port = PeerProcess.FreePort();
        var number = port.ToString(CultureInfo.InvariantCulture);
        await File.WriteAllTextAsync(In("config"), maker switch
        {
            "caddy" => Caddy(number, folder.FullName),
            "h2o" => H2o(number, folder.FullName),
            "nginx" => NginxText(number, folder.FullName),
            _ => "",
        });
        string[] arguments = maker switch
        {
            "caddy" => ["run", "--config", In("config")],
            "h2o" => ["-m", "worker", "-c", In("config")],
            "nginx" => ["-c", In("config")],
            _ => ["--address=127.0.0.1", "-d", files, number, In("key.pem"), In("cert.pem")],
        };
        return new TlsServer(folder, await PeerProcess.StartAsync(port, "TERM", program, arguments), port);

        string In(string name) => Path.Combine(folder.FullName, name);
    }

    /// <summary>A file that it serves.</summary>
    public string FileOf(string name) => Path.Combine(_folder.FullName, "files", name);

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private static string Caddy(string port, string folder) => $$$"""
        {
          "admin": {"disabled": true, "config": {"persist": false}},
          "storage": {"module": "file_system", "root": "{{{folder}}}/storage"},
          "apps": {
            "http": {
              "servers": {
                "files": {
                  "listen": ["127.0.0.1:{{{port}}}"],
                  "routes": [{"handle": [{"handler": "file_server", "root": "{{{folder}}}/files"}]}],
                  "tls_connection_policies": [{"certificate_selection": {"any_tag": ["own"]}}],
                  "automatic_https": {"disable": true}
                }
              }
            },
            "tls": {"certificates": {"load_files": [{"certificate": "{{{folder}}}/cert.pem", "key": "{{{folder}}}/key.pem", "tags": ["own"]}]}}
          }
        }
        """;

    private static string H2o(string port, string folder) => $$"""
        {{(Environment.UserName == "root" ? "user: root" : "")}}
        num-threads: 1
        error-log: {{folder}}/errors
        listen:
          host: 127.0.0.1
          port: {{port}}
          ssl:
            certificate-file: {{folder}}/cert.pem
            key-file: {{folder}}/key.pem
            minimum-version: TLSv1.2
        hosts:
          default:
            paths:
              "/":
                file.dir: {{folder}}/files
        """;

    private static string NginxText(string port, string folder) => $$"""
        {{(Environment.UserName == "root" ? "user root;" : "")}}
        worker_processes 1;
        pid {{folder}}/nginx.pid;
        error_log stderr crit;
        daemon off;
        events { worker_connections 512; }
        http {
            access_log off;
            client_body_temp_path {{folder}}/body;
            proxy_temp_path {{folder}}/proxy;
            fastcgi_temp_path {{folder}}/fastcgi;
            uwsgi_temp_path {{folder}}/uwsgi;
            scgi_temp_path {{folder}}/scgi;
            server {
                listen 127.0.0.1:{{port}} ssl http2;
                ssl_certificate {{folder}}/cert.pem;
                ssl_certificate_key {{folder}}/key.pem;
                ssl_protocols TLSv1.2 TLSv1.3;
                root {{folder}}/files;
            }
        }
        """;
}

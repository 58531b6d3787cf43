using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.RegularExpressions;
using Proxy.Discovery.Bootstrap;
using Proxy.Discovery.Bootstrap.Nodes;

namespace Proxy.Discovery.Tests.V1;

/// <summary>The v1 texts beside the tests, and how they are read.</summary>
internal static partial class V1Examples
{
    private static readonly Lazy<byte[]> Pem = new(CreatePem);

    private static string Root => Path.Combine(TestContext.CurrentContext.TestDirectory, "V1", "Examples");

    /// <summary>All configurations, as opposed to answers and tables.</summary>
    public static IEnumerable<string> Configurations => All().Where(static name => Text(name).Contains("\"cluster_manager\"", StringComparison.Ordinal));

    /// <summary>All JSON texts.</summary>
    public static IEnumerable<string> All() =>
        Directory.EnumerateFiles(Root, "*.json", SearchOption.AllDirectories).Select(static path => Path.GetRelativePath(Root, path).Replace('\\', '/')).Order(StringComparer.Ordinal);

    /// <summary>A text with its placeholders filled in.</summary>
    public static string Text(string name) => Placeholder().Replace(File.ReadAllText(Path.Combine(Root, name)), static match => match.Groups[1].Value switch
    {
        "ip_loopback_address" => "127.0.0.1",
        "dns_lookup_family" => "v4_only",
        "upstream_0" or "upstream_1" or "cluster_with_buffer_limits" => "9000",
        _ => "/tmp",
    });

    public static byte[] Bytes(string name) => Encoding.UTF8.GetBytes(Text(name));

    /// <summary>Loads a text as a file of that name.</summary>
    public static BootstrapResult Load(string name, byte[] text, bool hasNode = true, string? inline = null) => BootstrapLoader.Load(name, inline, Options(hasNode, name, text));

    /// <summary>Loads what was read already.</summary>
    public static BootstrapResult Load(ConfigNode root) => BootstrapLoader.Load(root, Options(hasNode: true));

    private static BootstrapOptions Options(bool hasNode, string? name = null, byte[]? text = null) => new()
    {
        NodeId = hasNode ? "node" : "",
        NodeCluster = hasNode ? "cluster" : "",
        ReadFile = path => path == name ? text! : Path.GetExtension(path) is ".pem" or ".crt" ? Pem.Value : throw new FileNotFoundException($"no {path}"),
    };

    private static byte[] CreatePem()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=test", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        return Encoding.ASCII.GetBytes(certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n");
    }

    [GeneratedRegex(@"\{\{ (\w+) \}\}")]
    private static partial Regex Placeholder();
}

namespace Proxy.Configuration.Tls;

/// <summary>Bytes of a certificate, a key or the like: inline, or read from a file.</summary>
/// <param name="Bytes">What was read when the configuration was.</param>
public sealed record TlsBytes(ConfigList<byte> Bytes)
{
    /// <summary>The file that <see cref="Bytes"/> came from; empty for inline data. Files are watched, and used anew when they change.</summary>
    public string Path { get; init; } = "";

    /// <summary>Leaves out the content, which may be a private key.</summary>
    public override string ToString() => Path.Length > 0 ? Path : "<inline>";
}

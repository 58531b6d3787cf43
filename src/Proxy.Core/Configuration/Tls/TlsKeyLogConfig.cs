namespace Proxy.Configuration.Tls;

/// <summary>Writes the secrets of sessions to a file, in the NSS key log format, so that captured traffic can be read (Envoy <c>TlsKeyLog</c>).</summary>
/// <param name="Path">The file.</param>
public sealed record TlsKeyLogConfig(string Path)
{
    /// <summary>Only connections with such an address on this side; empty for all.</summary>
    public ConfigList<CidrRange> LocalRanges { get; init; } = [];

    /// <summary>Only connections with such an address on the other side; empty for all.</summary>
    public ConfigList<CidrRange> RemoteRanges { get; init; } = [];
}

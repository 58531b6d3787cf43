namespace Proxy.Tls;

/// <summary>Reads files of certificates and keys anew; registered by who knows files.</summary>
/// <param name="Read">All bytes of a file; throws <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/> when it cannot be read.</param>
internal sealed record SecretFiles(Func<string, byte[]> Read);

/// <summary>TLS whose certificates and keys may come from files.</summary>
internal interface IRefreshable
{
    /// <summary>Looks at the files, and uses them for new connections when they have changed. On main.</summary>
    /// <returns>What is wrong with the new files, so that the old ones stay in use; null for nothing.</returns>
    string? Refresh(SecretFiles files);
}

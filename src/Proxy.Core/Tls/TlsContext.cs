namespace Proxy.Tls;

/// <summary>A configuration of TLS compiled for one engine: makes sessions. Immutable, for all workers.</summary>
internal abstract class TlsContext : IDisposable
{
    /// <summary>Own certificates, to look at.</summary>
    public abstract IReadOnlyList<TlsLoadedCertificate> Certificates { get; }

    /// <summary>Roots that the certificates of peers are checked against, to look at.</summary>
    public abstract IReadOnlyList<TlsLoadedCertificate> Roots { get; }

    /// <summary>Makes a session for a connection.</summary>
    public abstract TlsSession CreateSession(in TlsSessionOptions options);

    /// <inheritdoc />
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases what the engine holds; sessions made before live on.</summary>
    protected abstract void Dispose(bool disposing);
}

/// <summary>A certificate in use.</summary>
/// <param name="Info">The certificate.</param>
/// <param name="Source">The file it came from, or <c>&lt;inline&gt;</c>.</param>
/// <param name="Name">What stats call it.</param>
/// <param name="StapleEnd">When its OCSP response is old; null for never, and for none.</param>
internal sealed record TlsLoadedCertificate(TlsCertificateInfo Info, string Source, string Name, DateTimeOffset? StapleEnd = null);

/// <summary>What a single connection adds to its context.</summary>
internal readonly struct TlsSessionOptions
{
    /// <summary>Clients: server name to ask for; null for none.</summary>
    public string? ServerName { get; init; }

    /// <summary>Clients: the certificate must have one of these names (DNS, URI or address); empty asks for none.</summary>
    public IReadOnlyList<string> WantedNames { get; init; }

    /// <summary>Clients: protocols to offer when the context has none of its own; null for none.</summary>
    public IReadOnlyList<string>? FallbackProtocols { get; init; }

    /// <summary>Takes the session's secrets where the context logs them; null for none.</summary>
    public TlsSessionKeyLog? KeyLog { get; init; }
}

using System.Security.Authentication;
using Proxy.Configuration;
using Proxy.Configuration.Tls;

namespace Proxy.Tls.Portable;

/// <summary>A configuration of TLS as <see cref="System.Net.Security.SslStream"/> takes it.</summary>
internal abstract class PortableContext : TlsContext
{
    protected PortableContext(CommonTlsConfig config, TlsVersion usualMaximum)
    {
        var faults = new FaultList();
        var loaded = new List<PortableCertificate>();
        for (var i = 0; i < config.Certificates.Count; i++)
        {
            faults.Collect($"tls_certificates[{i}]", () => loaded.Add(PortableCertificate.Load(config.Certificates[i])));
        }

        faults.ThrowIfAny();
        Loaded = [.. loaded];
        Validation = config.Validation is { } validation ? PortableValidation.Compile(validation) : null;
        Versions = Range(config.Parameters, usualMaximum);
    }

    /// <summary>Own certificates.</summary>
    public PortableCertificate[] Loaded { get; }

    /// <summary>How peers are checked; null for not at all.</summary>
    public PortableValidation? Validation { get; }

    /// <summary>Versions to speak; none fails every handshake.</summary>
    public SslProtocols Versions { get; }

    public override IReadOnlyList<TlsLoadedCertificate> Certificates => [.. Loaded.Select(static certificate => certificate.Describe())];

    public override IReadOnlyList<TlsLoadedCertificate> Roots => Validation?.Roots ?? [];

    protected override void Dispose(bool disposing)
    {
    }

    private static SslProtocols Range(TlsParametersConfig parameters, TlsVersion usualMaximum)
    {
        var minimum = parameters.Minimum == TlsVersion.Auto ? TlsVersion.Tls12 : parameters.Minimum;
        var maximum = parameters.Maximum == TlsVersion.Auto ? usualMaximum : parameters.Maximum;
#pragma warning disable CA5397 // the analyzer takes the 4 behind TlsVersion.Tls13 for an old version
        return (Has(TlsVersion.Tls12) ? SslProtocols.Tls12 : SslProtocols.None) | (Has(TlsVersion.Tls13) ? SslProtocols.Tls13 : SslProtocols.None);
#pragma warning restore CA5397

        bool Has(TlsVersion version) => minimum <= version && version <= maximum;
    }
}

using Proxy.Configuration;
using Proxy.Configuration.Tls;

namespace Proxy.Tls.OpenSsl;

/// <summary>How the certificates of peers are checked by one context.</summary>
internal sealed unsafe class OpenSslValidation
{
    private OpenSslValidation(TlsValidationConfig config, TlsVerifier verifier)
    {
        Config = config;
        Verifier = verifier;
    }

    public TlsValidationConfig Config { get; }

    public TlsVerifier Verifier { get; }

    /// <summary>Chains are checked against roots.</summary>
    public bool HasRoots => Config.TrustedCa is not null;

    /// <summary>Chains are checked against the roots of the trust domain that the leaf claims; null for not.</summary>
    public OpenSslTrustDomains? Domains { get; private set; }

    /// <summary>There is something to check at all.</summary>
    public bool Checks => HasRoots || Domains is not null || Verifier.HasNames || Verifier.HasPins;

    /// <summary>Makes <paramref name="context"/> check as configured.</summary>
    /// <exception cref="ConfigException">The configuration breaks rules.</exception>
    public static OpenSslValidation Apply(OpenSslContext context, TlsValidationConfig config)
    {
        var validation = new OpenSslValidation(config, TlsVerifier.Compile(config));
        var store = LibSsl.ContextStore(context.Handle);
        if (config.TrustedCa is { } roots)
        {
            validation.AddRoots(context, store, roots);
        }

        if (config.Spiffe is { } spiffe)
        {
            validation.Domains = OpenSslTrustDomains.Load(spiffe);
            validation.Roots = validation.Domains.Roots(CertificateExpiry.NameOf(config));
            LibSsl.SetClientCaList(context.Handle, validation.Domains.SubjectNames());
        }

        if (config.Crl is { } crl)
        {
            AddLists(store, crl);
            _ = LibCrypto.StoreSetFlags(store, OpenSslConstants.FlagCheckCrl | (config.CrlForLeafOnly ? 0 : OpenSslConstants.FlagCheckCrlForAll));
        }

        if (config.AllowExpired)
        {
            _ = LibCrypto.StoreSetFlags(store, OpenSslConstants.FlagNoCheckTime);
        }

        _ = LibCrypto.StoreSetFlags(store, OpenSslConstants.FlagPartialChain);
        LibSsl.SetVerifyDepth(context.Handle, Math.Max(0, (config.MaxDepth ?? 100) - 1)); // OpenSSL does not count the root
        LibSsl.SetVerifyCallback(context.Handle, &OpenSslCallbacks.OnVerify, null);
        return validation;
    }

    private void AddRoots(OpenSslContext context, nint store, TlsBytes source)
    {
        var roots = OpenSslCertificate.ReadAll(source.Bytes.AsSpan(), &LibCrypto.ReadCertificate);
        if (roots.Count == 0)
        {
            throw new ConfigException("validation_context.trusted_ca", $"failed to load trusted CA certificates from {source}");
        }

        var names = LibCrypto.StackNew();
        foreach (var root in roots)
        {
            _ = LibCrypto.StoreAddCertificate(store, root);
            _ = LibCrypto.StackPush(names, LibCrypto.NameDuplicate(LibCrypto.SubjectName(root)));
        }

        Roots = [.. roots.Select(root => new TlsLoadedCertificate(
            new TlsCertificateInfo(OpenSslCertificate.Encode(root)), source.ToString(), CertificateExpiry.NameOf(Config)))];
        roots.ForEach(LibCrypto.CertificateFree);
        LibSsl.SetClientCaList(context.Handle, names); // owns the names from here on
    }

    /// <summary>The roots, to look at.</summary>
    public IReadOnlyList<TlsLoadedCertificate> Roots { get; private set; } = [];

    private static void AddLists(nint store, TlsBytes source)
    {
        var lists = OpenSslCertificate.ReadAll(source.Bytes.AsSpan(), &LibCrypto.ReadCrl);
        if (lists.Count == 0)
        {
            throw new ConfigException("validation_context.crl", $"failed to load CRL from {source}");
        }

        foreach (var list in lists)
        {
            _ = LibCrypto.StoreAddCrl(store, list);
            LibCrypto.CrlFree(list);
        }
    }
}

using Proxy.Configuration;
using Proxy.Configuration.Tls;

namespace Proxy.Tls.OpenSsl;

/// <summary>Roots of several trust domains: a certificate is checked against those of the domain in its SPIFFE identity. Lives until it is collected.</summary>
internal sealed unsafe class OpenSslTrustDomains
{
    private readonly Dictionary<string, Bundle> _bundles = new(StringComparer.Ordinal);

    private OpenSslTrustDomains()
    {
    }

    ~OpenSslTrustDomains()
    {
        foreach (var bundle in _bundles.Values)
        {
            Free(bundle.Roots, LibCrypto.CertificateFree);
            Free(bundle.Lists, LibCrypto.CrlFree);
        }
    }

    /// <summary>Loads the roots of all domains.</summary>
    /// <exception cref="ConfigException">A domain has none.</exception>
    public static OpenSslTrustDomains Load(SpiffeValidationConfig config)
    {
        var domains = new OpenSslTrustDomains();
        foreach (var (name, source) in config.TrustDomains)
        {
            var roots = OpenSslCertificate.ReadAll(source.Bytes.AsSpan(), &LibCrypto.ReadCertificate);
            var lists = OpenSslCertificate.ReadAll(source.Bytes.AsSpan(), &LibCrypto.ReadCrl);
            domains._bundles.Add(name, new Bundle(source.ToString(), Stack(roots), Stack(lists)));
            if (roots.Count == 0)
            {
                throw new ConfigException("validation_context.custom_validator_config", $"failed to load trusted CA certificates of {name} from {source}");
            }
        }

        return domains;
    }

    /// <summary>The trust domain of a SPIFFE identity; empty when the text is none.</summary>
    public static string DomainOf(string identity)
    {
        const string Scheme = "spiffe://";
        if (!identity.StartsWith(Scheme, StringComparison.Ordinal))
        {
            return "";
        }

        var slash = identity.IndexOf('/', Scheme.Length);
        return slash < 0 ? identity[Scheme.Length..] : identity[Scheme.Length..slash];
    }

    /// <summary>All roots, to look at.</summary>
    public IReadOnlyList<TlsLoadedCertificate> Roots(string name)
    {
        var roots = new List<TlsLoadedCertificate>();
        foreach (var bundle in _bundles.Values)
        {
            roots.AddRange(Items(bundle.Roots).Select(root => new TlsLoadedCertificate(new TlsCertificateInfo(OpenSslCertificate.Encode(root)), bundle.Source, name)));
        }

        return roots;
    }

    /// <summary>The subjects of all roots, a stack that the caller owns.</summary>
    public nint SubjectNames()
    {
        var names = LibCrypto.StackNew();
        foreach (var root in _bundles.Values.SelectMany(static bundle => Items(bundle.Roots)))
        {
            _ = LibCrypto.StackPush(names, LibCrypto.NameDuplicate(LibCrypto.SubjectName(root)));
        }

        return names;
    }

    /// <summary>Which domain has how many roots, in their order.</summary>
    public IEnumerable<string> Describe() => _bundles.Select(static pair => $"{pair.Key}={LibCrypto.StackCount(pair.Value.Roots)}");

    /// <summary>Checks a chain against the roots of the domain that <paramref name="leaf"/> claims. Without a domain that is known it fails.</summary>
    public bool Verify(nint storeContext, TlsCertificateInfo leaf)
    {
        var identity = leaf.NamesOf(SubjectAltNameKind.Uri).FirstOrDefault("");
        if (!IsWorkload(LibCrypto.StoreContextCertificate(storeContext)) || !_bundles.TryGetValue(DomainOf(identity), out var bundle))
        {
            return false;
        }

        LibCrypto.StoreContextSetRoots(storeContext, bundle.Roots);
        if (LibCrypto.StackCount(bundle.Lists) > 0)
        {
            LibCrypto.StoreContextSetCrls(storeContext, bundle.Lists);
            LibCrypto.StoreContextSetFlags(storeContext, OpenSslConstants.FlagCheckCrl | OpenSslConstants.FlagCheckCrlForAll);
        }

        var trusted = LibCrypto.VerifyCertificate(storeContext) == OpenSslConstants.Ok;
        LibCrypto.ClearErrors();
        return trusted;
    }

    // Whoever signs certificates is no workload (X.509-SVID, section 5.2); a certificate must tell what its key is for (section 4.3).
    private static bool IsWorkload(nint certificate) =>
        (LibCrypto.ExtensionFlags(certificate) & OpenSslConstants.ExtensionFlagAuthority) == 0
        && (LibCrypto.KeyUsage(certificate) & (OpenSslConstants.UsageCrlSign | OpenSslConstants.UsageKeyCertSign)) == 0;

    private static nint Stack(List<nint> items)
    {
        var stack = LibCrypto.StackNew();
        items.ForEach(item => _ = LibCrypto.StackPush(stack, item));
        return stack;
    }

    private static IEnumerable<nint> Items(nint stack) => Enumerable.Range(0, LibCrypto.StackCount(stack)).Select(i => LibCrypto.StackItem(stack, i));

    private static void Free(nint stack, Action<nint> free)
    {
        foreach (var item in Items(stack))
        {
            free(item);
        }

        LibCrypto.StackFree(stack);
    }

    private sealed record Bundle(string Source, nint Roots, nint Lists);
}

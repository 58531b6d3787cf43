using System.Text;
using Proxy.Configuration;
using Proxy.Configuration.Tls;

namespace Proxy.Tls.OpenSsl;

/// <summary>A configuration of TLS as an <c>SSL_CTX</c>.</summary>
internal abstract unsafe class OpenSslContext : TlsContext
{
    private const string DefaultCurves = "X25519:P-256";

    // Those of the reference: OpenSSL's own list has DSA and SHA-1 in it at the level that is set here.
    private const string VerifyAlgorithms =
        "ecdsa_secp256r1_sha256:rsa_pss_rsae_sha256:rsa_pkcs1_sha256:ecdsa_secp384r1_sha384:rsa_pss_rsae_sha384:rsa_pkcs1_sha384:rsa_pss_rsae_sha512:rsa_pkcs1_sha512:rsa_pkcs1_sha1";
    private const string SignAlgorithms = VerifyAlgorithms + ":ecdsa_secp521r1_sha512:ECDSA+SHA1";

    private readonly Dictionary<nint, TlsCertificateInfo> _byPointer = [];

    protected OpenSslContext(CommonTlsConfig config, nint method, bool isClient)
    {
        IsClient = isClient;
        Handle = LibSsl.ContextNew(method);
        if (Handle == 0)
        {
            throw new ConfigException("", "OpenSSL has no context to give: " + OpenSslErrors.Describe());
        }

        LibSsl.ContextControl(Handle, OpenSslConstants.ControlMode, OpenSslConstants.ModeReleaseBuffers, null);
        LibSsl.SetOptions(Handle, OpenSslConstants.OptionNoRenegotiation | OpenSslConstants.OptionNoCompression);
        ApplyParameters(config.Parameters);
        Loaded = LoadCertificates(config.Certificates);
        if (config.KeyLog is not null)
        {
            LibSsl.SetKeyLogCallback(Handle, &OpenSslCallbacks.OnKey);
        }

        Validation = config.Validation is { } validation ? OpenSslValidation.Apply(this, validation) : null;
    }

    ~OpenSslContext()
    {
        Dispose(disposing: false);
    }

    /// <summary>The <c>SSL_CTX</c>.</summary>
    public nint Handle { get; private set; }

    public bool IsClient { get; }

    /// <summary>Own certificates.</summary>
    public OpenSslCertificate[] Loaded { get; }

    /// <summary>Cipher suites of the versions before 1.3.</summary>
    public CipherList Ciphers { get; private set; } = null!;

    /// <summary>The lowest version is above the highest: every handshake fails.</summary>
    public bool HasNoVersion { get; private set; }

    /// <summary>How peers are checked; null for not at all.</summary>
    public OpenSslValidation? Validation { get; }

    /// <summary>Peers that fail their checks are served all the same.</summary>
    public bool AcceptsUntrusted => Validation is { Config.AcceptUntrusted: true };

    /// <summary>There are checks that a peer can pass.</summary>
    public bool Validates => Validation is { Checks: true };

    public override IReadOnlyList<TlsLoadedCertificate> Certificates => [.. Loaded.Select(static certificate => certificate.Describe())];

    public override IReadOnlyList<TlsLoadedCertificate> Roots => Validation?.Roots ?? [];

    /// <summary>The own certificate that a session uses.</summary>
    public TlsCertificateInfo? Find(nint certificate) => _byPointer.GetValueOrDefault(certificate);

    protected override void Dispose(bool disposing)
    {
        if (Handle != 0)
        {
            LibSsl.ContextFree(Handle);
            Handle = 0;
        }
    }

    /// <summary>Calls <paramref name="set"/> with a text that C understands.</summary>
    protected static bool Set(string text, delegate*<nint, byte*, int> set, nint handle)
    {
        fixed (byte* bytes = Encoding.UTF8.GetBytes(text + '\0'))
        {
            var done = set(handle, bytes) == OpenSslConstants.Ok;
            LibCrypto.ClearErrors();
            return done;
        }
    }

    /// <summary>Makes all sessions show <paramref name="certificate"/> unless another is chosen.</summary>
    /// <exception cref="ConfigException">OpenSSL does not take it.</exception>
    protected void Use(OpenSslCertificate certificate)
    {
        if (LibSsl.ContextUseCertificate(Handle, certificate.Leaf, certificate.Key, certificate.Chain, 1) != OpenSslConstants.Ok)
        {
            throw new ConfigException("common_tls_context.tls_certificates", "OpenSSL refuses the certificate: " + OpenSslErrors.Describe());
        }
    }

    private static bool ControlText(nint handle, int command, string text)
    {
        fixed (byte* bytes = Encoding.UTF8.GetBytes(text + '\0'))
        {
            var done = LibSsl.ContextControl(handle, command, 0, bytes) == OpenSslConstants.Ok;
            LibCrypto.ClearErrors();
            return done;
        }
    }

    // Curves that the reference knows; OpenSSL has more.
    private static bool IsKnownCurve(string name) => name is "X25519" or "P-256" or "P-384" or "P-521" or "prime256v1" or "secp384r1" or "secp521r1" or "X25519MLKEM768";

    private static int Number(TlsVersion version) => 0x0300 + (int)version;

    private void ApplyParameters(TlsParametersConfig parameters)
    {
        var minimum = parameters.Minimum == TlsVersion.Auto ? TlsVersion.Tls12 : parameters.Minimum;
        var maximum = parameters.Maximum != TlsVersion.Auto ? parameters.Maximum : IsClient ? TlsVersion.Tls12 : TlsVersion.Tls13;
        HasNoVersion = minimum > maximum;
        LibSsl.ContextControl(Handle, OpenSslConstants.ControlSetMinimumVersion, Number(minimum), null);
        LibSsl.ContextControl(Handle, OpenSslConstants.ControlSetMaximumVersion, Number(maximum), null);

        // The level of the library forbids versions and signatures that the configuration may allow; for chains it stays.
        LibSsl.SetSecurityLevel(Handle, 0);
        LibCrypto.SetChainLevel(LibSsl.ContextParameters(Handle), 1);
        var faults = new FaultList();
        CheckEach(parameters.CipherSuites, "cipher_suites", faults, static cipher => CipherList.Parse(cipher) is not null);
        CheckEach(parameters.Curves, "ecdh_curves", faults, curve => IsKnownCurve(curve) && ControlText(Handle, OpenSslConstants.ControlSetGroupsList, curve));
        if (parameters.Curves.Distinct().Count() < parameters.Curves.Count)
        {
            faults.Add("tls_params.ecdh_curves", "names a curve twice");
        }

        CheckEach(parameters.SignatureAlgorithms, "signature_algorithms", faults, name => ControlText(Handle, OpenSslConstants.ControlSetSignatureAlgorithms, name));
        faults.ThrowIfAny();
        Ciphers = CipherList.Parse(string.Join(':', parameters.CipherSuites))!;
        Set(Ciphers.Text, &LibSsl.SetCipherList, Handle);
        ControlText(Handle, OpenSslConstants.ControlSetGroupsList, parameters.Curves.Count > 0 ? string.Join(':', parameters.Curves) : DefaultCurves);
        ApplySignatures(parameters.SignatureAlgorithms);
    }

    // OpenSSL's second list is what clients sign with. A server's would stand in the way of old clients, that name no algorithms.
    private void ApplySignatures(ConfigList<string> wanted)
    {
        if (wanted.Count > 0)
        {
            ControlText(Handle, OpenSslConstants.ControlSetSignatureAlgorithms, string.Join(':', wanted));
            return;
        }

        ControlText(Handle, OpenSslConstants.ControlSetSignatureAlgorithms, IsClient ? VerifyAlgorithms : SignAlgorithms);
        if (IsClient)
        {
            ControlText(Handle, OpenSslConstants.ControlSetClientSignatureAlgorithms, SignAlgorithms);
        }
    }

    private static void CheckEach(ConfigList<string> values, string field, FaultList faults, Func<string, bool> isKnown)
    {
        for (var i = 0; i < values.Count; i++)
        {
            if (!isKnown(values[i]))
            {
                faults.Add($"tls_params.{field}[{i}]", $"'{values[i]}' is not known");
            }
        }
    }

    private OpenSslCertificate[] LoadCertificates(ConfigList<TlsCertificateConfig> configs)
    {
        var faults = new FaultList();
        var loaded = new List<OpenSslCertificate>();
        for (var i = 0; i < configs.Count; i++)
        {
            faults.Collect($"tls_certificates[{i}]", () =>
            {
                var certificate = OpenSslCertificate.Load(configs[i]);
                _byPointer[certificate.Leaf] = certificate.Info;
                loaded.Add(certificate);
            });
        }

        faults.ThrowIfAny();
        return [.. loaded];
    }
}

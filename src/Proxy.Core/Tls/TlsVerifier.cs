using Proxy.Configuration;
using Proxy.Configuration.Http;
using Proxy.Configuration.Tls;
using Proxy.Routing.Matching;

namespace Proxy.Tls;

/// <summary>What a peer's certificate must have besides a trusted chain: one of some names, one of some pins. Compiled, for all engines and workers.</summary>
internal sealed class TlsVerifier
{
    private readonly (TlsSanMatcherConfig Config, TextMatcher Text)[] _names;
    private readonly byte[][] _certificatePins;
    private readonly byte[][] _keyPins;

    private TlsVerifier((TlsSanMatcherConfig, TextMatcher)[] names, byte[][] certificatePins, byte[][] keyPins)
    {
        _names = names;
        _certificatePins = certificatePins;
        _keyPins = keyPins;
    }

    /// <summary>It asks for a name.</summary>
    public bool HasNames => _names.Length > 0;

    /// <summary>It asks for a pin.</summary>
    public bool HasPins => _certificatePins.Length > 0 || _keyPins.Length > 0;

    /// <summary>Compiles <paramref name="config"/>.</summary>
    /// <exception cref="ConfigException">It breaks rules.</exception>
    public static TlsVerifier Compile(TlsValidationConfig config)
    {
        var faults = new FaultList();
        var names = new List<(TlsSanMatcherConfig, TextMatcher)>();
        for (var i = 0; i < config.SubjectAltNames.Count; i++)
        {
            if (TextMatcher.Compile(config.SubjectAltNames[i].Text, $"match_typed_subject_alt_names[{i}].matcher", faults) is { } text)
            {
                names.Add((config.Spiffe is null ? config.SubjectAltNames[i] : config.SubjectAltNames[i] with { Type = TlsSanType.Uri }, text));
            }
        }

        var certificates = Pins(config.CertificatePins, "verify_certificate_hash", faults, static text => Convert.FromHexString(text.Replace(":", "", StringComparison.Ordinal)));
        var keys = Pins(config.SpkiPins, "verify_certificate_spki", faults, Convert.FromBase64String);
        faults.ThrowIfAny();
        return new TlsVerifier([.. names], certificates, keys);
    }

    /// <summary>How <paramref name="leaf"/> fails; null when it does not.</summary>
    /// <param name="leaf">The peer's certificate.</param>
    /// <param name="wanted">Names of which it must have one, besides those configured; empty asks for none.</param>
    public TlsVerifyFailure? Check(TlsCertificateInfo leaf, IReadOnlyList<string> wanted)
    {
        if ((wanted.Count > 0 && !HasWanted(leaf, wanted)) || (HasNames && !HasName(leaf)))
        {
            return TlsVerifyFailure.SubjectAltName;
        }

        return HasPins && !HasPin(leaf) ? TlsVerifyFailure.Pin : null;
    }

    private static byte[][] Pins(ConfigList<string> pins, string field, FaultList faults, Func<string, byte[]> decode)
    {
        var decoded = new List<byte[]>();
        for (var i = 0; i < pins.Count; i++)
        {
            try
            {
                var pin = decode(pins[i]);
                if (pin.Length == 32)
                {
                    decoded.Add(pin);
                    continue;
                }
            }
            catch (FormatException)
            {
                // said below
            }

            faults.Add($"{field}[{i}]", "is not a SHA-256 hash");
        }

        return [.. decoded];
    }

    private static bool HasWanted(TlsCertificateInfo leaf, IReadOnlyList<string> wanted) =>
        leaf.AltNames.Any(name => wanted.Any(want => name.Kind switch
        {
            SubjectAltNameKind.Dns => DnsNames.Covers(name.Value, want),
            SubjectAltNameKind.Uri or SubjectAltNameKind.IpAddress => name.Value == want,
            _ => false,
        }));

    private static bool IsOfKind(in SubjectAltName name, TlsSanMatcherConfig config) => config.Type switch
    {
        TlsSanType.Email => name.Kind == SubjectAltNameKind.Email,
        TlsSanType.Dns => name.Kind == SubjectAltNameKind.Dns,
        TlsSanType.Uri => name.Kind == SubjectAltNameKind.Uri,
        TlsSanType.IpAddress => name.Kind == SubjectAltNameKind.IpAddress,
        TlsSanType.OtherName => name.Kind == SubjectAltNameKind.Other && name.Oid == config.Oid,
        _ => name.Kind != SubjectAltNameKind.Other,
    };

    private bool HasName(TlsCertificateInfo leaf)
    {
        foreach (var name in leaf.AltNames)
        {
            foreach (var (config, text) in _names)
            {
                if (IsOfKind(name, config) && Matches(name, config, text))
                {
                    return true;
                }
            }
        }

        return false;
    }

    // An exact DNS name is compared as the certificate means it, wildcards included.
    private static bool Matches(in SubjectAltName name, TlsSanMatcherConfig config, TextMatcher text) =>
        name.Kind == SubjectAltNameKind.Dns && config.Text.Kind == StringMatchKind.Exact
            ? DnsNames.Covers(name.Value, config.Text.Pattern)
            : text.Matches(name.Value);

    private bool HasPin(TlsCertificateInfo leaf)
    {
        var hash = Convert.FromHexString(leaf.Sha256);
        return Array.Exists(_certificatePins, pin => pin.AsSpan().SequenceEqual(hash)) || Array.Exists(_keyPins, pin => leaf.PublicKeyHash.SequenceEqual(pin));
    }
}

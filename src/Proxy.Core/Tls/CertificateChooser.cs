namespace Proxy.Tls;

/// <summary>Picks a server's certificate for a client, as Envoy does: by its name first, then by the kinds of keys that it understands.</summary>
internal sealed class CertificateChooser<T>
    where T : class
{
    private readonly Entry[] _all;
    private readonly Dictionary<string, List<Entry>> _byName = new(StringComparer.Ordinal);
    private readonly bool _scanOnMismatch;

    /// <param name="certificates">With what is known of them, and the bits of an ECDSA key or 0 for RSA; at least one.</param>
    /// <param name="scanOnMismatch">Looks at all of them when none has the name, instead of taking the first.</param>
    public CertificateChooser(IEnumerable<(T Certificate, TlsCertificateInfo Info, int EcdsaBits)> certificates, bool scanOnMismatch)
    {
        _scanOnMismatch = scanOnMismatch;
        _all = [.. certificates.Select(static c => new Entry(c.Certificate, EcdsaCurves.OfBits(c.EcdsaBits), NamesOf(c.Info)))];
        foreach (var entry in _all)
        {
            foreach (var name in entry.Names)
            {
                Add(name.StartsWith("*.", StringComparison.Ordinal) ? name[1..] : name, entry);
            }
        }
    }

    /// <summary>The certificate for a client that asks for <paramref name="serverName"/>; null when <paramref name="accepts"/> leaves none.</summary>
    /// <param name="serverName">SNI as it was sent; empty for none.</param>
    /// <param name="ecdsa">ECDSA keys that the client understands.</param>
    /// <param name="accepts">Whether a certificate that suits may be used.</param>
    public T? Choose(string serverName, EcdsaCurves.Set ecdsa, Func<T, bool> accepts)
    {
        if (serverName.Length > 0)
        {
            if (Pick(Named(serverName), ecdsa, accepts) is { } named)
            {
                return named;
            }

            var dot = serverName.IndexOf('.', 1);
            if (dot > 0 && Pick(Named(serverName[dot..]), ecdsa, accepts) is { } wild)
            {
                return wild;
            }

            if (!_scanOnMismatch)
            {
                return First(accepts);
            }
        }

        return Pick(_all, ecdsa, accepts) ?? First(accepts);
    }

    private static string[] NamesOf(TlsCertificateInfo info)
    {
        var names = info.NamesOf(SubjectAltNameKind.Dns).ToArray();
        return names.Length > 0 || info.AltNames.Count > 0 || info.CommonName.Length == 0 ? names : [info.CommonName];
    }

    private static T? Pick(IReadOnlyList<Entry> entries, EcdsaCurves.Set ecdsa, Func<T, bool> accepts)
    {
        T? fallback = null;
        foreach (var entry in entries)
        {
            if (!accepts(entry.Certificate))
            {
                continue;
            }

            // ECDSA is cheaper: RSA is for those who do not understand it, or where there is nothing else.
            var suits = entry.Curve == EcdsaCurves.Set.None ? ecdsa == EcdsaCurves.Set.None : (ecdsa & entry.Curve) != 0;
            if (suits)
            {
                return entry.Certificate;
            }

            if (entry.Curve == EcdsaCurves.Set.None)
            {
                fallback ??= entry.Certificate;
            }
        }

        return fallback;
    }

    private T? First(Func<T, bool> accepts) => accepts(_all[0].Certificate) ? _all[0].Certificate : null;

    private List<Entry> Named(string name) => _byName.TryGetValue(name, out var entries) ? entries : [];

    private void Add(string name, Entry entry)
    {
        if (!_byName.TryGetValue(name, out var entries))
        {
            _byName.Add(name, entries = []);
        }

        // As in Envoy the first certificate of a kind of key has the name.
        if (!entries.Exists(known => (known.Curve == EcdsaCurves.Set.None) == (entry.Curve == EcdsaCurves.Set.None)))
        {
            entries.Add(entry);
        }
    }

    private sealed record Entry(T Certificate, EcdsaCurves.Set Curve, IReadOnlyList<string> Names);
}

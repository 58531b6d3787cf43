using Proxy.Configuration;
using Proxy.Configuration.Tls;

namespace Proxy.Tls.OpenSsl;

/// <summary>Reads PKCS #12 archives.</summary>
internal static unsafe class OpenSslPkcs12
{
    /// <summary>The key and the certificates, the key's own first; the caller owns them.</summary>
    /// <exception cref="ConfigException">It cannot be read, or has no key with a certificate.</exception>
    public static (nint Key, List<nint> Certificates) Read(TlsBytes source, TlsBytes? password)
    {
        ReadOnlySpan<byte> secret = password is null ? [0] : [.. password.Bytes.AsSpan(), 0];
        nint key = 0, leaf = 0, others = 0;
        fixed (byte* bytes = source.Bytes.AsSpan())
        fixed (byte* text = secret)
        {
            var bio = LibCrypto.BioNewMemory(bytes, source.Bytes.Count);
            var archive = LibCrypto.ReadPkcs12(bio, 0);
            _ = LibCrypto.BioFree(bio);
            var read = archive != 0 && LibCrypto.ParsePkcs12(archive, text, &key, &leaf, &others) == OpenSslConstants.Ok;
            LibCrypto.Pkcs12Free(archive);
            if (!read || key == 0 || leaf == 0)
            {
                Free(key, leaf, others);
                throw new ConfigException("pkcs12", $"failed to load pkcs12 from {source}: {(read ? "it has no key with a certificate" : OpenSslErrors.Describe())}");
            }
        }

        var certificates = new List<nint> { leaf };
        for (var i = 0; others != 0 && i < LibCrypto.StackCount(others); i++)
        {
            certificates.Add(LibCrypto.StackItem(others, i));
        }

        LibCrypto.StackFree(others);
        return (key, certificates);
    }

    private static void Free(nint key, nint leaf, nint others)
    {
        LibCrypto.KeyFree(key);
        LibCrypto.CertificateFree(leaf);
        for (var i = 0; others != 0 && i < LibCrypto.StackCount(others); i++)
        {
            LibCrypto.CertificateFree(LibCrypto.StackItem(others, i));
        }

        LibCrypto.StackFree(others);
    }
}

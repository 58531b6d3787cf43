using System.Runtime.InteropServices;
using Proxy.Configuration;
using Proxy.Configuration.Tls;

namespace Proxy.Tls.OpenSsl;

/// <summary>A certificate with its key and chain, loaded. Lives until it is collected.</summary>
internal sealed unsafe class OpenSslCertificate
{
    private readonly List<nint> _certificates = [];
    private readonly TlsCertificateConfig _config;
    private nint _chain;

    private OpenSslCertificate(TlsCertificateConfig config)
    {
        _config = config;
    }

    ~OpenSslCertificate()
    {
        if (_chain != 0)
        {
            LibCrypto.StackFree(_chain);
        }

        foreach (var certificate in _certificates)
        {
            LibCrypto.CertificateFree(certificate);
        }

        if (Key != 0)
        {
            LibCrypto.KeyFree(Key);
        }
    }

    /// <summary>The leaf, an <c>X509</c>.</summary>
    public nint Leaf => _certificates[0];

    /// <summary>The key, an <c>EVP_PKEY</c>.</summary>
    public nint Key { get; private set; }

    /// <summary>What follows the leaf, a stack of <c>X509</c>.</summary>
    public nint Chain => _chain;

    /// <summary>Key type; <see cref="OpenSslConstants.KeyEc"/> or <see cref="OpenSslConstants.KeyRsa"/>.</summary>
    public int KeyType { get; private set; }

    /// <summary>Bits of the key.</summary>
    public int KeyBits { get; private set; }

    /// <summary>Bits of an ECDSA key; 0 for all else.</summary>
    public int EcdsaBits => KeyType == OpenSslConstants.KeyEc ? KeyBits : 0;

    /// <summary>The leaf to look at.</summary>
    public TlsCertificateInfo Info { get; private set; } = null!;

    /// <summary>OCSP response to staple; null for none.</summary>
    public OcspStaple? Staple { get; private set; }

    /// <summary>Loads what <paramref name="config"/> names.</summary>
    /// <exception cref="ConfigException">It cannot be used.</exception>
    public static OpenSslCertificate Load(TlsCertificateConfig config)
    {
        var loaded = new OpenSslCertificate(config);
        loaded.Take(config.Pkcs12 is { } archive ? OpenSslPkcs12.Read(archive, config.Password) : (0, ReadAll(config.Chain.Bytes.AsSpan(), &LibCrypto.ReadCertificate)));
        if (loaded._certificates.Count == 0)
        {
            throw new ConfigException("certificate_chain", $"failed to load certificate chain from {config.Chain}");
        }

        loaded._chain = LibCrypto.StackNew();
        foreach (var link in loaded._certificates.Skip(1))
        {
            _ = LibCrypto.StackPush(loaded._chain, link);
        }

        loaded.Key = loaded.Key == 0 ? ReadKey(config) : loaded.Key;
        loaded.Check(config);
        loaded.Info = new TlsCertificateInfo(Encode(loaded.Leaf));
        loaded.Staple = config.OcspStaple is { } staple ? OcspStaple.Read(staple, loaded.Info) : null;
        return loaded;
    }

    /// <summary>For who looks at it.</summary>
    public TlsLoadedCertificate Describe() => new(Info, _config.Source.ToString(), CertificateExpiry.NameOf(_config), Staple?.NextUpdate);

    /// <summary>A certificate in DER.</summary>
    public static byte[] Encode(nint certificate)
    {
        var length = LibCrypto.EncodeCertificate(certificate, null);
        if (length <= 0)
        {
            return [];
        }

        var encoded = new byte[length];
        fixed (byte* bytes = encoded)
        {
            var end = bytes;
            _ = LibCrypto.EncodeCertificate(certificate, &end);
        }

        return encoded;
    }

    /// <summary>All objects of one kind that <paramref name="pem"/> holds; the caller owns them.</summary>
    public static List<nint> ReadAll(ReadOnlySpan<byte> pem, delegate*<nint, nint*, nint, byte*, nint> read)
    {
        var items = new List<nint>();
        fixed (byte* bytes = pem)
        {
            var bio = LibCrypto.BioNewMemory(bytes, pem.Length);
            for (var item = read(bio, null, 0, null); item != 0; item = read(bio, null, 0, null))
            {
                items.Add(item);
            }

            _ = LibCrypto.BioFree(bio);
        }

        LibCrypto.ClearErrors();
        return items;
    }

    private static nint ReadKey(TlsCertificateConfig config)
    {
        var pem = config.PrivateKey.Bytes.AsSpan();
        ReadOnlySpan<byte> password = config.Password is { } given ? [.. given.Bytes.AsSpan(), 0] : [0];
        fixed (byte* bytes = pem)
        fixed (byte* secret = password)
        {
            var bio = LibCrypto.BioNewMemory(bytes, pem.Length);
            var key = LibCrypto.ReadPrivateKey(bio, null, &GivePassword, secret);
            _ = LibCrypto.BioFree(bio);
            if (key == 0)
            {
                throw new ConfigException("private_key", $"failed to load private key from {config.PrivateKey}: {OpenSslErrors.Describe()}");
            }

            return key;
        }
    }

    [UnmanagedCallersOnly]
    private static int GivePassword(byte* buffer, int size, int writing, void* password)
    {
        var text = MemoryMarshal.CreateReadOnlySpanFromNullTerminated((byte*)password);
        return text.Length <= size && text.TryCopyTo(new Span<byte>(buffer, size)) ? text.Length : -1;
    }

    private void Take((nint Key, List<nint> Certificates) read)
    {
        Key = read.Key;
        _certificates.AddRange(read.Certificates);
    }

    private void Check(TlsCertificateConfig config)
    {
        KeyType = LibCrypto.KeyType(Key);
        KeyBits = LibCrypto.KeyBits(Key);
        if (LibCrypto.CheckPrivateKey(Leaf, Key) != OpenSslConstants.Ok)
        {
            LibCrypto.ClearErrors();
            throw new ConfigException("private_key", $"is not the key of the certificate from {config.Source}");
        }

        CertificateRules.CheckKey(EcdsaBits, KeyType == OpenSslConstants.KeyRsa ? KeyBits : 0);
    }
}

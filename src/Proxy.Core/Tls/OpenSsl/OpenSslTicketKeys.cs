using Proxy.Configuration;
using Proxy.Configuration.Tls;

namespace Proxy.Tls.OpenSsl;

/// <summary>Keys of session tickets that several processes share. The first makes tickets; all of them open tickets.</summary>
internal sealed unsafe class OpenSslTicketKeys
{
    private const int NameLength = 16;
    private const int KeyLength = 32;
    private const int Length = NameLength + (2 * KeyLength);
    private const int IvLength = 16;

    private static readonly byte[] ParameterKey = "key\0"u8.ToArray();
    private static readonly byte[] ParameterDigest = "digest\0"u8.ToArray();
    private static readonly byte[] Digest = "SHA256\0"u8.ToArray();

    private readonly byte[][] _keys;

    private OpenSslTicketKeys(byte[][] keys)
    {
        _keys = keys;
    }

    /// <summary>Reads keys.</summary>
    /// <exception cref="ConfigException">One is not 80 bytes long.</exception>
    public static OpenSslTicketKeys Read(ConfigList<TlsBytes> keys)
    {
        var faults = new FaultList();
        for (var i = 0; i < keys.Count; i++)
        {
            if (keys[i].Bytes.Count != Length)
            {
                faults.Add($"session_ticket_keys.keys[{i}]", $"must be {Length} bytes long, has {keys[i].Bytes.Count}");
            }
        }

        faults.ThrowIfAny();
        return new OpenSslTicketKeys([.. keys.Select(static key => key.Bytes.AsSpan().ToArray())]);
    }

    /// <summary>Sets up encryption of a ticket; answers as OpenSSL wants: 1, or -1 when it cannot be done.</summary>
    public int Make(byte* name, byte* iv, nint cipher, nint mac)
    {
        _keys[0].AsSpan(0, NameLength).CopyTo(new Span<byte>(name, NameLength));
        if (LibCrypto.Random(iv, IvLength) != OpenSslConstants.Ok)
        {
            return -1;
        }

        return Apply(_keys[0], iv, cipher, mac, encrypt: true) ? 1 : -1;
    }

    /// <summary>Sets up decryption: 1, 2 when the ticket is to be renewed with the first key, 0 when none of the keys has made it.</summary>
    public int Open(byte* name, byte* iv, nint cipher, nint mac)
    {
        for (var i = 0; i < _keys.Length; i++)
        {
            if (_keys[i].AsSpan(0, NameLength).SequenceEqual(new ReadOnlySpan<byte>(name, NameLength)))
            {
                return !Apply(_keys[i], iv, cipher, mac, encrypt: false) ? -1 : i == 0 ? 1 : 2;
            }
        }

        return 0;
    }

    private static bool Apply(byte[] key, byte* iv, nint cipher, nint mac, bool encrypt)
    {
        fixed (byte* bytes = key)
        fixed (byte* keyName = ParameterKey)
        fixed (byte* digestName = ParameterDigest)
        fixed (byte* digest = Digest)
        {
            var parameters = stackalloc OpenSslParameter[3];
            parameters[0] = new OpenSslParameter { Key = keyName, Type = OpenSslParameter.OctetString, Data = bytes + NameLength, Size = KeyLength };
            parameters[1] = new OpenSslParameter { Key = digestName, Type = OpenSslParameter.Utf8String, Data = digest, Size = (nuint)(Digest.Length - 1) };
            parameters[2] = default;
            var secret = bytes + NameLength + KeyLength;
            return LibCrypto.MacSetParameters(mac, parameters) == OpenSslConstants.Ok
                && (encrypt
                    ? LibCrypto.EncryptInit(cipher, LibCrypto.Aes256Cbc(), 0, secret, iv)
                    : LibCrypto.DecryptInit(cipher, LibCrypto.Aes256Cbc(), 0, secret, iv)) == OpenSslConstants.Ok;
        }
    }
}

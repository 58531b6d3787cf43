using System.Buffers.Binary;

namespace Proxy.Tls.Hello;

/// <summary>A client hello to look at (RFC 8446, 4.1.2); over bytes that somebody else keeps.</summary>
internal readonly ref struct ClientHello
{
    public const ushort ServerNameExtension = 0;
    public const ushort GroupsExtension = 10;
    public const ushort PointFormatsExtension = 11;
    public const ushort SignatureAlgorithmsExtension = 13;
    public const ushort ProtocolsExtension = 16;
    public const ushort VersionsExtension = 43;

    private ClientHello(ushort version, ReadOnlySpan<byte> suites, ReadOnlySpan<byte> extensions)
    {
        Version = version;
        Suites = suites;
        Extensions = extensions;
    }

    /// <summary>Version of the old field; TLS 1.3 says 1.2 here.</summary>
    public ushort Version { get; }

    /// <summary>Cipher suites, two bytes each.</summary>
    public ReadOnlySpan<byte> Suites { get; }

    /// <summary>All extensions, each with type and length in front. They are whole.</summary>
    public ReadOnlySpan<byte> Extensions { get; }

    /// <summary>Reads the body of a client hello, all of it; false when it is broken.</summary>
    public static bool TryRead(ReadOnlySpan<byte> body, out ClientHello hello)
    {
        hello = default;
        const int Fixed = 2 + 32;
        if (body.Length < Fixed)
        {
            return false;
        }

        var version = BinaryPrimitives.ReadUInt16BigEndian(body);
        var rest = body[Fixed..];
        if (!TakeShort(ref rest, out var session) || session.Length > 32
            || !TakeLong(ref rest, out var suites) || suites.IsEmpty || suites.Length % 2 != 0
            || !TakeShort(ref rest, out var compressions) || compressions.IsEmpty)
        {
            return false;
        }

        ReadOnlySpan<byte> extensions = default;
        if (!rest.IsEmpty && (!TakeLong(ref rest, out extensions) || !rest.IsEmpty || !AreWhole(extensions)))
        {
            return false;
        }

        hello = new ClientHello(version, suites, extensions);
        return true;
    }

    /// <summary>Takes the next extension off <paramref name="extensions"/>; false when there is none.</summary>
    public static bool NextExtension(scoped ref ReadOnlySpan<byte> extensions, out ushort type, out ReadOnlySpan<byte> value)
    {
        type = 0;
        value = default;
        if (extensions.Length < 4)
        {
            return false;
        }

        type = BinaryPrimitives.ReadUInt16BigEndian(extensions);
        extensions = extensions[2..];
        return TakeLong(ref extensions, out value);
    }

    /// <summary>The value of an extension; false when it is not there.</summary>
    public bool TryGet(ushort wanted, out ReadOnlySpan<byte> value)
    {
        var rest = Extensions;
        while (NextExtension(ref rest, out var type, out value))
        {
            if (type == wanted)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The server name; empty when there is none. False when the extension is broken.</summary>
    public bool TryGetServerName(out ReadOnlySpan<byte> name)
    {
        name = default;
        if (!TryGet(ServerNameExtension, out var value))
        {
            return true;
        }

        // One name of the one kind there is, and no byte that a name cannot have.
        return TakeLong(ref value, out var list) && value.IsEmpty && list.Length > 3 && list[0] == 0 && TakeName(list[1..], out name) && name.IndexOf((byte)0) < 0;
    }

    /// <summary>The list of protocols (ALPN), each with its length in front; empty when there is none. False when the extension is broken.</summary>
    public bool TryGetProtocols(out ReadOnlySpan<byte> list)
    {
        list = default;
        if (!TryGet(ProtocolsExtension, out var value))
        {
            return true;
        }

        if (!TakeLong(ref value, out list) || !value.IsEmpty || list.Length < 2)
        {
            return false;
        }

        for (var rest = list; !rest.IsEmpty;)
        {
            if (!TakeShort(ref rest, out var name) || name.IsEmpty)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The values of an extension that is a list of numbers with its length in front; empty when it is not there or broken.</summary>
    /// <param name="type">The extension.</param>
    /// <param name="shortLength">The length is one byte, not two.</param>
    public ReadOnlySpan<byte> Numbers(ushort type, bool shortLength = false) =>
        TryGet(type, out var value) && (shortLength ? TakeShort(ref value, out var list) : TakeLong(ref value, out list)) ? list : default;

    /// <summary>Takes bytes with a length of one byte in front.</summary>
    public static bool TakeShort(scoped ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (rest.IsEmpty || rest.Length - 1 < rest[0])
        {
            return false;
        }

        value = rest.Slice(1, rest[0]);
        rest = rest[(1 + value.Length)..];
        return true;
    }

    private static bool TakeLong(scoped ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (rest.Length < 2 || rest.Length - 2 < BinaryPrimitives.ReadUInt16BigEndian(rest))
        {
            return false;
        }

        value = rest.Slice(2, BinaryPrimitives.ReadUInt16BigEndian(rest));
        rest = rest[(2 + value.Length)..];
        return true;
    }

    private static bool TakeName(ReadOnlySpan<byte> list, out ReadOnlySpan<byte> name) => TakeLong(ref list, out name) && list.IsEmpty && name.Length is > 0 and <= 255;

    private static bool AreWhole(ReadOnlySpan<byte> extensions)
    {
        while (NextExtension(ref extensions, out _, out _))
        {
        }

        return extensions.IsEmpty;
    }
}

using System.Buffers.Binary;

namespace Proxy.Tls;

/// <summary>The kinds of ECDSA keys that a client understands, read off its hello.</summary>
internal static class EcdsaCurves
{
    [Flags]
    public enum Set
    {
        None = 0,
        P256 = 1,
        P384 = 2,
        P521 = 4,
    }

    public static Set OfBits(int bits) => bits switch
    {
        256 => Set.P256,
        384 => Set.P384,
        521 => Set.P521,
        _ => Set.None,
    };

    /// <summary>By signature algorithms, which name the curve since TLS 1.3.</summary>
    /// <param name="algorithms">Numbers of two bytes each.</param>
    public static Set OfAlgorithms(ReadOnlySpan<byte> algorithms)
    {
        var set = Set.None;
        for (; algorithms.Length >= 2; algorithms = algorithms[2..])
        {
            set |= BinaryPrimitives.ReadUInt16BigEndian(algorithms) switch
            {
                0x0403 => Set.P256,
                0x0503 => Set.P384,
                0x0603 => Set.P521,
                _ => Set.None,
            };
        }

        return set;
    }

    /// <summary>By groups, and by cipher suites that the server has too, for versions before 1.3.</summary>
    public static Set OfGroups(ReadOnlySpan<byte> groups, ReadOnlySpan<byte> suites, CipherList served)
    {
        if (!HasEcdsaSuite(suites, served))
        {
            return Set.None;
        }

        var set = Set.None;
        for (; groups.Length >= 2; groups = groups[2..])
        {
            set |= BinaryPrimitives.ReadUInt16BigEndian(groups) switch
            {
                23 => Set.P256,
                24 => Set.P384,
                25 => Set.P521,
                _ => Set.None,
            };
        }

        return set;
    }

    private static bool HasEcdsaSuite(ReadOnlySpan<byte> suites, CipherList served)
    {
        for (; suites.Length >= 2; suites = suites[2..])
        {
            var suite = BinaryPrimitives.ReadUInt16BigEndian(suites);
            if (suite is (0xc02b or 0xc02c or 0xcca9 or 0xc009 or 0xc00a or 0xc023) && served.Contains(suite))
            {
                return true;
            }
        }

        return false;
    }
}

using System.Buffers.Binary;

namespace Proxy.Clusters.Balancing;

/// <summary>MurmurHash64A with the seed that GCC's standard library uses: what Envoy calls <c>MURMUR_HASH_2</c>.</summary>
internal static class Murmur2
{
    private const ulong Seed = 0xc70f6907;
    private const ulong Multiplier = 0xc6a4a7935bd1e995;

    public static ulong Hash(ReadOnlySpan<byte> data)
    {
        var hash = Seed ^ ((ulong)data.Length * Multiplier);
        for (; data.Length >= 8; data = data[8..])
        {
            hash = (hash ^ (Mix(BinaryPrimitives.ReadUInt64LittleEndian(data) * Multiplier) * Multiplier)) * Multiplier;
        }

        if (!data.IsEmpty)
        {
            var rest = 0UL;
            for (var i = data.Length - 1; i >= 0; i--)
            {
                rest = (rest << 8) | data[i];
            }

            hash = (hash ^ rest) * Multiplier;
        }

        return Mix(Mix(hash) * Multiplier);
    }

    private static ulong Mix(ulong value) => value ^ (value >> 47);
}

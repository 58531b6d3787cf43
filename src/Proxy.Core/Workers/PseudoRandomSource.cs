using System.Buffers.Binary;
using System.Numerics;

namespace Proxy.Workers;

/// <summary>xoshiro256**: fast and well spread, for balancing, sampling and ids; not for secrets.</summary>
/// <remarks>The algorithm is public domain (Blackman and Vigna, 2018). The same seed gives the same sequence.</remarks>
internal sealed class PseudoRandomSource : IRandomSource
{
    private ulong _a;
    private ulong _b;
    private ulong _c;
    private ulong _d;

    /// <summary>Seeds the generator; workers get seeds that differ.</summary>
    public PseudoRandomSource(ulong seed)
    {
        _a = Expand(ref seed);
        _b = Expand(ref seed);
        _c = Expand(ref seed);
        _d = Expand(ref seed);
    }

    /// <inheritdoc />
    public ulong Next()
    {
        var result = BitOperations.RotateLeft(_b * 5, 7) * 9;
        var shifted = _b << 17;
        _c ^= _a;
        _d ^= _b;
        _b ^= _c;
        _a ^= _d;
        _c ^= shifted;
        _d = BitOperations.RotateLeft(_d, 45);
        return result;
    }

    /// <inheritdoc />
    public void Fill(Span<byte> destination)
    {
        Span<byte> last = stackalloc byte[sizeof(ulong)];
        while (destination.Length >= sizeof(ulong))
        {
            BinaryPrimitives.WriteUInt64LittleEndian(destination, Next());
            destination = destination[sizeof(ulong)..];
        }

        BinaryPrimitives.WriteUInt64LittleEndian(last, Next());
        last[..destination.Length].CopyTo(destination);
    }

    // splitmix64, the seeding that the authors recommend.
    private static ulong Expand(ref ulong seed)
    {
        seed += 0x9E3779B97F4A7C15;
        var z = seed;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}

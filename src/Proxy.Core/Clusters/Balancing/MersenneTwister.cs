namespace Proxy.Clusters.Balancing;

/// <summary>MT19937 (Matsumoto and Nishimura, 1998): the same seed gives the same numbers on every machine, and the same as other proxies draw.</summary>
internal sealed class MersenneTwister
{
    private const int Size = 624;
    private const int Shift = 397;

    private readonly uint[] _state = new uint[Size];
    private int _index;

    public void Seed(uint seed)
    {
        _state[0] = seed;
        for (var i = 1; i < Size; i++)
        {
            _state[i] = (1812433253 * (_state[i - 1] ^ (_state[i - 1] >> 30))) + (uint)i;
        }

        _index = Size;
    }

    /// <summary>A number below <paramref name="bound"/>, each as likely as the others.</summary>
    public uint Next(uint bound)
    {
        var part = (1UL << 32) / bound;
        while (true)
        {
            var value = Next() / part;
            if (value < bound)
            {
                return (uint)value;
            }
        }
    }

    private uint Next()
    {
        if (_index == Size)
        {
            Twist();
        }

        var value = _state[_index++];
        value ^= value >> 11;
        value ^= (value << 7) & 0x9d2c5680;
        value ^= (value << 15) & 0xefc60000;
        return value ^ (value >> 18);
    }

    private void Twist()
    {
        for (var i = 0; i < Size; i++)
        {
            var joined = (_state[i] & 0x80000000) | (_state[(i + 1) % Size] & 0x7fffffff);
            _state[i] = _state[(i + Shift) % Size] ^ (joined >> 1) ^ ((joined & 1) * 0x9908b0df);
        }

        _index = 0;
    }
}

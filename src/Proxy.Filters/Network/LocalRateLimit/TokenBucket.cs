using Proxy.Configuration.Filters;

namespace Proxy.Filters.Network.LocalRateLimit;

/// <summary>Tokens that several workers take: full at first, filled evenly. One number, the time at which it was empty last, tells how many there are.</summary>
internal sealed class TokenBucket
{
    private readonly double _perToken; // µs
    private readonly double _depth; // µs from empty to full
    private long _emptyAt; // µs, the bits of a double

    public TokenBucket(TokenBucketConfig config)
    {
        _perToken = config.FillInterval.TotalMicroseconds / config.TokensPerFill;
        _depth = _perToken * config.MaxTokens;
        _emptyAt = BitConverter.DoubleToInt64Bits(double.NegativeInfinity);
    }

    /// <summary>Takes a token if there is one. From any worker.</summary>
    /// <param name="nowMicroseconds">The worker's monotonic time.</param>
    public bool TryTake(long nowMicroseconds)
    {
        while (true)
        {
            var before = Volatile.Read(ref _emptyAt);
            var after = Math.Max(BitConverter.Int64BitsToDouble(before), nowMicroseconds - _depth) + _perToken;
            if (after > nowMicroseconds)
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref _emptyAt, BitConverter.DoubleToInt64Bits(after), before) == before)
            {
                return true;
            }
        }
    }
}

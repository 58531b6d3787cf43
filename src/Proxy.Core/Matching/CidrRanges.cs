using System.Net;
using Proxy.Configuration;

namespace Proxy.Matching;

/// <summary>Sets of IP prefixes.</summary>
internal static class CidrRanges
{
    /// <summary>True when one of <paramref name="ranges"/> has <paramref name="address"/>.</summary>
    public static bool Contain(ReadOnlySpan<CidrRange> ranges, IPAddress address)
    {
        foreach (var range in ranges)
        {
            if (range.Contains(address))
            {
                return true;
            }
        }

        return false;
    }
}

using System.Net;

namespace Proxy.Configuration;

/// <summary>An IP prefix (Envoy <c>core.v3.CidrRange</c>).</summary>
public readonly record struct CidrRange(IPAddress Address, int PrefixLength)
{
    /// <summary>True when <paramref name="address"/> lies in the range; families never mix, but IPv4 in IPv6 counts as IPv4.</summary>
    public bool Contains(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        if (address.AddressFamily != Address.AddressFamily)
        {
            return false;
        }

        Span<byte> mine = stackalloc byte[16];
        Span<byte> theirs = stackalloc byte[16];
        Address.TryWriteBytes(mine, out _);
        address.TryWriteBytes(theirs, out _);
        var whole = PrefixLength / 8;
        var rest = PrefixLength % 8;
        return mine[..whole].SequenceEqual(theirs[..whole])
            && (rest == 0 || ((mine[whole] ^ theirs[whole]) & (0xFF00 >> rest) & 0xFF) == 0);
    }
}

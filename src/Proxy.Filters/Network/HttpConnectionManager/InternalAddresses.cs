using System.Net;
using System.Net.Sockets;
using Proxy.Configuration;

namespace Proxy.Filters.Network.HttpConnectionManager;

/// <summary>Which clients count as internal (<c>internal_address_config</c>): none unless configured.</summary>
internal sealed class InternalAddresses
{
    private readonly CidrRange[] _ranges;
    private readonly bool _unixSockets;

    public InternalAddresses(IEnumerable<CidrRange> ranges, bool unixSockets)
    {
        _ranges = [.. ranges];
        _unixSockets = unixSockets;
    }

    public bool Contains(EndPoint address)
    {
        if (address is not IPEndPoint ip)
        {
            return _unixSockets && address is UnixDomainSocketEndPoint;
        }

        foreach (ref readonly var range in _ranges.AsSpan())
        {
            if (range.Contains(ip.Address))
            {
                return true;
            }
        }

        return false;
    }
}

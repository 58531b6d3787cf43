using System.IO.Hashing;
using System.Net;

namespace Proxy.Routing.Hashing;

/// <summary>Hashes the client's address as text, without its port.</summary>
internal sealed class SourceIpHash : HashPart
{
    private const int MaxLength = 64; // an IPv6 address with its zone

    public override ulong? Compute(in HashInput input)
    {
        if ((input.Info?.Remote ?? input.Downstream?.RemoteEndPoint) is not IPEndPoint { Address: var address })
        {
            return null;
        }

        Span<byte> text = stackalloc byte[MaxLength];
        address.TryFormat(text, out var length);
        return XxHash64.HashToUInt64(text[..length]);
    }
}

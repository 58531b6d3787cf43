using Proxy.Listeners.ProxyProtocol;

namespace Proxy.Fuzz.Targets;

/// <summary>The parser of the PROXY protocol: whatever comes, it decides once, the same however the bytes are cut, and never claims more than there are.</summary>
internal static class ProxyProtocolTarget
{
    private const int MostBytes = 2048;

    public static void Run(byte[] input)
    {
        var data = input.AsSpan(0, Math.Min(input.Length, MostBytes));
        var status = ProxyProtocolParser.TryRead(data, out var header);
        if (header.Length > data.Length || header.TlvLength > header.Length)
        {
            throw new FuzzException("the header is longer than what came");
        }

        for (var length = 0; length < data.Length; length++)
        {
            var early = ProxyProtocolParser.TryRead(data[..length], out var seen);
            if (early != ProxyProtocolStatus.NeedMoreData)
            {
                FuzzException.ThrowUnlessEqual($"{early} {seen}", $"{status} {header}", $"decided otherwise after {length} bytes");
                return;
            }
        }
    }
}

using System.Text;
using Proxy.Tls.Hello;

namespace Proxy.Fuzz.Targets;

/// <summary>The parser of client hellos: whatever comes, it decides once, the same however the bytes are cut, and the fingerprints of what it finds can be made.</summary>
internal static class ClientHelloTarget
{
    private const int MostBytes = 4096;

    public static void Run(byte[] input)
    {
        var data = input.AsSpan(0, Math.Min(input.Length, MostBytes));
        var found = new StringBuilder();
        var status = ClientHelloReader.TryRead(data, MostBytes, Describe, found);
        for (var length = 0; length < data.Length; length++)
        {
            var seen = new StringBuilder();
            var early = ClientHelloReader.TryRead(data[..length], MostBytes, Describe, seen);
            if (early != ClientHelloStatus.NeedMoreData)
            {
                FuzzException.ThrowUnlessEqual($"{early} {seen}", $"{status} {found}", $"decided otherwise after {length} bytes");
                return;
            }
        }
    }

    private static bool Describe(in ClientHello hello, StringBuilder text)
    {
        if (!hello.TryGetServerName(out var name) || !hello.TryGetProtocols(out var protocols))
        {
            return false;
        }

        text.Append(Convert.ToHexString(name)).Append(' ').Append(Convert.ToHexString(protocols)).Append(' ')
            .Append(HelloFingerprint.Ja3(hello)).Append(' ').Append(HelloFingerprint.Ja4(hello));
        return true;
    }
}

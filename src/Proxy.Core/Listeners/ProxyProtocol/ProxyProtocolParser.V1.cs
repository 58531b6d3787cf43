using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Proxy.Listeners.ProxyProtocol;

/// <summary>Version 1: a line of text, <c>PROXY TCP4 source destination port port CR LF</c>.</summary>
internal static partial class ProxyProtocolParser
{
    /// <summary>Longest line, with its end.</summary>
    public const int MaxLengthV1 = 107;

    private const int MaxParts = 7; // one more than a line has, so that too many shows

    private static readonly SearchValues<char> PlainV6 = SearchValues.Create("0123456789abcdefABCDEF:.");

    private static ProxyProtocolStatus TryReadV1(ReadOnlySpan<byte> data, out ProxyProtocolHeader header)
    {
        var end = data[..Math.Min(data.Length, MaxLengthV1)].IndexOf("\r\n"u8);
        if (end < 0)
        {
            // A line that does not end is counted like one that never began, as Envoy does.
            return data.Length < MaxLengthV1 ? NeedMore(1, out header) : Malformed(0, out header);
        }

        var line = data[..end].TrimEnd(" \t"u8);
        var length = end + 2;
        Span<Range> parts = stackalloc Range[MaxParts];
        var count = Split(line, parts);
        if (count >= 2 && line[parts[1]].SequenceEqual("UNKNOWN"u8))
        {
            header = new ProxyProtocolHeader { Version = 1, Length = length };
            return ProxyProtocolStatus.Found;
        }

        if (count == 6
            && FamilyOf(line[parts[1]]) is { } family
            && TryParse(line[parts[2]], line[parts[4]], family, out var source)
            && TryParse(line[parts[3]], line[parts[5]], family, out var destination))
        {
            return Complete(1, length, 0, source, destination, out header);
        }

        return Malformed(1, out header);
    }

    private static int Split(ReadOnlySpan<byte> line, Span<Range> parts)
    {
        var count = 0;
        foreach (var part in line.Split((byte)' '))
        {
            parts[count++] = part;
            if (count == parts.Length)
            {
                break;
            }
        }

        return count;
    }

    private static AddressFamily? FamilyOf(ReadOnlySpan<byte> name)
    {
        return name.SequenceEqual("TCP4"u8) ? AddressFamily.InterNetwork : name.SequenceEqual("TCP6"u8) ? AddressFamily.InterNetworkV6 : null;
    }

    private static bool TryParse(ReadOnlySpan<byte> host, ReadOnlySpan<byte> port, AddressFamily family, out IPEndPoint endPoint)
    {
        endPoint = null!;
        if (!ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || port.Length > 5)
        {
            return false;
        }

        var text = Encoding.Latin1.GetString(host);
        if (!IPAddress.TryParse(text, out var address) || address.AddressFamily != family || !IsPlain(text, address))
        {
            return false;
        }

        endPoint = new IPEndPoint(address, number);
        return true;
    }

    // Only the usual forms: no octal or shortened IPv4 addresses, no zones, brackets or prefix lengths.
    private static bool IsPlain(string text, IPAddress address)
    {
        return address.AddressFamily == AddressFamily.InterNetwork
            ? string.Equals(address.ToString(), text, StringComparison.Ordinal)
            : !text.AsSpan().ContainsAnyExcept(PlainV6);
    }
}

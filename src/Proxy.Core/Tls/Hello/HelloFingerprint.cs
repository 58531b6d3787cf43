using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Proxy.Tls.Hello;

/// <summary>Fingerprints of client hellos: what they offer tells which software sent them.</summary>
internal static class HelloFingerprint
{
    private const int MaxCount = 99;

    /// <summary>JA3: the MD5 of version, suites, extensions, groups and point formats.</summary>
    public static string Ja3(in ClientHello hello)
    {
        var text = new StringBuilder();
        text.Append(hello.Version).Append(',')
            .AppendJoin('-', Values(hello.Suites)).Append(',')
            .AppendJoin('-', Types(hello)).Append(',')
            .AppendJoin('-', Values(hello.Numbers(ClientHello.GroupsExtension))).Append(',')
            .AppendJoin('-', hello.Numbers(ClientHello.PointFormatsExtension, shortLength: true).ToArray());
#pragma warning disable CA5351 // the fingerprint is defined by it
        return Convert.ToHexStringLower(MD5.HashData(Encoding.ASCII.GetBytes(text.ToString())));
#pragma warning restore CA5351
    }

    /// <summary>JA4: version, what is there and how much of it, and hashes of suites and extensions in order.</summary>
    public static string Ja4(in ClientHello hello)
    {
        var suites = Values(hello.Suites);
        var types = Types(hello);
        var algorithms = Values(hello.Numbers(ClientHello.SignatureAlgorithmsExtension), keepsGrease: true);
        var hashed = types.Where(static type => type is not (ClientHello.ServerNameExtension or ClientHello.ProtocolsExtension)).Order();
        var extensions = Join(hashed) + (algorithms.Count > 0 ? "_" + Join(algorithms) : "");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"t{VersionOf(hello)}{(hello.TryGet(ClientHello.ServerNameExtension, out _) ? 'd' : 'i')}{Math.Min(MaxCount, suites.Count):00}{Math.Min(MaxCount, types.Count):00}{ProtocolOf(hello)}_{Hash(Join(suites.Order()))}_{(types.Count == 0 ? Hash("") : Hash(extensions))}");
    }

    // Values that clients make up to keep servers from relying on what they know (RFC 8701).
    private static bool IsGrease(ushort value) => (value & 0x0f0f) == 0x0a0a && value >> 8 == (value & 0xff);

    private static List<ushort> Values(ReadOnlySpan<byte> numbers, bool keepsGrease = false)
    {
        var values = new List<ushort>();
        for (; numbers.Length >= 2; numbers = numbers[2..])
        {
            var value = BinaryPrimitives.ReadUInt16BigEndian(numbers);
            if (keepsGrease || !IsGrease(value))
            {
                values.Add(value);
            }
        }

        return values;
    }

    private static List<ushort> Types(in ClientHello hello)
    {
        var types = new List<ushort>();
        var rest = hello.Extensions;
        while (ClientHello.NextExtension(ref rest, out var type, out _))
        {
            if (!IsGrease(type))
            {
                types.Add(type);
            }
        }

        return types;
    }

    private static string VersionOf(in ClientHello hello)
    {
        var offered = Values(hello.Numbers(ClientHello.VersionsExtension, shortLength: true));
        return (offered.Count > 0 ? offered.Max() : hello.Version) switch
        {
            0x0304 => "13",
            0x0303 => "12",
            0x0302 => "11",
            0x0301 => "10",
            0x0300 => "s3",
            _ => "00",
        };
    }

    private static string ProtocolOf(in ClientHello hello)
    {
        if (!hello.TryGetProtocols(out var list) || !ClientHello.TakeShort(ref list, out var first))
        {
            return "00";
        }

        var (begin, end) = ((char)first[0], (char)first[^1]);
        return char.IsAsciiLetterOrDigit(begin) && char.IsAsciiLetterOrDigit(end)
            ? $"{begin}{end}"
            : $"{Convert.ToHexStringLower(first[..1])[0]}{Convert.ToHexStringLower(first[^1..])[1]}";
    }

    private static string Join(IEnumerable<ushort> values) => string.Join(',', values.Select(static value => value.ToString("x4", CultureInfo.InvariantCulture)));

    private static string Hash(string text) => text.Length == 0 ? "000000000000" : Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(text)))[..12];
}

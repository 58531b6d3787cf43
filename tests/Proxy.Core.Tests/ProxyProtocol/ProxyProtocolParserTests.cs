using System.Net;
using System.Text;
using Proxy.Listeners.ProxyProtocol;
using static Proxy.Core.Tests.ProxyProtocol.ProxyProtocolBytes;

namespace Proxy.Core.Tests.ProxyProtocol;

public sealed class ProxyProtocolParserTests
{
    private static IEnumerable<TestCaseData> Whole()
    {
        yield return Case("v1 TCP4", Encoding.Latin1.GetBytes("PROXY TCP4 192.0.2.10 198.51.100.20 40000 8080\r\n"), 1, "192.0.2.10:40000", "198.51.100.20:8080");
        yield return Case("v1 TCP6", Encoding.Latin1.GetBytes("PROXY TCP6 2001:db8::1 2001:DB8::2 1 65535\r\n"), 1, "[2001:db8::1]:1", "[2001:db8::2]:65535");
        yield return Case("v1 mapped", Encoding.Latin1.GetBytes("PROXY TCP6 ::ffff:192.0.2.1 2001:db8::2 0 2\r\n"), 1, "[::ffff:192.0.2.1]:0", "[2001:db8::2]:2");
        yield return Case("v1 UNKNOWN", Encoding.Latin1.GetBytes("PROXY UNKNOWN\r\n"), 1, null, null);
        yield return Case("v1 UNKNOWN with rest", Encoding.Latin1.GetBytes("PROXY UNKNOWN ff::1 whatever 1 2\r\n"), 1, null, null);
        yield return Case("v1 longest", Encoding.Latin1.GetBytes("PROXY UNKNOWN " + new string('x', 91) + "\r\n"), 1, null, null);
        yield return Case("v2 IPv4", V2("192.0.2.10:40000", "198.51.100.20:8080"), 2, "192.0.2.10:40000", "198.51.100.20:8080");
        yield return Case("v2 IPv6", V2("[2001:db8::1]:1", "[2001:db8::2]:2"), 2, "[2001:db8::1]:1", "[2001:db8::2]:2");
        yield return Case("v2 datagram", V2("192.0.2.10:1", "198.51.100.20:2", family: 0x12), 2, "192.0.2.10:1", "198.51.100.20:2");
        yield return Case("v2 TLVs", V2("192.0.2.10:1", "198.51.100.20:2", tlvs: [(1, "h2"), (4, ""), (2, "a.test")]), 2, "192.0.2.10:1", "198.51.100.20:2");
        yield return Case("v2 LOCAL", V2Raw(0x20, 0x00, []), 2, null, null);
        yield return Case("v2 LOCAL with rest", V2Raw(0x20, 0x11, [1, 2, 3, 4, 5]), 2, null, null);
    }

    [TestCaseSource(nameof(Whole))]
    public void TryRead_WholeOrSplitAnywhere_ReadsTheSame(byte[] header, int version, string? source, string? destination)
    {
        byte[] data = [.. header, .. "GET / HTTP/1.1\r\n"u8];
        for (var length = 0; length < header.Length; length++)
        {
            ProxyProtocolParser.TryRead(data.AsSpan(0, length), out _).Should().Be(ProxyProtocolStatus.NeedMoreData, "{0} bytes are not enough", length);
        }

        for (var length = header.Length; length <= data.Length; length++)
        {
            ProxyProtocolParser.TryRead(data.AsSpan(0, length), out var read).Should().Be(ProxyProtocolStatus.Found);
            read.Version.Should().Be(version);
            read.Length.Should().Be(header.Length);
            read.Source.Should().Be(source is null ? null : IPEndPoint.Parse(source));
            read.Destination.Should().Be(destination is null ? null : IPEndPoint.Parse(destination));
        }
    }

    [TestCase("PROXY\r\n", 0)]
    [TestCase("PROXY \r\n", 1)]
    [TestCase("PROXY TCP4\r\n", 1)]
    [TestCase("PROXY TCP4 192.0.2.1 192.0.2.2 1\r\n", 1)]
    [TestCase("PROXY TCP4 192.0.2.1 192.0.2.2 1 2 3\r\n", 1)]
    [TestCase("PROXY TCP4  192.0.2.1 192.0.2.2 1 2\r\n", 1)]
    [TestCase("PROXY TCP4 192.0.2.1 192.0.2.2 1 65536\r\n", 1)]
    [TestCase("PROXY TCP4 192.0.2.1 192.0.2.2 1 -2\r\n", 1)]
    [TestCase("PROXY TCP4 192.0.2.1 192.0.2.2 1 +2\r\n", 1)]
    [TestCase("PROXY TCP4 192.0.2.1 192.0.2.2 000001 2\r\n", 1)]
    [TestCase("PROXY TCP4 192.0.2.01 192.0.2.2 1 2\r\n", 1)]
    [TestCase("PROXY TCP4 192.0.2 192.0.2.2 1 2\r\n", 1)]
    [TestCase("PROXY TCP4 0x7f.0.0.1 192.0.2.2 1 2\r\n", 1)]
    [TestCase("PROXY TCP4 2001:db8::1 2001:db8::2 1 2\r\n", 1)]
    [TestCase("PROXY TCP6 192.0.2.1 192.0.2.2 1 2\r\n", 1)]
    [TestCase("PROXY TCP6 [2001:db8::1] 2001:db8::2 1 2\r\n", 1)]
    [TestCase("PROXY TCP6 fe80::1%1 2001:db8::2 1 2\r\n", 1)]
    [TestCase("PROXY TCP4 0.0.0.0 192.0.2.2 1 2\r\n", 1)]
    [TestCase("PROXY TCP4 255.255.255.255 192.0.2.2 1 2\r\n", 1)]
    [TestCase("PROXY TCP4 192.0.2.1 224.0.0.1 1 2\r\n", 1)]
    [TestCase("PROXY TCP6 ff02::1 2001:db8::2 1 2\r\n", 1)]
    [TestCase("PROXY TCP6 :: 2001:db8::2 1 2\r\n", 1)]
    [TestCase("PROXY UDP4 192.0.2.1 192.0.2.2 1 2\r\n", 1)]
    [TestCase("PROXY tcp4 192.0.2.1 192.0.2.2 1 2\r\n", 1)]
    [TestCase("PROXY unknown\r\n", 1)]
    public void TryRead_BadLine_IsRefused(string line, int version)
    {
        var status = ProxyProtocolParser.TryRead(Encoding.Latin1.GetBytes(line), out var header);

        status.Should().Be(version == 0 ? ProxyProtocolStatus.NotFound : ProxyProtocolStatus.Malformed);
        header.Version.Should().Be(version);
    }

    [Test]
    public void TryRead_LineTooLong_IsRefusedWithoutWaitingForItsEnd()
    {
        var line = Encoding.Latin1.GetBytes("PROXY UNKNOWN " + new string('x', 200));

        ProxyProtocolParser.TryRead(line.AsSpan(0, 106), out _).Should().Be(ProxyProtocolStatus.NeedMoreData);
        ProxyProtocolParser.TryRead(line.AsSpan(0, 107), out _).Should().Be(ProxyProtocolStatus.Malformed);
    }

    private static IEnumerable<TestCaseData> BadBinary()
    {
        yield return new TestCaseData(V2Raw(0x31, 0x11, new byte[12])).SetArgDisplayNames("version 3");
        yield return new TestCaseData(V2Raw(0x22, 0x11, new byte[12])).SetArgDisplayNames("command 2");
        yield return new TestCaseData(V2Raw(0x25, 0x11, new byte[12])).SetArgDisplayNames("command 5");
        yield return new TestCaseData(V2Raw(0x21, 0x00, [])).SetArgDisplayNames("unspecified family");
        yield return new TestCaseData(V2Raw(0x21, 0x31, new byte[216])).SetArgDisplayNames("Unix socket");
        yield return new TestCaseData(V2Raw(0x21, 0x10, [192, 0, 2, 1, 192, 0, 2, 2, 0, 1, 0, 2])).SetArgDisplayNames("unspecified transport");
        yield return new TestCaseData(V2Raw(0x21, 0x13, [192, 0, 2, 1, 192, 0, 2, 2, 0, 1, 0, 2])).SetArgDisplayNames("transport 3");
        yield return new TestCaseData(V2Raw(0x21, 0x11, new byte[11])).SetArgDisplayNames("IPv4 too short");
        yield return new TestCaseData(V2Raw(0x21, 0x21, new byte[35])).SetArgDisplayNames("IPv6 too short");
        yield return new TestCaseData(V2Raw(0x21, 0x11, new byte[12])).SetArgDisplayNames("no address");
        yield return new TestCaseData(V2Raw(0x21, 0x11, [224, 0, 0, 1, 192, 0, 2, 2, 0, 1, 0, 2])).SetArgDisplayNames("multicast");
        yield return new TestCaseData(V2Raw(0x21, 0x11, [192, 0, 2, 1, 192, 0, 2, 2, 0, 1, 0, 2, 1])).SetArgDisplayNames("TLV without length");
        yield return new TestCaseData(V2Raw(0x21, 0x11, [192, 0, 2, 1, 192, 0, 2, 2, 0, 1, 0, 2, 1, 0, 2, 9])).SetArgDisplayNames("TLV too short");
    }

    [TestCaseSource(nameof(BadBinary))]
    public void TryRead_BadBinaryHeader_IsRefused(byte[] header)
    {
        ProxyProtocolParser.TryRead(header, out var read).Should().Be(ProxyProtocolStatus.Malformed);
        read.Version.Should().Be(2);
    }

    [TestCase("GET / HTTP/1.1\r\n\r\n")]
    [TestCase("P ")]
    [TestCase("PROXI TCP4")]
    [TestCase("\r\n\r\n\0\r\nQUIx")]
    [TestCase("\u0016\u0003\u0001")]
    public void TryRead_SomethingElse_IsNotFound(string text)
    {
        ProxyProtocolParser.TryRead(Encoding.Latin1.GetBytes(text), out _).Should().Be(ProxyProtocolStatus.NotFound);
    }

    [Test]
    public void NextTlv_GivesThemInOrder()
    {
        var header = V2("192.0.2.10:1", "198.51.100.20:2", tlvs: [(1, "h2"), (4, ""), (2, "a.test")]);
        ProxyProtocolParser.TryRead(header, out var read);

        ReadOnlySpan<byte> tlvs = header.AsSpan(read.Length - read.TlvLength);
        var found = new List<(int, string)>();
        while (ProxyProtocolParser.NextTlv(ref tlvs, out var type, out var value))
        {
            found.Add((type, Encoding.Latin1.GetString(value)));
        }

        found.Should().Equal((1, "h2"), (4, ""), (2, "a.test"));
    }

    [Test]
    public void TryRead_RandomBytesBehindASignature_NeverThrowsNorReadsTooFar()
    {
        var random = new Random(4711);
        byte[][] starts = ["PROXY "u8.ToArray(), "PROXY TCP4 1.2.3.4"u8.ToArray(), V2("192.0.2.10:1", "198.51.100.20:2", tlvs: [(1, "h2")]), []];
        for (var i = 0; i < 20_000; i++)
        {
            var data = starts[i % starts.Length].Concat(RandomBytes(random)).ToArray();
            for (var flips = random.Next(3); flips > 0 && data.Length > 12; flips--)
            {
                data[12 + random.Next(data.Length - 12)] = (byte)random.Next(256);
            }

            if (ProxyProtocolParser.TryRead(data, out var header) == ProxyProtocolStatus.Found)
            {
                header.Length.Should().BeInRange(1, data.Length);
                header.TlvLength.Should().BeInRange(0, header.Length);
            }
        }

        static byte[] RandomBytes(Random random)
        {
            var bytes = new byte[random.Next(64)];
            random.NextBytes(bytes);
            return bytes;
        }
    }

    private static TestCaseData Case(string name, byte[] header, int version, string? source, string? destination)
    {
        return new TestCaseData(header, version, source, destination).SetArgDisplayNames(name);
    }
}

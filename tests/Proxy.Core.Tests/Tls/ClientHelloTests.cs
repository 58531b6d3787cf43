using System.Security.Cryptography;
using System.Text;
using Proxy.Tls.Hello;
using static Proxy.Core.Tests.Tls.HelloBytes;

namespace Proxy.Core.Tests.Tls;

[TestFixture]
public sealed class ClientHelloTests
{
    [Test]
    public void Hello_WithNameAndProtocols_IsRead()
    {
        Read(Record(Message(null, ServerName("a.test"), Protocols("h2", "http/1.1")))).Should().Be((ClientHelloStatus.Found, "a.test h2 http/1.1"));
    }

    [Test]
    public void Hello_CutAnywhere_NeedsMoreUntilItIsWhole()
    {
        var bytes = Record(Message(null, ServerName("a.test")));

        for (var length = 0; length < bytes.Length; length++)
        {
            Read(bytes[..length]).Status.Should().Be(ClientHelloStatus.NeedMoreData);
        }

        Read([.. bytes, 1, 2, 3]).Status.Should().Be(ClientHelloStatus.Found);
    }

    [TestCase(1)]
    [TestCase(3)]
    [TestCase(50)]
    public void Hello_InManyRecords_IsRead(int piece)
    {
        var records = Message(null, ServerName("a.test")).Chunk(piece).SelectMany(static part => Record(part)).ToArray();

        Read(records).Should().Be((ClientHelloStatus.Found, "a.test "));
    }

    [Test]
    public void Hello_LongerThanAllowed_IsTooLarge()
    {
        var bytes = Record(Message(null, Extension(21, new byte[600])));

        Read(bytes, maxLength: 500).Status.Should().Be(ClientHelloStatus.TooLarge);
        Read(bytes[..10], maxLength: 500).Status.Should().Be(ClientHelloStatus.TooLarge);
    }

    [TestCase("GET / HTTP/1.1\r\n")]
    [TestCase("\x16\x03\x01\0\0")] // an empty record
    [TestCase("\x16\x03\x01\0\x04\x02\0\0\0")] // a server hello
    [TestCase("\x16\x02\0\0\x04\x01\0\0\0")] // SSL 2
    [TestCase("\x16\x03\x01\0\x04\x01\0\0\0")] // an empty hello
    public void AnythingElse_IsNotFound(string bytes)
    {
        Read(Encoding.Latin1.GetBytes(bytes)).Status.Should().Be(ClientHelloStatus.NotFound);
    }

    [Test]
    public void Name_Broken_MakesTheHelloBroken()
    {
        Read(Record(Message(null, Extension(0, 0, 4, 0, 0, 9, 97)))).Status.Should().Be(ClientHelloStatus.NotFound);
        Read(Record(Message(null, ServerName("a\0b")))).Status.Should().Be(ClientHelloStatus.NotFound);
        Read(Record(Message(null, Extension(16, 0, 2, 5, 97)))).Status.Should().Be(ClientHelloStatus.NotFound);
    }

    [Test]
    public void Fingerprints_LeaveOutWhatClientsMakeUp()
    {
        byte[][] extensions =
        [
            Extension(0x0a0a), ServerName("a.test"), Extension(10, 0, 4, 0x1a, 0x1a, 0, 29), Extension(11, 1, 0), Protocols("h2"),
            Extension(13, 0, 4, 4, 3, 8, 4), Extension(43, 4, 0x2a, 0x2a, 3, 4),
        ];
        var (ja3, ja4) = Fingerprints(Record(Message([0x3a, 0x3a, 0x13, 0x02, 0x13, 0x01], extensions)));

        ja3.Should().Be("e593b07e57bba275743250285fe9664e"); // md5 of 771,4866-4865,0-10-11-16-13-43,29,0
        ja4.Should().Be($"t13d0206h2_{Hash("1301,1302")}_{Hash("000a,000b,000d,002b_0403,0804")}");
    }

    [Test]
    public void Fingerprint_WithoutExtensions_SaysSo()
    {
        Fingerprints(Record(Message())).Ja4.Should().Be($"t12i020000_{Hash("1301,c02b")}_000000000000");
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(text)))[..12];

    private static (string Ja3, string Ja4) Fingerprints(byte[] bytes)
    {
        var found = new string[2];
        ClientHelloReader.TryRead(bytes, 4096, static (in ClientHello hello, string[] found) =>
        {
            (found[0], found[1]) = (HelloFingerprint.Ja3(hello), HelloFingerprint.Ja4(hello));
            return true;
        }, found).Should().Be(ClientHelloStatus.Found);
        return (found[0], found[1]);
    }

    private static (ClientHelloStatus Status, string Seen) Read(byte[] bytes, int maxLength = 4096)
    {
        var seen = new StringBuilder();
        var status = ClientHelloReader.TryRead(bytes, maxLength, static (in ClientHello hello, StringBuilder seen) =>
        {
            if (!hello.TryGetServerName(out var name) || !hello.TryGetProtocols(out var protocols))
            {
                return false;
            }

            var list = new List<string>();
            while (ClientHello.TakeShort(ref protocols, out var protocol))
            {
                list.Add(Encoding.ASCII.GetString(protocol));
            }

            seen.Append(Encoding.ASCII.GetString(name)).Append(' ').AppendJoin(' ', list);
            return true;
        }, seen);
        return (status, seen.ToString());
    }
}

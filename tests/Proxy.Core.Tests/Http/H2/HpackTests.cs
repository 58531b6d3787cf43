using System.Text;
using Proxy.Http;
using Proxy.Http.H2.Hpack;

namespace Proxy.Core.Tests.Http.H2;

/// <summary>RFC 7541, with the examples of its appendix C.</summary>
public sealed class HpackTests
{
    [TestCase(10, 5, "0a")]
    [TestCase(1337, 5, "1f9a0a")]
    [TestCase(42, 8, "2a")]
    [TestCase(0, 7, "00")]
    [TestCase(127, 7, "7f00")]
    public void Integer_Examples_AreReadAndWritten(int value, int bits, string hex)
    {
        var buffer = new byte[HpackInteger.MaxBytes];
        var at = 0;
        HpackInteger.Write(buffer, ref at, bits, 0, value);
        Convert.ToHexStringLower(buffer.AsSpan(0, at)).Should().Be(hex);

        at = 0;
        HpackInteger.TryRead(Convert.FromHexString(hex), bits, ref at, out var read).Should().BeTrue();
        (read, at).Should().Be((value, hex.Length / 2));
    }

    [TestCase("", Description = "nothing")]
    [TestCase("7f", Description = "cut")]
    [TestCase("7f80", Description = "cut in the middle")]
    [TestCase("7fffffffff7f", Description = "beyond 31 bits")]
    [TestCase("7f808080808080808000", Description = "without end")]
    public void Integer_Faults_AreFound(string hex)
    {
        var at = 0;
        HpackInteger.TryRead(Convert.FromHexString(hex), 7, ref at, out _).Should().BeFalse();
    }

    [TestCase("www.example.com", "f1e3c2e5f23a6ba0ab90f4ff")]
    [TestCase("no-cache", "a8eb10649cbf")]
    [TestCase("302", "6402")]
    [TestCase("Mon, 21 Oct 2013 20:13:21 GMT", "d07abe941054d444a8200595040b8166e082a62d1bff")]
    [TestCase("", "")]
    public void Huffman_Examples_AreReadAndWritten(string text, string hex)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        var encoded = new byte[HuffmanCode.EncodedLength(bytes)];
        HuffmanCode.Encode(bytes, encoded);
        Convert.ToHexStringLower(encoded).Should().Be(hex);
        Decode(encoded).Should().Be(text);
    }

    [Test]
    public void Huffman_EveryByte_ComesBack()
    {
        var bytes = Enumerable.Range(0, 256).Select(static i => (byte)i).ToArray();
        var encoded = new byte[HuffmanCode.EncodedLength(bytes)];
        HuffmanCode.Encode(bytes, encoded);
        Decode(encoded).Should().Be(Encoding.Latin1.GetString(bytes));
    }

    [TestCase("00", Description = "'0' and padding of zeros")]
    [TestCase("ff", Description = "a byte of padding")]
    [TestCase("07ff", Description = "'0' and more than seven bits of padding")]
    [TestCase("ffffffff", Description = "the end-of-string word")]
    [TestCase("fffffffc", Description = "the end-of-string word, and padding")]
    public void Huffman_Faults_AreFound(string hex)
    {
        HuffmanCode.TryDecode(Convert.FromHexString(hex), new byte[16], out _).Should().BeFalse();
    }

    [TestCase(false, "828684410f7777772e6578616d706c652e636f6d", "828684be58086e6f2d6361636865", "828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565")]
    [TestCase(true, "828684418cf1e3c2e5f23a6ba0ab90f4ff", "828684be5886a8eb10649cbf", "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf")]
    public void Decoder_RequestExamples(bool huffman, params string[] blocks)
    {
        _ = huffman;
        var decoder = new HpackDecoder();
        var log = new FieldLog();
        string[] expected =
        [
            ":method: GET|:scheme: http|:path: /|:authority: www.example.com",
            ":method: GET|:scheme: http|:path: /|:authority: www.example.com|cache-control: no-cache",
            ":method: GET|:scheme: https|:path: /index.html|:authority: www.example.com|custom-key: custom-value",
        ];
        for (var i = 0; i < blocks.Length; i++)
        {
            decoder.TryDecode(Convert.FromHexString(blocks[i]), log).Should().BeTrue();
            log.Take().Should().Be(expected[i]);
        }
    }

    [Test]
    public void Decoder_ResponseExamplesWithEviction()
    {
        var decoder = new HpackDecoder();
        var log = new FieldLog();
        decoder.Limit(256);
        Decode(decoder, "3fe101" + "488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3", log).Should()
            .Be(":status: 302|cache-control: private|date: Mon, 21 Oct 2013 20:13:21 GMT|location: https://www.example.com");
        Decode(decoder, "4883640effc1c0bf", log).Should()
            .Be(":status: 307|cache-control: private|date: Mon, 21 Oct 2013 20:13:21 GMT|location: https://www.example.com");
        Decode(decoder, "88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007", log).Should()
            .Be(":status: 200|cache-control: private|date: Mon, 21 Oct 2013 20:13:22 GMT|location: https://www.example.com|content-encoding: gzip|set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1");
    }

    [TestCase("80", Description = "index 0")]
    [TestCase("be", Description = "index of an empty table")]
    [TestCase("7e0161", Description = "name of an empty table")]
    [TestCase("0003616263", Description = "no value")]
    [TestCase("000561", Description = "text cut")]
    [TestCase("3fe2ff03", Description = "table larger than allowed")]
    [TestCase("8220", Description = "table size behind a field")]
    [TestCase("3f", Description = "table size cut")]
    [TestCase("0081ff0161", Description = "padding only")]
    public void Decoder_Faults_AreFound(string hex)
    {
        new HpackDecoder().TryDecode(Convert.FromHexString(hex), new FieldLog()).Should().BeFalse();
    }

    [Test]
    public void Decoder_TableThatShrank_MustBeAnnounced()
    {
        var decoder = new HpackDecoder();
        decoder.Limit(256);
        decoder.TryDecode([0x82], new FieldLog()).Should().BeFalse("RFC 7541 section 4.2 wants an update first");

        decoder = new HpackDecoder();
        decoder.Limit(256);
        Decode(decoder, "3fe10182", new FieldLog()).Should().Be(":method: GET");
    }

    [Test]
    public void Decoder_FieldLargerThanTheTable_EmptiesIt()
    {
        var decoder = new HpackDecoder();
        var log = new FieldLog();
        Decode(decoder, "3e" + "4001610162", log).Should().Be("a: b", "the table has 30 bytes, and no room for any field");
        decoder.TryDecode([0xBE], log).Should().BeFalse();
    }

    [Test]
    public void Encoder_WhatItWrites_TheDecoderReads()
    {
        var random = new Random(7);
        var encoder = new HpackEncoder(4096, huffman: true);
        var decoder = new HpackDecoder();
        var log = new FieldLog();
        var names = new[] { "x-a", "accept", "cookie", "x-long-" + new string('n', 60), "content-length", "server", "date" };
        for (var round = 0; round < 500; round++)
        {
            if (round % 50 == 49)
            {
                var size = random.Next(0, 5000);
                encoder.Offer(size);
                encoder.Offer(random.Next(0, 2) * size);
            }

            var expected = new List<string>();
            encoder.Begin();
            for (var i = random.Next(1, 12); i > 0; i--)
            {
                var name = names[random.Next(names.Length)];
                var value = new string((char)random.Next(32, 255), random.Next(0, 40)) + random.Next(0, 5);
                Add(encoder, name, value);
                expected.Add($"{name}: {value}");
            }

            decoder.TryDecode(encoder.Written, log).Should().BeTrue();
            log.Take().Should().Be(string.Join('|', expected));
        }
    }

    [Test]
    public void Encoder_WhatComesAgain_IsOneByte()
    {
        var encoder = new HpackEncoder(4096, huffman: false);
        Encode(encoder, "x-a: some value").Should().StartWith("40");
        Encode(encoder, "x-a: some value").Should().Be("be");
        Encode(encoder, ":status: 200").Should().Be("88");
        Encode(encoder, ":method: GET").Should().Be("82");
    }

    [TestCase("authorization: secret", "1f08", Description = "never indexed")]
    [TestCase("cookie: a=1", "1f11", Description = "never indexed: short enough to be guessed")]
    [TestCase("content-length: 123456", "0f0d", Description = "not indexed: it will not come again")]
    public void Encoder_WhatMustNotBeIndexed_IsNot(string field, string start)
    {
        var encoder = new HpackEncoder(4096, huffman: false);
        Encode(encoder, field).Should().StartWith(start);
        Encode(encoder, field).Should().StartWith(start);
    }

    [Test]
    public void Encoder_WithoutTable_IndexesNothing()
    {
        var encoder = new HpackEncoder(0, huffman: false);
        Encode(encoder, "x-a: b").Should().StartWith("20");
        Encode(encoder, "x-a: b").Should().StartWith("40", "the peer would add it, and has no room");
    }

    private static string Encode(HpackEncoder encoder, string field)
    {
        encoder.Begin();
        var colon = field.IndexOf(':', 1);
        Add(encoder, field[..colon], field[(colon + 2)..]);
        return Convert.ToHexStringLower(encoder.Written);
    }

    private static void Add(HpackEncoder encoder, string name, string value)
    {
        var bytes = Encoding.Latin1.GetBytes(name);
        encoder.Add(KnownHeaders.Classify(bytes), bytes, Encoding.Latin1.GetBytes(value));
    }

    private static string Decode(HpackDecoder decoder, string hex, FieldLog log)
    {
        decoder.TryDecode(Convert.FromHexString(hex), log).Should().BeTrue();
        return log.Take();
    }

    private static string Decode(byte[] encoded)
    {
        var text = new byte[(encoded.Length * 8 / 5) + 1];
        HuffmanCode.TryDecode(encoded, text, out var written).Should().BeTrue();
        return Encoding.Latin1.GetString(text.AsSpan(0, written));
    }
}

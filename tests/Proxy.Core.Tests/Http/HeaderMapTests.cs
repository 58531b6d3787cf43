using System.Text;
using Proxy.Http;

namespace Proxy.Core.Tests.Http;

public sealed class HeaderMapTests
{
    private static readonly string[] Names = ["x-a", "X-B", "Host", "content-length", "cookie", "x-some-header-with-a-name-longer-than-sixty-four-bytes-so-that-it-takes-the-slow-path", ":path", "via"];

    [Test]
    public void Operations_AtRandom_BehaveAsOnAListOfPairs()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var map = new HeaderMap();
            var model = new List<(string Name, string Value)>();
            for (var step = 0; step < 60; step++)
            {
                Apply(random, map, model);
                Contents(map).Should().Equal(model, "seed {0}, step {1}", seed, step);
                map.Count.Should().Be(model.Count);
                map.ByteSize.Should().Be(model.Sum(static f => f.Name.Length + f.Value.Length));
                CheckLookups(map, model);
            }
        }
    }

    [Test]
    public void Append_ValueOfTheSameMap_IsCopiedBeforeTheMemoryMoves()
    {
        var map = new HeaderMap();
        map.Add("x-a"u8, Encoding.Latin1.GetBytes(new string('a', 900)));
        map.Add(KnownHeader.Via, "b"u8);
        map.Append(KnownHeader.Via, map.Get(KnownHeader.Via), ","u8);
        map.TryGet("x-a"u8, out var value);
        map.Append(KnownHeader.Via, value, ","u8);

        Encoding.Latin1.GetString(map.Get(KnownHeader.Via)).Should().Be("b,b," + new string('a', 900));
    }

    [Test]
    public void AddPseudo_BehindOtherHeaders_ComesBehindThePseudoHeadersOnly()
    {
        var map = new HeaderMap();
        map.Add(KnownHeader.Method, "GET"u8);
        map.Add("x-a"u8, "1"u8);
        map.Add(KnownHeader.Via, "2"u8);
        map.AddPseudo(KnownHeader.Authority, "h"u8);
        map.AddPseudo(KnownHeader.Scheme, "http"u8);

        Contents(map).Should().Equal((":method", "GET"), (":authority", "h"), (":scheme", "http"), ("x-a", "1"), ("via", "2"));
        Encoding.Latin1.GetString(map.Get(KnownHeader.Via)).Should().Be("2");
        map.Remove(KnownHeader.Via).Should().Be(1);
        Contents(map).Should().HaveCount(4);
    }

    [TestCase("a", "b", "a,b")]
    [TestCase("", "b", "b")]
    [TestCase("a", "", "a")]
    public void AddReceived_RepeatedKnownHeader_IsJoined(string first, string second, string joined)
    {
        var map = new HeaderMap();
        map.AddReceived("Via"u8, Encoding.Latin1.GetBytes(first));
        map.AddReceived("VIA"u8, Encoding.Latin1.GetBytes(second));

        Contents(map).Should().Equal(("via", joined));
    }

    [TestCase("cookie")]
    [TestCase("set-cookie")]
    [TestCase("x-unknown")]
    [TestCase("traceparent")]
    public void AddReceived_OtherRepeatedHeader_StaysApart(string name)
    {
        var map = new HeaderMap();
        map.AddReceived(Encoding.Latin1.GetBytes(name), "a"u8);
        map.AddReceived(Encoding.Latin1.GetBytes(name), "b"u8);

        Contents(map).Should().Equal((name, "a"), (name, "b"));
    }

    [Test]
    public void Clear_AfterAHugeMessage_GivesTheMemoryBack()
    {
        var map = new HeaderMap();
        for (var i = 0; i < 40_000; i++)
        {
            map.Add(KnownHeader.Cookie, "0123456789"u8);
        }

        map.Count.Should().Be(40_000);
        map.Remove(KnownHeader.Cookie).Should().Be(40_000);
        map.Contains(KnownHeader.Cookie).Should().BeFalse();
        map.Clear();
        map.Add(KnownHeader.Cookie, "a"u8);
        Contents(map).Should().Equal(("cookie", "a"));
    }

    [Test]
    public void Classify_EveryKnownName_FindsIt()
    {
        for (var i = 1; i < KnownHeaders.Count; i++)
        {
            KnownHeaders.Classify(KnownHeaders.NameOf((KnownHeader)i)).Should().Be((KnownHeader)i);
        }

        Enum.GetValues<KnownHeader>().Should().HaveCount(KnownHeaders.Count);
        KnownHeaders.Classify("x-envoy-nothing"u8).Should().Be(KnownHeader.None);
        KnownHeaders.Classify(default).Should().Be(KnownHeader.None);
    }

    private static void Apply(Random random, HeaderMap map, List<(string Name, string Value)> model)
    {
        var name = Names[random.Next(Names.Length)];
        var lower = name.ToLowerInvariant();
        var bytes = Encoding.Latin1.GetBytes(name);
        var value = new string((char)('a' + random.Next(26)), random.Next(random.Next(8) == 0 ? 700 : 12));
        var valueBytes = Encoding.Latin1.GetBytes(value);
        var first = model.FindIndex(f => f.Name == lower);
        switch (random.Next(8))
        {
            case 0 or 1 or 2:
                map.Add(bytes, valueBytes);
                model.Add((lower, value));
                break;
            case 3 or 4:
                map.Set(bytes, valueBytes);
                SetModel(model, lower, value, first);
                break;
            case 5:
                map.Remove(bytes).Should().Be(model.RemoveAll(f => f.Name == lower));
                break;
            case 6 when model.Count > 0:
                RemoveNth(map, model, random.Next(model.Count));
                break;
            default:
                AppendVia(map, model, value, valueBytes);
                break;
        }
    }

    private static void SetModel(List<(string Name, string Value)> model, string lower, string value, int first)
    {
        if (first < 0)
        {
            model.Add((lower, value));
            return;
        }

        model[first] = (lower, value);
        for (var i = model.Count - 1; i > first; i--)
        {
            if (model[i].Name == lower)
            {
                model.RemoveAt(i);
            }
        }
    }

    private static void RemoveNth(HeaderMap map, List<(string Name, string Value)> model, int index)
    {
        var at = 0;
        foreach (var field in map)
        {
            if (at++ == index)
            {
                map.RemoveAt(field.Index);
                map.RemoveAt(field.Index);
            }
        }

        model.RemoveAt(index);
    }

    private static void AppendVia(HeaderMap map, List<(string Name, string Value)> model, string value, byte[] valueBytes)
    {
        map.Append(KnownHeader.Via, valueBytes, ", "u8);
        var via = model.FindIndex(static f => f.Name == "via");
        if (via < 0)
        {
            model.Add(("via", value));
        }
        else
        {
            model[via] = ("via", model[via].Value + ", " + value);
        }
    }

    private static void CheckLookups(HeaderMap map, List<(string Name, string Value)> model)
    {
        foreach (var name in Names)
        {
            var lower = name.ToLowerInvariant();
            var first = model.FindIndex(f => f.Name == lower);
            map.TryGet(Encoding.Latin1.GetBytes(name), out var value).Should().Be(first >= 0);
            if (first >= 0)
            {
                Encoding.Latin1.GetString(value).Should().Be(model[first].Value);
            }
        }

        var copy = new HeaderMap();
        copy.CopyFrom(map);
        Contents(copy).Should().Equal(model);
    }

    private static List<(string Name, string Value)> Contents(HeaderMap map)
    {
        var fields = new List<(string, string)>();
        foreach (var field in map)
        {
            fields.Add((Encoding.Latin1.GetString(field.Name), Encoding.Latin1.GetString(field.Value)));
        }

        return fields;
    }
}

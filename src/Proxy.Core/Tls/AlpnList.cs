using System.Text;

namespace Proxy.Tls;

/// <summary>Protocol names as ALPN has them on the wire (RFC 7301): each with its length in front.</summary>
internal static class AlpnList
{
    public static byte[] Encode(IEnumerable<string> names)
    {
        var bytes = new List<byte>();
        foreach (var name in names)
        {
            bytes.Add((byte)name.Length);
            bytes.AddRange(Encoding.Latin1.GetBytes(name));
        }

        return [.. bytes];
    }

    /// <summary>Where in <paramref name="offered"/> the first of <paramref name="wanted"/> stands that is there; -1 for none.</summary>
    public static int Choose(ReadOnlySpan<byte> wanted, ReadOnlySpan<byte> offered, out int length)
    {
        length = 0;
        for (var want = 0; want < wanted.Length; want += 1 + wanted[want])
        {
            var name = wanted.Slice(want + 1, wanted[want]);
            for (var offer = 0; offer < offered.Length && offer + 1 + offered[offer] <= offered.Length; offer += 1 + offered[offer])
            {
                if (offered.Slice(offer + 1, offered[offer]).SequenceEqual(name))
                {
                    length = name.Length;
                    return offer + 1;
                }
            }
        }

        return -1;
    }
}

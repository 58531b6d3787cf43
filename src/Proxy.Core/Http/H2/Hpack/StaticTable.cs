namespace Proxy.Http.H2.Hpack;

/// <summary>The static table of HPACK (RFC 7541 appendix A).</summary>
internal static class StaticTable
{
    /// <summary>Entries; indexes are 1 to this.</summary>
    public const int Count = 61;

    private static readonly (byte[] Name, byte[] Value, KnownHeader Id)[] Entries = Build();
    private static readonly byte[] ByHeader = BuildByHeader();

    /// <summary>Name of an entry.</summary>
    public static ReadOnlySpan<byte> NameAt(int index) => Entries[index - 1].Name;

    /// <summary>Value of an entry; empty for most.</summary>
    public static ReadOnlySpan<byte> ValueAt(int index) => Entries[index - 1].Value;

    /// <summary>The known header of an entry, or none.</summary>
    public static KnownHeader HeaderAt(int index) => Entries[index - 1].Id;

    /// <summary>The first entry with that name; 0 when there is none.</summary>
    public static int Find(KnownHeader id) => ByHeader[(int)id];

    /// <summary>The first entry with that name; 0 when there is none.</summary>
    public static int Find(ReadOnlySpan<byte> name)
    {
        var known = KnownHeaders.Classify(name);
        return known != KnownHeader.None ? Find(known) : FindOther(name);
    }

    /// <summary>The entry with that name and value, from the name's first one on; 0 when there is none.</summary>
    public static int FindValue(int first, ReadOnlySpan<byte> value)
    {
        var name = NameAt(first);
        for (var index = first; index <= Count && NameAt(index).SequenceEqual(name); index++)
        {
            if (ValueAt(index).SequenceEqual(value))
            {
                return index;
            }
        }

        return 0;
    }

    private static int FindOther(ReadOnlySpan<byte> name)
    {
        for (var index = 1; index <= Count; index++)
        {
            if (Entries[index - 1].Id == KnownHeader.None && NameAt(index).SequenceEqual(name))
            {
                return index;
            }
        }

        return 0;
    }

    private static (byte[] Name, byte[] Value, KnownHeader Id)[] Build()
    {
        (string Name, string Value)[] texts =
        [
            (":authority", ""), (":method", "GET"), (":method", "POST"), (":path", "/"),
            (":path", "/index.html"), (":scheme", "http"), (":scheme", "https"), (":status", "200"),
            (":status", "204"), (":status", "206"), (":status", "304"), (":status", "400"),
            (":status", "404"), (":status", "500"), ("accept-charset", ""), ("accept-encoding", "gzip, deflate"),
            ("accept-language", ""), ("accept-ranges", ""), ("accept", ""), ("access-control-allow-origin", ""),
            ("age", ""), ("allow", ""), ("authorization", ""), ("cache-control", ""),
            ("content-disposition", ""), ("content-encoding", ""), ("content-language", ""), ("content-length", ""),
            ("content-location", ""), ("content-range", ""), ("content-type", ""), ("cookie", ""),
            ("date", ""), ("etag", ""), ("expect", ""), ("expires", ""),
            ("from", ""), ("host", ""), ("if-match", ""), ("if-modified-since", ""),
            ("if-none-match", ""), ("if-range", ""), ("if-unmodified-since", ""), ("last-modified", ""),
            ("link", ""), ("location", ""), ("max-forwards", ""), ("proxy-authenticate", ""),
            ("proxy-authorization", ""), ("range", ""), ("referer", ""), ("refresh", ""),
            ("retry-after", ""), ("server", ""), ("set-cookie", ""), ("strict-transport-security", ""),
            ("transfer-encoding", ""), ("user-agent", ""), ("vary", ""), ("via", ""),
            ("www-authenticate", ""),
        ];
        return [.. texts.Select(static text =>
        {
            var name = System.Text.Encoding.ASCII.GetBytes(text.Name);
            return (name, System.Text.Encoding.ASCII.GetBytes(text.Value), KnownHeaders.Classify(name));
        })];
    }

    private static byte[] BuildByHeader()
    {
        var table = new byte[KnownHeaders.Count];
        for (var index = Count; index >= 1; index--)
        {
            table[(int)HeaderAt(index)] = (byte)index;
        }

        table[(int)KnownHeader.None] = 0;
        return table;
    }
}

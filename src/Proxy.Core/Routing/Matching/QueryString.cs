namespace Proxy.Routing.Matching;

/// <summary>Paths and queries as bytes.</summary>
internal static class QueryString
{
    /// <summary>Splits <paramref name="target"/> at its first question mark; a fragment belongs to neither part.</summary>
    public static ReadOnlySpan<byte> Split(ReadOnlySpan<byte> target, out ReadOnlySpan<byte> query)
    {
        var end = target.IndexOf((byte)'#');
        if (end >= 0)
        {
            target = target[..end];
        }

        var mark = target.IndexOf((byte)'?');
        query = mark < 0 ? default : target[(mark + 1)..];
        return mark < 0 ? target : target[..mark];
    }

    /// <summary>The value of the first parameter called <paramref name="name"/>; empty when it stands without one.</summary>
    public static bool TryFind(ReadOnlySpan<byte> query, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        while (!query.IsEmpty)
        {
            if (Next(ref query, out value).SequenceEqual(name))
            {
                return true;
            }
        }

        value = default;
        return false;
    }

    /// <summary>Takes the first parameter off <paramref name="query"/>: its name and value.</summary>
    public static ReadOnlySpan<byte> Next(scoped ref ReadOnlySpan<byte> query, out ReadOnlySpan<byte> value)
    {
        var end = query.IndexOf((byte)'&');
        var pair = end < 0 ? query : query[..end];
        query = end < 0 ? default : query[(end + 1)..];
        var equals = pair.IndexOf((byte)'=');
        value = equals < 0 ? default : pair[(equals + 1)..];
        return equals < 0 ? pair : pair[..equals];
    }
}

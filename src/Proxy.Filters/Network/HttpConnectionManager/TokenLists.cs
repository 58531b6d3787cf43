using Proxy.Http;

namespace Proxy.Filters.Network.HttpConnectionManager;

/// <summary>Comma-separated lists of tokens in header values.</summary>
internal static class TokenLists
{
    /// <summary>True when <paramref name="token"/> (lower-case) is one of the list's, in any case; parameters behind a semicolon do not count.</summary>
    public static bool Contains(ReadOnlySpan<byte> list, ReadOnlySpan<byte> token)
    {
        while (!list.IsEmpty)
        {
            var comma = list.IndexOf((byte)',');
            var item = comma < 0 ? list : list[..comma];
            list = comma < 0 ? default : list[(comma + 1)..];
            var semicolon = item.IndexOf((byte)';');
            item = (semicolon < 0 ? item : item[..semicolon]).Trim(" \t"u8);
            if (AsciiBytes.EqualsIgnoreCase(item, token))
            {
                return true;
            }
        }

        return false;
    }
}

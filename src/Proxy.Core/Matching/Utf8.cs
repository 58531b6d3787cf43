using System.Text;

namespace Proxy.Matching;

/// <summary>Texts as bytes, in memory that the caller lends where it is enough.</summary>
internal static class Utf8
{
    /// <summary>The bytes of <paramref name="text"/>.</summary>
    public static ReadOnlySpan<byte> GetBytes(string text, Span<byte> room)
    {
        return Encoding.UTF8.TryGetBytes(text, room, out var length) ? room[..length] : Encoding.UTF8.GetBytes(text);
    }
}

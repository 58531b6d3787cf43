using System.Text;
using Proxy.Api;

namespace Proxy.Discovery.Bootstrap.Schema;

/// <summary>Finds types in the schema text by bisection: its two parts, our types and foreign extensions, are sorted by name.</summary>
internal static class SchemaIndex
{
    // The first line with an X starts the second part.
    private static readonly int ForeignStart = SchemaText.Utf8.IndexOf("\nX\t"u8) + 1;

    /// <summary>The lines of a message or enum; empty when the schema has none of that name.</summary>
    public static ReadOnlySpan<byte> Find(string name)
    {
        var part = SchemaText.Utf8[..ForeignStart];
        var start = Search(part, name);
        return start < 0 ? default : part[start..NextBlock(part, start + 1)];
    }

    public static bool IsForeign(string name) => Search(SchemaText.Utf8[ForeignStart..], name) >= 0;

    /// <summary>Names of all types of a kind: <c>M</c> message, <c>E</c> enum, <c>X</c> foreign extension.</summary>
    public static IEnumerable<string> Names(char kind)
    {
        var names = new List<string>();
        for (var at = 0; at < SchemaText.Utf8.Length; at = NextBlock(SchemaText.Utf8, at + 1))
        {
            if (SchemaText.Utf8[at] == kind)
            {
                names.Add(Encoding.UTF8.GetString(NameAt(SchemaText.Utf8, at)));
            }
        }

        return names;
    }

    private static int Search(ReadOnlySpan<byte> part, string name)
    {
        Span<byte> wanted = stackalloc byte[256];
        if (name.Length > wanted.Length / 4)
        {
            wanted = new byte[Encoding.UTF8.GetMaxByteCount(name.Length)];
        }

        wanted = wanted[..Encoding.UTF8.GetBytes(name, wanted)];
        var (low, high) = (0, part.Length);
        while (low < high)
        {
            var block = BlockAround(part, low + ((high - low) / 2));
            var order = wanted.SequenceCompareTo(NameAt(part, block));
            if (order == 0)
            {
                return block;
            }

            (low, high) = order < 0 ? (low, block) : (NextBlock(part, block + 1), high);
        }

        return -1;
    }

    private static ReadOnlySpan<byte> NameAt(ReadOnlySpan<byte> text, int block)
    {
        var rest = text[(block + 2)..];
        return rest[..rest.IndexOfAny((byte)'\t', (byte)'\n')];
    }

    // Lines of fields and values begin with a number, those of types with a letter.
    private static int BlockAround(ReadOnlySpan<byte> text, int at)
    {
        while (true)
        {
            at = text[..at].LastIndexOf((byte)'\n') + 1;
            if (at == 0 || char.IsAsciiLetterUpper((char)text[at]))
            {
                return at;
            }

            at--;
        }
    }

    private static int NextBlock(ReadOnlySpan<byte> text, int at)
    {
        while (true)
        {
            var end = text[at..].IndexOf((byte)'\n');
            if (end < 0 || at + end + 1 == text.Length)
            {
                return text.Length;
            }

            at += end + 1;
            if (char.IsAsciiLetterUpper((char)text[at]))
            {
                return at;
            }
        }
    }
}

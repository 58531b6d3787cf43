using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;

namespace Proxy.Http;

/// <summary>
/// The names of the <see cref="KnownHeader"/>s and the way from a name to its number: a perfect hash over the length and some bytes, so that at most one
/// name is ever compared.
/// </summary>
/// <remarks>
/// One piece of memory without a pointer in it. The kernel has had the caches since the last request, so each step to other memory would be a miss: chains
/// of them cost more than the comparison.
/// </remarks>
internal struct KnownHeaderTable
{
    private const int Bits = 9;

    private readonly uint _multiplier;
    private Slots _slots; // by hash: the header
    private Starts _starts; // by header: where its name begins
    private Text _text; // each name with the colon and blank that go behind it

    /// <summary>Makes the table of <paramref name="names"/>: one a line, in lower case, the first one that of <see cref="KnownHeader.None"/>.</summary>
    public KnownHeaderTable(string names)
    {
        var id = 0;
        var end = 0;
        foreach (var name in names.AsSpan().EnumerateLines())
        {
            _starts[id++] = (ushort)end;
            end += Encoding.ASCII.GetBytes(name, _text[end..]);
            ": "u8.CopyTo(_text[end..]);
            end += 2;
        }

        Debug.Assert(id == KnownHeaders.Count);
        _starts[id] = (ushort)end;
        _multiplier = FindMultiplier();
        for (var i = 1; i < KnownHeaders.Count; i++)
        {
            _slots[(int)HashOf(NameOf((KnownHeader)i), _multiplier)] = (byte)i;
        }
    }

    /// <summary>The name of <paramref name="id"/> with <c>": "</c> behind it.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<byte> PrefixOf(KnownHeader id) => _text[_starts[(int)id].._starts[(int)id + 1]];

    /// <summary>The name of <paramref name="id"/>.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<byte> NameOf(KnownHeader id) => _text[_starts[(int)id]..(_starts[(int)id + 1] - 2)];

    /// <summary>Bytes of the name of <paramref name="id"/>.</summary>
    public readonly int LengthOf(KnownHeader id) => _starts[(int)id + 1] - _starts[(int)id] - 2;

    /// <summary>The header whose name is <paramref name="lowerName"/>, or <see cref="KnownHeader.None"/>.</summary>
    public readonly KnownHeader Classify(ReadOnlySpan<byte> lowerName)
    {
        if (lowerName.IsEmpty)
        {
            return KnownHeader.None;
        }

        var id = (KnownHeader)_slots[(int)HashOf(lowerName, _multiplier)];
        return lowerName.SequenceEqual(NameOf(id)) ? id : KnownHeader.None;
    }

    private static uint HashOf(ReadOnlySpan<byte> name, uint multiplier)
    {
        var length = name.Length;
        var key = ((uint)length | ((uint)name[0] << 8) | ((uint)name[length - 1] << 16) | ((uint)name[length / 2] << 24))
            ^ ((uint)name[length * 3 / 4] << 12);
        return (key * multiplier) >> (32 - Bits);
    }

    // The first one tried fits the names there are; with other names the search goes on from there.
    private readonly uint FindMultiplier()
    {
        Span<bool> taken = stackalloc bool[1 << Bits];
        for (var multiplier = 0x297A_21D7u; ; multiplier = (multiplier * 747_796_405u) + 2_891_336_454u)
        {
            taken.Clear();
            var fits = true;
            for (var i = 1; i < KnownHeaders.Count && fits; i++)
            {
                ref var slot = ref taken[(int)HashOf(NameOf((KnownHeader)i), multiplier)];
                fits = !slot;
                slot = true;
            }

            if (fits)
            {
                return multiplier;
            }
        }
    }

    [InlineArray(1 << Bits)]
    private struct Slots
    {
        private byte _first;
    }

    [InlineArray(KnownHeaders.Count + 1)]
    private struct Starts
    {
        private ushort _first;
    }

    [InlineArray(2048)]
    private struct Text
    {
        private byte _first;
    }
}

using Proxy.Configuration;
using Proxy.Http;

namespace Proxy.Matching;

/// <summary>A table that the bytes of an input are looked up in.</summary>
internal abstract class TextTableMatcher<TAction>(MatchInput input, OnMatch<TAction>? onNoMatch) : Matcher<TAction>(onNoMatch)
    where TAction : class
{
    protected override MatchOutcome Search(in MatchData data, out TAction? action)
    {
        action = null;
        Span<byte> room = stackalloc byte[MatchInput.Room];
        return input.Read(data, room, out var value) switch
        {
            InputState.TooEarly => MatchOutcome.TooEarly,
            InputState.Present => Find(value, data, out action),
            _ => MatchOutcome.No,
        };
    }

    protected abstract MatchOutcome Find(ReadOnlySpan<byte> value, in MatchData data, out TAction? action);
}

/// <summary>Finds the entry that is the value.</summary>
internal sealed class ExactTable<TAction>(MatchInput input, Dictionary<byte[], OnMatch<TAction>> entries, OnMatch<TAction>? onNoMatch)
    : TextTableMatcher<TAction>(input, onNoMatch)
    where TAction : class
{
    private readonly Dictionary<byte[], OnMatch<TAction>>.AlternateLookup<ReadOnlySpan<byte>> _entries = entries.GetAlternateLookup<ReadOnlySpan<byte>>();

    protected override MatchOutcome Find(ReadOnlySpan<byte> value, in MatchData data, out TAction? action)
    {
        action = null;
        return _entries.TryGetValue(value, out var found) ? found.Follow(data, out action) : MatchOutcome.No;
    }
}

/// <summary>Finds the longest entry that the value begins with, then shorter ones.</summary>
internal sealed class PrefixTable<TAction> : TextTableMatcher<TAction>
    where TAction : class
{
    private readonly Dictionary<byte[], OnMatch<TAction>>.AlternateLookup<ReadOnlySpan<byte>> _entries;
    private readonly int[] _lengths; // longest first

    public PrefixTable(MatchInput input, Dictionary<byte[], OnMatch<TAction>> entries, OnMatch<TAction>? onNoMatch)
        : base(input, onNoMatch)
    {
        _entries = entries.GetAlternateLookup<ReadOnlySpan<byte>>();
        _lengths = [.. entries.Keys.Select(static key => key.Length).Distinct().OrderDescending()];
    }

    protected override MatchOutcome Find(ReadOnlySpan<byte> value, in MatchData data, out TAction? action)
    {
        action = null;
        foreach (var length in _lengths)
        {
            if (length <= value.Length && _entries.TryGetValue(value[..length], out var found)
                && found.Follow(data, out action) is var outcome and not MatchOutcome.No)
            {
                return outcome;
            }
        }

        return MatchOutcome.No;
    }
}

/// <summary>Finds a host name: the name itself, the longest <c>*.suffix</c>, then <c>*</c>.</summary>
/// <param name="input">What is looked up.</param>
/// <param name="names">Names in lower case; those of wildcards begin with the dot.</param>
/// <param name="any">What <c>*</c> leads to; null for nothing.</param>
/// <param name="onNoMatch">What happens otherwise.</param>
internal sealed class DomainTable<TAction>(MatchInput input, Dictionary<byte[], OnMatch<TAction>> names, OnMatch<TAction>? any, OnMatch<TAction>? onNoMatch)
    : TextTableMatcher<TAction>(input, onNoMatch)
    where TAction : class
{
    private readonly Dictionary<byte[], OnMatch<TAction>>.AlternateLookup<ReadOnlySpan<byte>> _names = names.GetAlternateLookup<ReadOnlySpan<byte>>();

    protected override MatchOutcome Find(ReadOnlySpan<byte> value, in MatchData data, out TAction? action)
    {
        action = null;
        if (value.IsEmpty)
        {
            return MatchOutcome.No;
        }

        Span<byte> room = stackalloc byte[MatchInput.Room];
        var name = value.Length <= room.Length ? room[..value.Length] : new byte[value.Length];
        AsciiBytes.ToLower(value, name);
        for (var start = 0; start >= 0; start = NextDot(name, start))
        {
            if (_names.TryGetValue(name[start..], out var found) && found.Follow(data, out action) is var outcome and not MatchOutcome.No)
            {
                return outcome;
            }
        }

        return any is null ? MatchOutcome.No : any.Follow(data, out action);
    }

    // Keys with a dot in front are those of wildcards, which stand for one label at least.
    private static int NextDot(ReadOnlySpan<byte> name, int start)
    {
        var dot = name[(start + 1)..].IndexOf((byte)'.');
        return dot < 0 ? -1 : start + 1 + dot;
    }
}

/// <summary>Finds the narrowest range that has the address, then wider ones.</summary>
/// <param name="input">What is looked up.</param>
/// <param name="entries">Ranges, narrowest first.</param>
/// <param name="onNoMatch">What happens otherwise.</param>
internal sealed class AddressTable<TAction>(MatchInput input, AddressTableEntry<TAction>[] entries, OnMatch<TAction>? onNoMatch) : Matcher<TAction>(onNoMatch)
    where TAction : class
{
    protected override MatchOutcome Search(in MatchData data, out TAction? action)
    {
        action = null;
        var state = input.ReadAddress(data, out var address);
        if (state == InputState.TooEarly || address is null)
        {
            return state == InputState.TooEarly ? MatchOutcome.TooEarly : MatchOutcome.No;
        }

        var isFirst = true;
        foreach (var entry in entries)
        {
            if (!entry.Range.Contains(address) || (entry.IsExclusive && !isFirst))
            {
                continue;
            }

            isFirst = false;
            if (entry.OnMatch.Follow(data, out action) is var outcome and not MatchOutcome.No)
            {
                return outcome;
            }
        }

        return MatchOutcome.No;
    }
}

/// <summary>A range of an <see cref="AddressTable{TAction}"/>.</summary>
internal readonly record struct AddressTableEntry<TAction>(CidrRange Range, OnMatch<TAction> OnMatch, bool IsExclusive)
    where TAction : class;
